# SPDX-License-Identifier: MIT
"""The hand-written tables behind the corpus, read from ``data/``.

``*.txt``: one record per line, fields split by ``|``, comments start with ``#``. ``*.json``:
phrases and nested tables. ``topics.txt``: the workshop's knowledge, in the form that its first
lines describe.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

DATA = Path(__file__).parent / "data"
Rows: TypeAlias = list[tuple[str, ...]]
# Question and answer templates of one subject, by the letters that topics.txt uses.
Topic: TypeAlias = dict[str, list[str]]


def _lines(name: str) -> list[str]:
    return (DATA / f"{name}.txt").read_text(encoding="utf-8").split("\n")


def _rows(name: str) -> Rows:
    return [
        tuple(field.strip() for field in line.split("|"))
        for line in _lines(name)
        if line.strip() and not line.startswith("#")
    ]


def _json(name: str) -> dict[str, Any]:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def load_topics() -> list[Topic]:
    """The workshop's topics; each has at least one answer."""
    keys = ("T", "TE", "Q", "Q!", "S", "A", "D", "QE", "SE", "AE", "DE", "K")
    topics: list[Topic] = []
    current: Topic | None = None
    for line in [*(z for z in _lines("topics") if not z.startswith("#")), ""]:
        if not line.strip():
            if current and (current["A"] or current["AE"]):
                topics.append(current)
            current = None
            continue
        if current is None:
            current = {k: [] for k in keys}
        key, value = line.split(":", 1)
        current[key.strip()].append(value.strip())
    return topics


COUNTRIES = _rows("countries")
FACTS = _rows("facts")
OPPOSITES = _rows("opposites")
ANIMALS = _rows("animals")
THINGS = _rows("things")
ELEMENTS = _rows("elements")
PLURALS = _rows("plurals")
PAST_TENSES = _rows("past")
WORDS = _rows("words")

_stories = _json("stories")
CREATURES: list[list[str]] = _stories["creatures"]
ADJECTIVES: list[str] = _stories["adjectives"]
ADJECTIVES_ES: list[list[str]] = _stories["adjectives_es"]
PLACES: list[list[str]] = _stories["places"]
OBJECTS: list[list[str]] = _stories["objects"]
SPOTS: list[list[str]] = _stories["spots"]
SKILLS: list[list[str]] = _stories["skills"]
WEATHER: list[list[str]] = _stories["weather"]
ENDINGS: list[str] = _stories["endings"]
ENDINGS_ES: list[str] = _stories["endings_es"]
# First part, second part, summary.
EPISODES: list[list[str]] = _stories["episodes"]
EPISODES_ES: list[list[str]] = _stories["episodes_es"]

_poems = _json("poems")
HAIKU: dict[str, list[list[str]]] = _poems["haiku"]
RHYMES: list[list[str]] = _poems["rhymes"]
VERSES: dict[str, list[str]] = _poems["verses"]

_language = _json("language")
NOUNS: list[list[str]] = _language["nouns"]
NOUN_ADJECTIVES: list[list[str]] = _language["noun_adjectives"]
PHRASES: list[list[str]] = _language["phrases"]
JOBS: list[list[str]] = _language["jobs"]

_talk = _json("talk")
TALK: list[list[str]] = _talk["small_talk"]
TALK_ES: list[list[str]] = _talk["small_talk_es"]
REFUSALS: list[list[str]] = _talk["refusals"]
REFUSALS_ES: list[list[str]] = _talk["refusals_es"]

_sums = _json("sums")
PROBLEMS: list[list[str]] = _sums["word_problems"]
PROBLEMS_ES: list[list[str]] = _sums["word_problems_es"]

# What things are: name of the class -> [with article, Spanish plural, members, Spanish members].
WORD_CLASSES: dict[str, list[Any]] = _json("classes")["word_classes"]

_workshop = _json("workshop")
OPENNESS: list[list[str]] = _workshop["openness_classes"]
ASPECTS: list[list[str]] = _workshop["openness_aspects"]
CELLS: list[list[list[str]]] = _workshop["openness_cells"]  # rows: OPENNESS, columns: ASPECTS
EXAMPLES: list[list[str]] = _workshop["openness_examples"]
KINDS: list[list[str]] = _workshop["kinds"]
DEF_EN: list[str] = _workshop["definition"]
DEF_EN_HELD: list[str] = _workshop["definition_held"]
DEF_ES: list[str] = _workshop["definition_es"]
DEF_ES_HELD: list[str] = _workshop["definition_es_held"]

_words = _json("names")
DAYS: list[str] = _words["days"]
DAYS_ES: list[str] = _words["days_es"]
MONTHS: list[str] = _words["months"]
MONTHS_ES: list[str] = _words["months_es"]
MONTH_LEN: list[int] = _words["month_lengths"]
ONES: list[str] = _words["ones"]
TENS: list[str] = _words["tens"]
ONES_ES: list[str] = _words["ones_es"]
TENS_ES: list[str] = _words["tens_es"]
GIRLS: list[str] = _words["girls"]
BOYS: list[str] = _words["boys"]
COUNTABLES: list[str] = _words["countables"]

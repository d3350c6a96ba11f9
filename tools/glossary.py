"""The glossary's two pages, made from docs/glossary.yaml.

`python -m tools.glossary` writes docs/glossary.md and docs/glosario.md; `--check` says whether they
still follow from it.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from selfhost.errors import KitError
from selfhost.files import write_atomically
from tools import decks, slides, teaching
from tools.run import program

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "docs" / "glossary.yaml"
PAGES = {"en": ROOT / "docs" / "glossary.md", "es": ROOT / "docs" / "glosario.md"}
FIELDS = {"en", "es", "in", "deck", "forms", "formas", "text", "texto", "see", "not"}
WORDS = {
    "en": ("See also", "Not to be confused with", "Slides"),
    "es": ("Véase también", "No confundir con", "Diapositivas"),
}
HEADS = {
    "en": """# Glossary

The words of this course in one sentence each, with the Spanish word and the lesson that brings them
in. In Spanish: [glosario](glosario.md). On one sheet: [what to keep](handout.md).
""",
    "es": """# Glosario

Las palabras de este curso, con una frase para cada una, la palabra inglesa y la lección que la
trae. En inglés: [glossary](glossary.md). En una hoja: [para llevarse](hoja.md).
""",
}
MADE = "<!-- Made from glossary.yaml by `python -m tools.glossary`: change it there. -->"


@dataclass(frozen=True)
class Term:
    """One entry. `names`, `texts` and `forms` have a value for `en` and one for `es`."""

    names: dict[str, str]
    texts: dict[str, str]
    forms: dict[str, tuple[str, ...]]  # the words by which the course's texts say it
    lesson: str  # the lesson's name; of a term that no lesson brings in: the deck's
    in_deck: bool
    see: tuple[str, ...]  # English names, as are those of `mixed_up`
    mixed_up: tuple[str, ...]


def read(text: str) -> list[Term]:
    """The terms of a glossary. Raises `KitError` for what is missing, unknown or there twice."""
    try:
        found = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        raise _wrong(f"The glossary is no YAML: {error}.") from None
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise _wrong("The glossary is not a list of terms.")
    terms = [_term(entry) for entry in found]
    for language in ("en", "es"):
        seen = set[str]()
        for term in terms:
            name = anchor(term.names[language])
            if name in seen:
                raise _wrong(f"The term {term.names[language]} is there twice ({language}).")
            seen.add(name)
    known = {term.names["en"] for term in terms}
    for term in terms:
        for other in (*term.see, *term.mixed_up):
            if other not in known or other == term.names["en"]:
                raise _wrong(f"{term.names['en']} leads to {other}, which is no other term.")
    return terms


def _term(entry: dict[str, Any]) -> Term:
    name = str(entry.get("en", "a term without English name"))
    if unknown := {str(field) for field in entry} - FIELDS:
        raise _wrong(f"{name} has a field {min(unknown)}, which nobody reads.")
    for field in ("en", "es", "text", "texto"):
        if not isinstance(entry.get(field), str) or not entry[field].strip():
            raise _wrong(f"{name} has no {field}.")
    if ("in" in entry) == ("deck" in entry):
        raise _wrong(f"{name} names not one lesson or deck.")
    lists = {field: entry.get(field, []) for field in ("forms", "formas", "see", "not")}
    for field, words in lists.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise _wrong(f"{name}: {field} is not a list of words.")
    return Term(
        names={"en": entry["en"], "es": entry["es"]},
        texts={"en": entry["text"], "es": entry["texto"]},
        forms={
            "en": tuple(lists["forms"]) or (entry["en"],),
            "es": tuple(lists["formas"]) or (entry["es"],),
        },
        lesson=str(entry.get("in") or entry["deck"]),
        in_deck="deck" in entry,
        see=tuple(lists["see"]),
        mixed_up=tuple(lists["not"]),
    )


def _wrong(sentence: str) -> KitError:
    return KitError(sentence, "correct docs/glossary.yaml")


def order(word: str) -> tuple[str, str]:
    """Sorts as Spanish does, and English: accents do not count, ñ comes after n.

    Ch and ll are no letters of their own since 1994. The second value breaks ties.
    """
    plain = unicodedata.normalize("NFC", word.casefold()).replace("ñ", "n\U0010ffff")
    letters = unicodedata.normalize("NFD", plain)
    kept = "".join(c for c in letters if c.isalnum() or c == "\U0010ffff")
    return kept, word


def letter(word: str) -> str:
    """Under which capital a word stands."""
    first = next(c for c in unicodedata.normalize("NFC", word.casefold()) if c.isalnum())
    return (first if first == "ñ" else order(first)[0][:1]).upper()


def anchor(heading: str) -> str:
    """The end of a link to a heading, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def page(terms: list[Term], language: str) -> str:
    """The whole page in one language."""
    other = "es" if language == "en" else "en"
    by_name = {term.names["en"]: term for term in terms}
    where = places(language)
    also, mixed, _ = WORDS[language]

    def links(names: tuple[str, ...]) -> str:
        shown = [by_name[name].names[language] for name in names]
        return ", ".join(f"[{name}](#{anchor(name)})" for name in shown)

    parts = [HEADS[language] + "\n" + MADE]
    ordered = sorted(terms, key=lambda term: order(term.names[language]))
    for capital, group in groupby(ordered, key=lambda term: letter(term.names[language])):
        parts.append(f"## {capital}")
        for term in group:
            parts.append(f"### {term.names[language]}")
            parts.append(f"*{term.names[other]}* · {place(term, where)}")
            more = [f"{also}: {links(term.see)}."] if term.see else []
            more += [f"{mixed}: {links(term.mixed_up)}."] if term.mixed_up else []
            parts.append(" ".join([term.texts[language], *more]))
    return "\n\n".join(parts) + "\n"


def places(language: str) -> dict[str, str]:
    """Name of each lesson -> a link to it; name of each deck -> its title."""
    found = {
        deck.name: f"{WORDS[language][2]}: {deck.head['title']}" for deck in decks.decks(language)
    }
    for lesson in teaching.lessons():
        label, path = slides.named(lesson, language)
        found[lesson.name] = f"[{label}](../{path})"
    return found


def place(term: Term, known: dict[str, str]) -> str:
    """Where the term is brought in. Raises `KitError` where there is no such place."""
    if term.lesson not in known:
        raise _wrong(f"There {'are no slides' if term.in_deck else 'is no lesson'} {term.lesson}.")
    return known[term.lesson]


def main(arguments: list[str] | None = None) -> int:
    """Write the two pages, or say that they are out of date."""
    parser = argparse.ArgumentParser(prog="tools.glossary", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if out of date")
    asked = parser.parse_args(arguments)
    terms = read(SOURCE.read_text(encoding="utf-8"))
    old = 0
    for language, path in PAGES.items():
        text = page(terms, language)
        fresh = path.exists() and path.read_text(encoding="utf-8") == text
        if asked.check:
            print(f"docs/{path.name} is {'up to date' if fresh else 'old'}")
            old += not fresh
        elif not fresh:
            write_atomically(path, text)
    print(f"{len(terms)} terms")
    return 1 if old else 0


if __name__ == "__main__":
    program(main)

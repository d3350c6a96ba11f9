# SPDX-License-Identifier: MIT
"""Names, characters, and the cast of a story."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from .tables import BOYS, CREATURES, GIRLS, OBJECTS, PLACES, SKILLS, SPOTS, WEATHER
from .template import pick

NAMES = [(n, "f") for n in GIRLS] + [(n, "m") for n in BOYS]


def character(r: Random, es: int) -> dict[str, Any]:
    """Somebody for a story: name, kind, gender and pronouns."""
    if r.random() < 0.5:
        n, g = pick(r, NAMES)
        f = g == "f"
        kind = ("niña" if f else "niño") if es else ("girl" if f else "boy")
    else:
        c = pick(r, CREATURES)
        f = (c[2] == "f") if es else r.random() < 0.5
        n = pick(r, [a for a, b in NAMES if (b == "f") == f])
        kind = c[1] if es else c[0]
    return {
        "n": n,
        "f": f,
        "kind": kind,
        "he": "she" if f else "he",
        "He": "She" if f else "He",
        "his": "her" if f else "his",
        "him": "her" if f else "him",
    }


@dataclass(frozen=True)
class Cast:
    """Who and what a story is about; each thing in English and in Spanish."""

    hero: dict[str, Any]
    friend: dict[str, Any]
    object: list[str]
    place: list[str]
    spot: list[str]
    skill: list[str]
    weather: list[str]


def make_cast(r: Random, es: int, about: str | None) -> Cast:
    """A hero and a friend of different names; ``about`` puts one thing into the story."""
    hero, friend = character(r, es), character(r, es)
    while friend["n"] == hero["n"]:
        friend = character(r, es)
    creature = next((c for c in CREATURES if about in c[:2]), None)
    if creature:
        hero["kind"] = creature[es]
        if es:
            hero["f"] = creature[2] == "f"
            hero["n"] = pick(r, [n for n, g in NAMES if (g == "f") == hero["f"]])
    thing, place, spot = pick(r, OBJECTS), pick(r, PLACES), pick(r, SPOTS)
    skill, weather = pick(r, SKILLS), pick(r, WEATHER)
    thing = next((t for t in OBJECTS if about in t[:2]), thing)
    place = next((t for t in PLACES if about in t[:2]), place)
    return Cast(hero, friend, thing, place, spot, skill, weather)

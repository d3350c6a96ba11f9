"""The parts a release of a model can have, as the Model Openness Framework counts them.

Source: White et al., arXiv 2403.13784, in the form of the public tool of the Generative AI
Commons (17 components), read on 2026-11-20; the table itself is `data/mof.yaml`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from .resources import load_data

ContentType = Literal["code", "data", "documentation"]
ROMAN = {3: "III", 2: "II", 1: "I"}


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a release. `mof_class` is the class (3, 2 or 1) that first asks for it."""

    id: str
    name: str
    mof_class: int
    type: ContentType
    required: bool
    says: str
    plain: str
    aliases: tuple[str, ...]


@cache
def components() -> dict[str, Component]:
    """All components by id, in the order class III, II, I."""
    rows = load_data("mof.yaml")["components"]
    return {
        row["id"]: Component(
            id=row["id"],
            name=row["name"],
            mof_class=row["class"],
            type=row["type"],
            required=row["required"],
            says=row["says"],
            plain=row["plain"],
            aliases=tuple(row["aliases"]),
        )
        for row in rows
    }


def framework() -> dict[str, str]:
    """Name, version and date of the framework that the table follows."""
    told = load_data("mof.yaml")["framework"]
    return {key: told[key] for key in ("name", "version", "date")}


def required_for(mof_class: int) -> tuple[Component, ...]:
    """What class 3, 2 or 1 requires: its own required parts and those of the classes before."""
    return tuple(c for c in components().values() if c.required and c.mof_class >= mof_class)


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for component in components().values():
        for name in (component.id, component.name, *component.aliases):
            names[_key(name)] = component.id
    return names


def find(name: str) -> Component | None:
    """The component of this id, name or other usual name; capitals and hyphens do not matter."""
    found = _names().get(_key(name))
    return None if found is None else components()[found]


def nearest(name: str) -> str | None:
    """The component name a person may have meant, or None when nothing is close."""
    close = difflib.get_close_matches(_key(name), list(_names()), n=1, cutoff=0.6)
    return components()[_names()[close[0]]].name if close else None

"""The decks of slides/ as they are written: heads, slides, notes and their minutes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from selfhost.errors import KitError

SLIDES = Path(__file__).resolve().parents[1] / "slides"
NOTE = re.compile(r"<!--\s*(\d+(?:\.\d+)?) min\b(.*?)-->", re.DOTALL)
SLIDE = re.compile(r"^---\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Deck:
    """One deck: its file, the head of that file, and the text of each slide."""

    path: Path
    head: dict[str, Any]
    slides: tuple[str, ...]

    @property
    def name(self) -> str:
        """The file's name without its ending, such as `2_openness`."""
        return self.path.stem

    def minutes_of(self, number: int) -> float:
        """The minutes that the notes of one slide state; slides count from 1."""
        note = NOTE.search(self.slides[number - 1])
        return float(note[1]) if note else 0.0

    @property
    def minutes(self) -> float:
        """What the notes of all slides add up to."""
        return sum(self.minutes_of(n) for n in range(1, len(self.slides) + 1))


def decks() -> list[Deck]:
    """All decks in teaching order. Raises `KitError` where a file has no head."""
    found = []
    for path in sorted(SLIDES.glob("[0-9]_*.md")):
        text = path.read_text(encoding="utf-8")
        if not text.startswith("---\n"):
            raise KitError(
                f"{path.name} does not begin with its head.", "copy one from a neighbour"
            )
        head, body = text[4:].split("\n---\n", 1)
        slides = tuple(part.strip() for part in SLIDE.split(body))
        found.append(Deck(path, yaml.safe_load(head), slides))
    return found

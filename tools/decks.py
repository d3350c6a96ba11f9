"""The decks of slides/ as they are written: heads, slides, notes and their minutes.

A deck in slides/es/ is the Spanish of the deck with its name, slide by slide. Each slide begins
with the fingerprint of the English slide that it is of, so that a test finds what has drifted.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from selfhost.errors import KitError
from selfhost.files import write_atomically

SLIDES = Path(__file__).resolve().parents[1] / "slides"
NOTE = re.compile(r"<!--\s*(\d+(?:\.\d+)?) min\b(.*?)-->", re.DOTALL)
OF = re.compile(r"^<!-- of: ([0-9a-f]{8}) -->\n+", re.MULTILINE)
SLIDE = re.compile(r"^---\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Deck:
    """One deck: its file, the head of that file, and the text of each slide."""

    path: Path
    head: dict[str, Any]
    slides: tuple[str, ...]
    of: tuple[str, ...] = ()  # a translation's: which English slides

    @property
    def language(self) -> str:
        """`en` or `es`."""
        return str(self.head["lang"])

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


def fingerprint(slide: str) -> str:
    """Eight hexadecimal digits that follow from a slide's text."""
    return hashlib.sha256(slide.strip().encode("utf-8")).hexdigest()[:8]


def stamp() -> list[Path]:
    """Write into every Spanish slide of which English slide it is: somebody has compared them.

    Raises `KitError` if a deck has not as many slides in both languages.
    """
    english = {deck.name: deck for deck in decks()}
    for deck in decks("es"):
        theirs = english[deck.name].slides
        if len(theirs) != len(deck.slides):
            raise KitError(
                f"{deck.name} has {len(theirs)} slides in English, {len(deck.slides)} in Spanish.",
                "add or remove slides in slides/es",
            )
        head = deck.path.read_text(encoding="utf-8")[4:].split("\n---\n", 1)[0]
        marked = [
            f"<!-- of: {fingerprint(one)} -->\n\n{other}"
            for one, other in zip(theirs, deck.slides, strict=True)
        ]
        write_atomically(deck.path, f"---\n{head}\n---\n\n" + "\n\n---\n\n".join(marked) + "\n")
    return [deck.path for deck in decks("es")]


def decks(language: str = "en") -> list[Deck]:
    """All decks in teaching order. Raises `KitError` where a file has no head."""
    found = []
    folder = SLIDES if language == "en" else SLIDES / language
    for path in sorted(folder.glob("[0-9]_*.md")):
        text = path.read_text(encoding="utf-8")
        if not text.startswith("---\n"):
            raise KitError(
                f"{path.name} does not begin with its head.", "copy one from a neighbour"
            )
        head, body = text[4:].split("\n---\n", 1)
        of = tuple(OF.findall(body))
        slides = tuple(part.strip() for part in SLIDE.split(OF.sub("", body)))
        found.append(Deck(path, yaml.safe_load(head), slides, of))
    return found

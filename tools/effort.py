"""What a notebook asks of its reader: words, code, guesses, looks, questions; and its minutes.

Nobody can measure a room beforehand. This counts what can be counted in the notebooks as students
get them, at the paces below. `tools.teaching` spreads a lesson's minutes over its sections by it,
`tools.rehearsal` adds what the machine computes, and a test holds the stated minutes against it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# Reading in order to learn is slower than reading: R. P. Carver (Journal of Reading 36, 1992) gives
# 200 words a minute for it, 138 for learning by heart. 150, because half of most rooms reads in its
# second language. The other paces are a teacher's estimates, not measurements.
WORDS_PER_MINUTE = 150
SECONDS = {
    "line of code": 6,
    "guess": 60,
    "output": 20,
    "picture": 60,
    "widget": 120,
    "question": 90,
}
ROOM = 1.15  # for what no notebook shows: stumbling, a neighbour's question, one's own attempts
INTRODUCTION, ENDING = 0, -1  # what stands before the first numbered section, and after the last
SECTION = re.compile(r"^## (?:(\d+)\.)?", re.MULTILINE)
WORD = re.compile(r"\w[\w'’-]*")


@dataclass
class Effort:
    """What one section asks of a reader."""

    words: int = 0
    asks: Counter[str] = field(default_factory=Counter)  # of each kind in SECONDS, how many
    cells: list[int] = field(default_factory=list)  # indices of its code cells
    computing: float = 0.0  # seconds, where measured

    @property
    def minutes(self) -> float:
        """Minutes of an attentive reader, with what the machine was measured to need."""
        seconds = sum(SECONDS[kind] * number for kind, number in self.asks.items())
        return self.words / WORDS_PER_MINUTE + (seconds + self.computing) / 60

    def __add__(self, other: Effort) -> Effort:
        return Effort(
            self.words + other.words, self.asks + other.asks, self.cells + other.cells,
            self.computing + other.computing,
        )  # fmt: skip


def sections(notebook: Any) -> dict[int, Effort]:
    """Number of each section of a built notebook (or INTRODUCTION, ENDING) -> its effort."""
    found = {INTRODUCTION: Effort()}
    at = INTRODUCTION
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            for heading in SECTION.finditer(cell.source):
                at = int(heading[1] or ENDING)
            effort = _reading(cell.source)
        elif cell.cell_type == "code":
            effort = _working(cell.source, cell.get("outputs", []))
            effort.cells.append(index)
        else:
            continue
        found[at] = found.get(at, Effort()) + effort
    return found


def _reading(text: str) -> Effort:
    asks = Counter({"question": text.count("<summary>"), "picture": text.count("![")})
    return Effort(len(WORD.findall(text)), asks)


def _working(source: str, outputs: list[Any]) -> Effort:
    asks = Counter({"line of code": sum(bool(line.strip()) for line in source.splitlines())})
    shown = {kind for output in outputs for kind in output.get("data", {})}
    if "predict(" in source:
        asks["guess"] += 1
    elif any("widget" in kind for kind in shown):
        asks["widget"] += 1
    elif any(kind.startswith("image/") for kind in shown):
        asks["picture"] += 1
    elif outputs:
        asks["output"] += 1
    return Effort(0, asks)


def whole(efforts: Iterable[Effort]) -> Effort:
    """Their sum."""
    return sum(efforts, Effort())


def room_minutes(effort: Effort) -> float:
    """Minutes of a room that works through it."""
    return effort.minutes * ROOM


def is_fair(stated: int, effort: Effort) -> bool:
    """Do the stated minutes fit what the notebook asks for? Within 15 %, or five minutes."""
    expected = room_minutes(effort)
    return abs(stated - expected) <= max(5.0, 0.15 * expected)

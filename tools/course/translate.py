"""Two languages in one source: a text cell may be followed by the same cell in Spanish.

    # %% [markdown]
    # A model is a file.

    # %% [markdown] tags=["es"] of="5a0c3f12"
    # Un modelo es un fichero.

Code is shared. `of` is the fingerprint of the English text that was translated: when that changes,
the check finds it. A translator writes prose only; `python -m tools.course translate NAME` puts an
empty cell after every text that has no translation yet and writes the fingerprints.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.course.front import split_header

if TYPE_CHECKING:
    from tools.course.source import Lesson

LANGUAGE = "es"
EMPTY = "…"
_CELL = re.compile(r"^# %%")
_OURS = re.compile(r'^# %% \[markdown\](?=.*tags=\["es"\])(?:.*of="(?P<of>[0-9a-f]*)")?')
_HEAD = re.compile(r"^#     es:\n(?:#       .*\n)+", re.MULTILINE)


@dataclass(frozen=True)
class Translation:
    """A text cell in Spanish; `of` tells of which English text, `line` where its marker stands."""

    text: str
    of: str
    line: int


def fingerprint(english: str) -> str:
    """Eight hexadecimal digits that follow from a text."""
    return hashlib.sha256(english.strip().encode("utf-8")).hexdigest()[:8]


def separate(text: str) -> tuple[str, dict[int, Translation], list[int]]:
    """(the source in English alone, translations by number of their cell, lines of its cells)."""
    header, rest = split_header(text)
    head = _HEAD.sub("", "".join(header))
    kept: list[str] = []
    found: dict[int, Translation] = {}
    lines: list[int] = []
    starts = [i for i, line in enumerate(rest) if _CELL.match(line)]
    before = rest[: starts[0]] if starts else rest
    for start, end in zip(starts, [*starts[1:], len(rest)], strict=True):
        chunk, at = rest[start:end], len(header) + start + 1
        ours = _OURS.match(chunk[0])
        if ours is None:
            kept += chunk
            lines.append(at)
        else:
            body = "".join(re.sub(r"^# ?", "", line) for line in chunk[1:]).strip("\n")
            found[len(lines) - 1] = Translation(body.strip(), ours["of"] or "", at)
    english = head + "".join(before) + "".join(kept)
    # The blank line before a last translation belongs to it.
    return english.rstrip("\n") + "\n" if found else english, found, lines


def weave(english: str, header: str, translations: dict[int, Translation]) -> str:
    """The source again: `english` with its translations after their cells, and this header."""
    _, rest = split_header(english)
    starts = [i for i, line in enumerate(rest) if _CELL.match(line)]
    parts = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(rest)], strict=True)):
        parts.append("".join(rest[start:end]).strip("\n"))
        if number in translations:
            parts.append(_cell(translations[number]))
    return header + "\n" + "\n\n".join(parts) + "\n"


def _cell(translation: Translation) -> str:
    lines = [f"# {line}".rstrip() for line in translation.text.split("\n")]
    return "\n".join([f'# %% [markdown] tags=["es"] of="{translation.of}"', *lines])


def moved(old: list[Any], new: list[Any], found: dict[int, Translation]) -> dict[int, Translation]:
    """Translations under the new numbers of their cells, after an edit of the English ones.

    `old` and `new` are what identifies each cell. A cell that was rewritten in place keeps its
    translation, whose `of` then tells that it is out of date.
    """
    places: dict[int, int] = {}
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal" or (what == "replace" and b - a == d - c):
            places |= dict(zip(range(a, b), range(c, d), strict=True))
    return {places[number]: each for number, each in found.items() if number in places}


def untranslated(lesson: Lesson) -> list[int]:
    """Numbers of the text cells without Spanish (from 0, as in `lesson.cells`)."""
    return [
        number for number, cell in enumerate(lesson.cells)
        if cell.cell_type == "markdown"
        and lesson.translations.get(number, Translation("", "", 0)).text in ("", EMPTY)
    ]  # fmt: skip


def out_of_date(lesson: Lesson) -> Iterator[tuple[int, Translation]]:
    """Translations whose English has changed since."""
    for number, each in sorted(lesson.translations.items()):
        cell = lesson.cells[number] if 0 <= number < len(lesson.cells) else None
        english = cell.source if cell is not None and cell.cell_type == "markdown" else None
        if each.text not in ("", EMPTY) and (english is None or each.of != fingerprint(english)):
            yield number, each


def prepare(lesson: Lesson) -> int:
    """Write fingerprints, and an empty cell after every text without Spanish; how many of these.

    Run it before translating, and again when the Spanish agrees with the English.
    """
    missing = untranslated(lesson)
    cells = dict(lesson.translations)
    for number, cell in enumerate(lesson.cells):
        if cell.cell_type == "markdown":
            text = cells[number].text if number in cells else EMPTY
            cells[number] = Translation(text or EMPTY, fingerprint(cell.source), 0)
    raw = lesson.path.read_text(encoding="utf-8").replace("\r\n", "\n")
    header = "".join(split_header(raw)[0])
    write(lesson.path, weave(lesson.text, header, cells))
    return len(missing)


def write(path: Path, text: str) -> None:
    """Replace a source at once."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)

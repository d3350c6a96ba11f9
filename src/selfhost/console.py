"""Text for terminals: sizes, columns, a progress bar."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence


def size(count: int | None) -> str:
    """5549344 -> '5.5 MB': decimal units, as download pages and Ollama use them; None -> '?'."""
    if count is None:
        return "?"
    if count >= 10**9:
        return f"{count / 1e9:.1f} GB"
    if count >= 10**8:
        return f"{count / 1e6:.0f} MB"
    if count >= 10**6:
        return f"{count / 1e6:.1f} MB"
    return f"{max(count, 0) / 1e3:.0f} kB"


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Rows of equal length as aligned columns."""
    table = list(rows)
    if not table:
        return ""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )


def say(line: str) -> None:
    """A line beside the result: on stderr, at once."""
    print(line, file=sys.stderr, flush=True)


class Bar:
    """Progress on stderr: one line that moves in a terminal, a line per tenth elsewhere.

    Called with (what is being done, bytes done, bytes in all); 0 in all: just the words.
    """

    def __init__(self) -> None:
        self._label, self._tenth, self._last = "", -1, 0.0
        self._live, self._open = sys.stderr.isatty(), False

    def __call__(self, label: str, done: int, total: int) -> None:
        if not total:
            if label != self._label:
                say("\n" + label if self._open else label)
            self._label, self._open = label, False
            return
        tenth, now = done * 10 // total, time.monotonic()
        line = f"{label}: {done * 100 // total:3} %  {size(done)} of {size(total)}"
        if self._live and (now - self._last > 0.2 or done == total):
            self._last, self._open = now, True
            print(f"\r{line}   ", end="", file=sys.stderr, flush=True)
        elif not self._live and tenth != self._tenth:
            say(line)
        self._label, self._tenth = label, tenth

"""How far a long task is, and about how long it will still take."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

from selfhost.speech.reading import clock

#: Called with (what is done, seconds of sound done, seconds of sound in all or None).
Progress = Callable[[str, float, float | None], None]


class Estimate:
    """One line that moves in a terminal; elsewhere a line per tenth of the work.

    The estimate assumes that the rest goes as fast as what is done.
    """

    def __init__(
        self, stream: TextIO | None = None, now: Callable[[], float] | None = None
    ) -> None:
        self.stream = stream or sys.stderr
        self._now = now or time.monotonic
        self._begin: float | None = None
        self._tenth, self._last = -1, 0.0
        self._live = self.stream.isatty()

    def line(self, label: str, done: float, total: float | None) -> str:
        """The words for a state of things."""
        if self._begin is None:
            self._begin = self._now()
        if not total:
            return f"{label}: {clock(done)} done"
        line = f"{label}: {clock(done)} of {clock(total)} ({done / total:.0%})"
        spent = self._now() - self._begin
        if done > 0 and spent > 0.5 and done < total:
            left = spent * (total - done) / done
            line += f", about {clock(left)} left" if left >= 60 else f", about {left:.0f} s left"
        return line

    def __call__(self, label: str, done: float, total: float | None) -> None:
        line = self.line(label, done, total)
        finished = total is not None and done >= total
        if self._live:
            if finished or self._now() - self._last > 0.2:
                self._last = self._now()
                print(f"\r{line:<78}", end="\n" if finished else "", file=self.stream, flush=True)
            return
        tenth = int(done * 10 / total) if total else int(done // 600)
        if tenth != self._tenth:
            self._tenth = tenth
            print(line, file=self.stream, flush=True)

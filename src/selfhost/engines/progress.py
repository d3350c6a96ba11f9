"""How far an engine is: one line that moves in a notebook, a line per engine in a terminal."""

from __future__ import annotations

import importlib
import sys
import time
from typing import Any


class Live:
    """Called with (what is done, done, of how many); 0 of how many: just the words.

    In a notebook each cell has one line, which changes at most five times a second.
    """

    def __init__(self) -> None:
        self._handle: Any = None
        self._cell: int | None = None
        self._label, self._last = "", 0.0

    def __call__(self, label: str, done: int, total: int) -> None:
        shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
        if shell is None:
            if label != self._label:
                print(label, flush=True)
            self._label = label
            return
        now = time.monotonic()
        if label == self._label and done != total and now - self._last < 0.2:
            return
        self._label, self._last = label, now
        text = {"text/plain": f"{label}: {done} of {total}" if total else f"{label} ..."}
        if self._handle is None or shell.execution_count != self._cell:
            display: Any = importlib.import_module("IPython.display").display
            self._cell = shell.execution_count
            self._handle = display(text, raw=True, display_id=True)
        else:
            self._handle.update(text, raw=True)

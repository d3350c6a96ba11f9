"""Which laptop has fetched what: kept in memory, by a random number that a laptop chose."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

_MOST = 500  # laptops; a room has forty
_STAGES = ("packages fetched", "set up", "ready", "not ready")


@dataclass
class Laptop:
    """One laptop: files that came whole, bytes sent, what it said last."""

    name: str
    files: set[str] = field(default_factory=set)
    bytes: int = 0
    stage: str = ""
    target: str = ""
    line: str = ""
    seen: float = field(default_factory=time.time)


class Progress:
    """All laptops of the room; safe to use from several threads."""

    def __init__(self) -> None:
        self._laptops: dict[str, Laptop] = {}
        self._lock = threading.Lock()

    def _laptop(self, name: str) -> Laptop | None:
        # Without the header (a browser, plain pip) nobody is counted.
        number = "".join(c for c in name if c.isprintable()).strip()[:40]
        if not number:
            return None
        if number not in self._laptops and len(self._laptops) >= _MOST:
            del self._laptops[min(self._laptops, key=lambda each: self._laptops[each].seen)]
        found = self._laptops.setdefault(number, Laptop(number))
        found.seen = time.time()
        return found

    def sent(self, name: str, count: int) -> None:
        """So many more bytes have gone to this laptop."""
        with self._lock:
            laptop = self._laptop(name)
            if laptop:
                laptop.bytes += count

    def whole(self, name: str, path: str) -> None:
        """This laptop has now got the last byte of a file."""
        with self._lock:
            laptop = self._laptop(name)
            if laptop:
                laptop.files.add(path)

    def report(self, name: str, stage: str, target: str = "", line: str = "") -> bool:
        """What a laptop says of itself; False if that is not understood."""
        if stage not in _STAGES or len(target) > 40 or len(line) > 200:
            return False
        with self._lock:
            laptop = self._laptop(name)
            if laptop is None:
                return False
            laptop.stage, laptop.target = stage, target or laptop.target
            laptop.line = line or laptop.line
        return True

    def rows(self) -> list[dict[str, Any]]:
        """One row per laptop, those that still have most to do first."""
        now = time.time()
        with self._lock:
            rows = [
                {
                    "laptop": each.name, "stage": each.stage or "fetching", "target": each.target,
                    "files": len(each.files), "bytes": each.bytes, "line": each.line,
                    "silent": round(now - each.seen),
                }
                for each in self._laptops.values()
            ]  # fmt: skip
        order = {
            "": 0,
            "fetching": 0,
            "packages fetched": 1,
            "not ready": 1,
            "set up": 2,
            "ready": 3,
        }
        return sorted(rows, key=lambda row: (order[str(row["stage"])], str(row["laptop"])))

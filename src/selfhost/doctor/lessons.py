"""Which notebooks need what: read from the head of each lesson's source."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

# What a lesson may need, where its source is not in this checkout (a bundle holds only notebooks).
_FALLBACK = {"compiler": ("09",), "speech": ("11", "12")}


@lru_cache(maxsize=8)
def needing(root: Path, need: str) -> tuple[str, ...]:
    """Numbers of the notebooks under `root` whose `needs:` list has `need`, e.g. ("09",)."""
    found = set()
    for path in (root / "course" / "notebooks").glob("[0-9][0-9]_*.py"):
        head = path.read_text(encoding="utf-8", errors="replace")[:3000]
        listed = re.search(r"^#\s+needs:\s*\[([^\]]*)\]", head, re.MULTILINE)
        if listed and need in re.split(r"[,\s]+", listed.group(1).strip()):
            found.add(path.name[:2])
    return tuple(sorted(found)) or _FALLBACK.get(need, ())

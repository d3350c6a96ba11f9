"""The doctor for a whole room: one line per laptop that says what its student should do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selfhost.console import size
from selfhost.doctor.checkup import summary
from selfhost.doctor.machine import Check

SMALL, LARGE = "aprendiz", "gemma3:1b"
#: Free memory for gemma3:1b. A model of its exact shape took 1.6 GB in the endpoint
#: (benchmarks/README.md); the rest is for a notebook that loads torch, and a browser.
LARGE_NEEDS = 4 * 10**9
_LONGEST = 200  # letters; the board and the room's page take no more


def advice(
    checks: Sequence[Check], place: str = "", free: int | None = None, present: bool | None = None
) -> dict[str, Any]:
    """What a helper needs to know of this laptop, as JSON; `line` is all of it in one line.

    `place` is where it stands ("row 3"); `free` its free memory in bytes (default: asked),
    `present` whether gemma3:1b is on it (default: looked for).
    """
    if free is None:
        import psutil

        free = psutil.virtual_memory().available
    if present is None:
        from selfhost import weights

        present = weights.find(LARGE) is not None
    failed = [check for check in checks if check.status == "fail"]
    enough = free >= LARGE_NEEDS
    if failed:
        words = f"not ready: {failed[0].name}: {failed[0].detail}"
        words += f"; mend: {failed[0].mend}" if failed[0].mend else ""
    elif enough and present:
        words = f"ready, {LARGE} is here"
    elif enough:
        words = f"ready with {SMALL}; {LARGE} would fit: selfhost models pull {LARGE}"
    else:
        words = f"use {SMALL}, not {LARGE}"
    start = ", ".join(filter(None, [place.strip(), f"RAM {size(free)} free"]))
    return {
        "place": place.strip(),
        "line": f"{start}: {words}"[:_LONGEST],
        "ready": not failed,
        "model": LARGE if enough and present else SMALL,
        "free_memory": free,
        "fail": [check.name for check in failed],
        "warn": summary(list(checks))["warn"],
    }

"""Results for the status page: what a lesson measured, as one JSON file under `build/`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from selfhost.files import write_atomically
from selfhost.paths import kit_root


def result_file() -> Path:
    """Where the figures lie; `make check` may read it after the notebooks ran."""
    return kit_root() / "build" / "speech.json"


def record(name: str, figures: dict[str, Any]) -> str:
    """Store figures under a name beside those of other lessons; the sentence to print.

    A folder that cannot be written is told, not raised: a lesson goes on without its record.
    """
    path = result_file()
    try:
        path.parent.mkdir(exist_ok=True)
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            held = {}
        held = held if isinstance(held, dict) else {}
        now = datetime.now(UTC).isoformat(timespec="seconds")
        held[name] = {**figures, "measured": now}
        write_atomically(path, json.dumps(held, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        return f"{name} was not stored ({error.strerror or error})."
    return f"stored as {name!r} in {path.parent.name}/{path.name}"

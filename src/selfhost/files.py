"""Files that are either whole or not there: written beside their place, then put there at once."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Write `text` (UTF-8) to `path`, whose old content stays until the new one is complete.

    Raises `OSError` as any write does; nothing is left behind then.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".tmp")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        replace(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def replace(source: Path, target: Path, patience: float = 2.0) -> None:
    """`source.replace(target)`; on Windows again and again for `patience` seconds.

    There a file cannot be replaced in the moment in which another program (a reader of ours, a
    virus scanner) has it open.
    """
    end = time.monotonic() + (patience if sys.platform == "win32" else 0.0)
    while True:
        try:
            source.replace(target)
            return
        except PermissionError:
            if time.monotonic() >= end:
                raise
            time.sleep(0.05)

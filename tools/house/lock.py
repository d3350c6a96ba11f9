"""A lock between processes, in the standard library, on Linux, macOS and Windows.

The system drops such a lock when its holder dies, so a killed set-up blocks nobody.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from selfhost.errors import KitError


def _try_lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unlock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)


@contextlib.contextmanager
def held(path: Path, waiting: Callable[[str], None], what: str) -> Iterator[bool]:
    """Hold the lock at `path`; gives True if somebody else held it first.

    `waiting` is called once with a sentence before we wait. Raises KitError if the folder cannot
    be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise KitError(
            f"The folder {path.parent} cannot be written ({error.strerror}).",
            "copy the kit to a folder of your own and run the same command there",
        ) from None
    with file:
        waited = False
        while not _try_lock(file):
            if not waited:
                waiting(f"Another run (process {_holder(path)}) is {what}; waiting for it.")
                waited = True
            time.sleep(0.2)
        try:
            _note_holder(path)
            yield waited
        finally:
            _unlock(file)


def _note_holder(path: Path) -> None:
    # In a file of its own: Windows lets nobody read the byte range that is locked.
    with contextlib.suppress(OSError):
        path.with_suffix(".pid").write_text(str(os.getpid()), encoding="utf-8")


def _holder(path: Path) -> str:
    try:
        return path.with_suffix(".pid").read_text(encoding="utf-8").strip() or "unknown"
    except OSError:
        return "unknown"

"""sha256 of large files, remembered by size and time of change."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from selfhost.errors import KitError
from selfhost.files import write_atomically
from selfhost.paths import store_dir

# Below this, hashing costs less than looking into the memory.
_WORTH_KEEPING = 32 << 20


def sha256(path: Path) -> str:
    """The sha256 of a file as 64 lower-case hex digits.

    Large files are remembered in `store_dir()/sha256.json` by path, size and time of change.
    Raises `KitError` when the file cannot be read.
    """
    path = Path(path).resolve()
    try:
        stat = path.stat()
        if stat.st_size < _WORTH_KEEPING:
            return _digest(path)
        key, fingerprint = str(path), [stat.st_size, stat.st_mtime_ns]
        memory = _load()
        entry = memory.get(key)
        if isinstance(entry, list) and entry[:2] == fingerprint and len(entry) == 3:
            return str(entry[2])
        digest = _digest(path)
    except OSError as error:
        raise KitError(f"{path.name} cannot be read ({error.strerror or error}).") from error
    _save({**memory, key: [*fingerprint, digest]})
    return digest


def verify(path: Path, expected: str) -> None:
    """Raise `KitError` unless the file's sha256 is `expected`."""
    got = sha256(path)
    if got != expected.lower():
        raise KitError(
            f"{Path(path).name} is not the file it should be: its sha256 is {got[:16]}… "
            f"and {expected[:16].lower()}… was expected.",
            "selfhost models pull NAME --force",
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _load() -> dict[str, object]:
    try:
        memory = json.loads((store_dir() / "sha256.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return memory if isinstance(memory, dict) else {}


def _save(memory: dict[str, object]) -> None:
    """A store that cannot be written only costs hashing again."""
    with suppress(OSError):
        store_dir().mkdir(parents=True, exist_ok=True)
        write_atomically(store_dir() / "sha256.json", json.dumps(memory, indent=1))

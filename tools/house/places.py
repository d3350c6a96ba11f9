"""Where things are, and how to say something: shared by all set-up code."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
WINDOWS = os.name == "nt"


def say(text: str) -> None:
    """One line for the person who waits; seen at once also when the output is piped."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), flush=True)


def venv_python(folder: Path) -> Path:
    """The interpreter inside a virtual environment."""
    return folder / "Scripts" / "python.exe" if WINDOWS else folder / "bin" / "python"


def user_cache() -> Path:
    """This user's cache folder, where built wheels stay (`SELFHOST_WHEELS` moves it)."""
    if WINDOWS:
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "selfhost-workshop"


def wheel_cache() -> Path:
    """Where built wheels are kept: one folder per operating system and processor family."""
    asked = os.environ.get("SELFHOST_WHEELS")
    if asked:
        return Path(asked)
    return user_cache() / "wheels" / f"{sys.platform}-{platform.machine().lower()}"


def room() -> str | None:
    """`SELFHOST_ROOM`: the address or folder from which the teacher gives everything out."""
    return os.environ.get("SELFHOST_ROOM", "").strip().rstrip("/") or None


def room_wheels() -> Path | None:
    """Where the packages of the room lie on this laptop; None without a room."""
    where = room()
    if where is None:
        return None
    if where.startswith(("http://", "https://")):
        return user_cache() / "room" / "wheels"
    return Path(where) / "wheels"


def child_environment() -> dict[str, str]:
    """The environment of the programs that we start: UTF-8 everywhere, also on Windows.

    With a room, pip sees the room's packages and nothing else: no index, no settings of the user.
    """
    plain = {**os.environ, "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    wheels = room_wheels()
    if wheels is None:
        return plain
    links = wheels.absolute().as_uri()  # pip splits a plain path at its spaces
    kept = {k: v for k, v in plain.items() if not k.upper().startswith("PIP_")}
    only = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": links}
    return kept | only | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}

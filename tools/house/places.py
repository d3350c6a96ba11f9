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


def child_environment() -> dict[str, str]:
    """The environment of the programs that we start: UTF-8 everywhere, also on Windows."""
    return {**os.environ, "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

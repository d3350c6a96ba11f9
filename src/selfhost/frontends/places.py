"""Where a front end and its state lie: one folder each."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from selfhost.errors import KitError

OPEN_WEBUI, LLAMA_CPP = "open-webui", "llama.cpp"
MANAGED = (OPEN_WEBUI, LLAMA_CPP)  # what the kit installs, starts and stops by itself


def frontends_dir() -> Path:
    """The folder of all installed front ends (`SELFHOST_FRONTENDS` moves it)."""
    asked = os.environ.get("SELFHOST_FRONTENDS")
    if asked:
        return Path(asked)
    return Path(platformdirs.user_data_dir("selfhost-workshop", False)) / "frontends"


@dataclass(frozen=True)
class Home:
    """The folder of one front end (`root`), and the one with everything it keeps (`data`).

    `data` holds chats, settings, uploads, the log, and which process runs on it: copy it to keep
    it, give another one to start a second front end beside the first.
    """

    root: Path
    data: Path

    @property
    def env(self) -> Path:
        """Its Python environment; a complete one holds `stamp`."""
        return self.root / "env"

    @property
    def stamp(self) -> Path:
        """Written last: without it an installation is half made."""
        return self.env / "selfhost-installed.json"

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        windows = sys.platform == "win32"
        return self.env / ("Scripts/python.exe" if windows else "bin/python")

    @property
    def state(self) -> Path:
        """Which process runs, and where."""
        return self.data / "running.json"

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.data / "front-end.log"

    @property
    def setup_log(self) -> Path:
        """What pip printed."""
        return self.root / "install.log"


def home(name: str, data: Path | None = None) -> Home:
    """The folder of a front end that the kit manages. Raises `KitError` for others."""
    if name not in MANAGED:
        raise KitError(
            f"The kit does not run {name!r} by itself; it does {' and '.join(MANAGED)}.",
            f"selfhost frontends list {name}",
        )
    root = frontends_dir() / name
    return Home(root, (data or root / "data").absolute())

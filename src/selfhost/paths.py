"""Where things are: the checkout, the shipped models, this user's data and run-time files."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APP = "selfhost-workshop"


def kit_root() -> Path:
    """The folder of the checkout: `SELFHOST_ROOT`, or the first parent that holds `models/`.

    Works from an editable install (the package lies in `ROOT/src/selfhost`) and from any
    folder inside the checkout, so that a notebook may be opened from anywhere in it.
    """
    asked = os.environ.get("SELFHOST_ROOT")
    if asked:
        return Path(asked)
    here = Path(__file__).resolve()
    for folder in [here.parents[2], *Path.cwd().parents, Path.cwd()]:
        if (folder / "models").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    return here.parents[2]


def shipped_models() -> Path:
    """The folder of the models that come with the kit."""
    return kit_root() / "models"


def store_dir() -> Path:
    """This user's own models: fetched or created ones (`SELFHOST_MODELS` moves it)."""
    asked = os.environ.get("SELFHOST_MODELS")
    return Path(asked) if asked else Path(platformdirs.user_data_dir(_APP, False)) / "models"


def run_dir() -> Path:
    """This user's run-time files: which endpoint runs, its lock and its log.

    `SELFHOST_RUN` moves it: tests and classrooms with one shared account use that.
    """
    asked = os.environ.get("SELFHOST_RUN")
    return Path(asked) if asked else Path(platformdirs.user_state_dir(_APP, False)) / "run"

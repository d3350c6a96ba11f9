"""The subcommands of `selfhost`: one module each, found by its file name.

A command module has:

- `HELP`: one line for the list of commands;
- `configure(parser)`: adds its arguments to an `argparse.ArgumentParser`;
- `run(args)`: does the work and returns something `json` can write, or a `Result` when the exit
  status is not 0;
- `text(result)`: the same for people.

`--json` is added to every command by `selfhost.cli`. Errors are `KitError`s.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Result:
    """A command's result with an exit status of its own (0: fine)."""

    value: Any
    status: int = 0


def names() -> list[str]:
    """All commands, sorted."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__))


def load(name: str) -> ModuleType:
    """The module of one command."""
    return importlib.import_module(f"{__name__}.{name}")

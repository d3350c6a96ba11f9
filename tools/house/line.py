"""The command line of kit.py: what was asked, and what is wrong with it in one sentence."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from selfhost.errors import KitError


@dataclass
class Asked:
    """What stood on the command line: NAME=VALUE settings, and `--here`."""

    values: dict[str, str] = field(default_factory=dict)
    here: bool = False


@dataclass(frozen=True)
class Command:
    """One command: what it does in a line, the settings it takes, and the function."""

    text: str
    settings: dict[str, str]
    run: Callable[[Asked], int]
    any_setting: bool = False


def read(arguments: list[str], commands: dict[str, Command]) -> tuple[str, Asked]:
    """The command and its settings; raises KitError for what is not known."""
    words = [word for word in arguments if not word.startswith("-") and "=" not in word]
    rest = [word for word in arguments if word not in words]
    if any(word in ("-h", "--help") for word in rest) or not words:
        return "help", Asked()
    name = words[0]
    if name not in commands:
        raise KitError(f"There is no command “{name}”.", "python kit.py help")
    if len(words) > 1:
        raise KitError(
            f"“{words[1]}” is not understood here: settings are written NAME=VALUE.",
            "python kit.py help",
        )
    asked = Asked()
    command = commands[name]
    for word in rest:
        setting, equals, value = word.partition("=")
        if word == "--here":
            asked.here = True
        elif setting == "PYTHON":  # make PYTHON=python3.12 lab: for the Makefile, not for us
            continue
        elif equals and (
            setting in command.settings or (command.any_setting and setting.isupper())
        ):
            asked.values[setting] = value
        else:
            known = ", ".join(command.settings) or "none"
            raise KitError(
                f"`{name}` has no setting {setting} (it has: {known}).", "python kit.py help"
            )
    return name, asked


def sentence(error: OSError) -> KitError:
    """A full disk or a read-only folder, said plainly."""
    where = f" ({Path(str(error.filename)).name})" if error.filename else ""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return KitError(f"The disk is full{where}.", "free some space, then the same command again")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return KitError(
            f"The kit may not write here{where}.",
            "copy the kit to a folder of your own and run the same command there",
        )
    return KitError(f"{error.strerror or error}{where}.", "the same command again")

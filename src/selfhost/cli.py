"""`selfhost NAME ...`: the kit's commands in a terminal, each with `--json`."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from selfhost import KitError, __version__, commands


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status.

    0: done; 1 (or the error's own): a `KitError`, printed as one sentence; 2: wrong arguments;
    130: stopped with Ctrl-C.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may not know "…" or "ñ"
            stream.reconfigure(errors="replace")
    try:
        return _dispatch(words)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `selfhost models list | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if words[0] in ("-V", "--version", "version"):
        print(__version__)
        return 0
    name = words[0].replace("-", "_")
    if name not in commands.names():
        close = difflib.get_close_matches(name, commands.names(), n=1)
        hint = f" Did you mean: selfhost {close[0]}" if close else " Try: selfhost --help"
        print(f"There is no command {words[0]!r}.{hint}", file=sys.stderr)
        return 2
    return _run(name, words[1:])


def _overview() -> str:
    lines = ["usage: selfhost COMMAND ... [--json]", "", "commands:"]
    lines += [f"  {name:<12} {commands.load(name).HELP}" for name in commands.names()]
    return "\n".join([*lines, "", "selfhost COMMAND --help says what each takes."])


def _run(name: str, words: list[str]) -> int:
    command = commands.load(name)
    parser = argparse.ArgumentParser(prog=f"selfhost {name}", description=command.HELP)
    command.configure(parser)
    _add_json(parser)
    try:
        args = parser.parse_args(words)
    except SystemExit as stop:  # argparse has printed why
        return int(stop.code or 0)
    as_json = bool(getattr(args, "json", False))
    try:
        result = command.run(args)
    except KitError as error:
        if as_json:
            print(json.dumps({"error": error.message, "mend": error.mend}, ensure_ascii=False))
        print(str(error), file=sys.stderr)
        return error.exit_code
    status = 0
    if isinstance(result, commands.Result):
        result, status = result.value, result.status
    if as_json:
        print(json.dumps(result, indent=2, ensure_ascii=False, default=_plain))
    else:
        text = command.text(result)
        if text:
            print(text)
    sys.stdout.flush()
    return status


def _add_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json` here and to every subcommand, so that it may stand anywhere."""
    parser.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print the result as JSON",
    )
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                _add_json(child)


def _plain(value: Any) -> Any:
    """What `json` does not know by itself."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(value) if isinstance(value, set | frozenset) else list(value)
    return str(value)


if __name__ == "__main__":
    raise SystemExit(main())

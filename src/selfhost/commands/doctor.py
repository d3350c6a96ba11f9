"""`selfhost doctor`: is this computer ready for the course?"""

from __future__ import annotations

import argparse
import time
from typing import Any

from selfhost.commands import Result
from selfhost.doctor import Check, as_text, examine, summary

HELP = "is this computer ready? one line per check, each with its mend"


def configure(parser: argparse.ArgumentParser) -> None:
    """`--network`; `--room` and where to send its line."""
    parser.add_argument(
        "--network", action="store_true", help="also see whether the outside can be reached"
    )
    parser.add_argument(
        "--room", nargs="?", const="", metavar="PLACE",
        help='one line for whoever helps in the room, e.g. --room "row 3"',
    )  # fmt: skip
    parser.add_argument("--board", metavar="URL", help="with --room: show the line on this board")
    parser.add_argument("--code", default="", help="the board's join code")


def run(args: argparse.Namespace) -> Result:
    """Exit status 1 if a check says `fail`. Raises `KitError` if the board refuses the line."""
    begin = time.monotonic()
    checks = examine(network=args.network)
    count = summary(checks)
    value: dict[str, Any] = {
        **count,
        "seconds": round(time.monotonic() - begin, 2),
        "checks": [check.as_dict() for check in checks],
    }
    if args.room is not None:
        from selfhost.doctor.room import advice

        value["room"] = advice(checks, args.room)
        if args.board:
            from selfhost.classroom import send_doctor

            send_doctor(args.board, args.code, value["room"])
            value["room"]["sent"] = args.board
    return Result(value, 0 if count["ready"] else 1)


def text(result: Any) -> str:
    """For people."""
    if "room" in result:
        return str(result["room"]["line"])
    rows = [Check(**{**each, "notebooks": tuple(each["notebooks"])}) for each in result["checks"]]
    return as_text(rows)

"""`selfhost doctor`: is this computer ready for the course?"""

from __future__ import annotations

import argparse
import time
from typing import Any

from selfhost.commands import Result
from selfhost.doctor import Check, as_text, examine, summary

HELP = "is this computer ready? one line per check, each with its mend"


def configure(parser: argparse.ArgumentParser) -> None:
    """`--network`."""
    parser.add_argument(
        "--network", action="store_true", help="also see whether the outside can be reached"
    )


def run(args: argparse.Namespace) -> Result:
    """Exit status 1 if a check says `fail`."""
    begin = time.monotonic()
    checks = examine(network=args.network)
    count = summary(checks)
    value = {
        **count,
        "seconds": round(time.monotonic() - begin, 2),
        "checks": [check.as_dict() for check in checks],
    }
    return Result(value, 0 if count["ready"] else 1)


def text(result: Any) -> str:
    """For people."""
    rows = [Check(**{**each, "notebooks": tuple(each["notebooks"])}) for each in result["checks"]]
    return as_text(rows)

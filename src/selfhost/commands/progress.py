"""`selfhost progress`: which self-checks of the labs have passed on this computer."""

from __future__ import annotations

import argparse
from typing import Any

from selfhost import progress
from selfhost.console import columns

HELP = "which self-checks of the labs have passed here (nothing is sent)"


def configure(parser: argparse.ArgumentParser) -> None:
    """`--forget`."""
    parser.add_argument("--forget", action="store_true", help="remove what was noted")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """What stands in the file, lab by lab."""
    if args.forget:
        return {"forgotten": progress.forget(), "file": str(progress.place())}
    return {
        "file": str(progress.place()),
        "labs": [
            {
                "lab": lab.lab,
                "title": lab.title,
                "checks": len(lab.checks),
                "passed": [key for key, _ in lab.checks if key in lab.passed],
                "tries": lab.tries,
                "next": " ".join(lab.following) if lab.following else None,
            }
            for lab in progress.labs()
        ],
    }


def text(result: dict[str, Any]) -> str:
    """For people: a bar, a count, and what comes next."""
    if "forgotten" in result:
        return "Removed." if result["forgotten"] else "Nothing was noted."
    rows = []
    for lab in result["labs"]:
        done, total = len(lab["passed"]), lab["checks"]
        bar = "●" * done + "○" * (total - done)
        goes_on = "not begun" if not lab["tries"] else "complete"
        if lab["tries"] and lab["next"]:
            goes_on = f"next: {lab['next']}"
        rows.append((f"{lab['lab']} {lab['title']}", bar, f"{done} of {total}", goes_on))
    done = sum(len(lab["passed"]) for lab in result["labs"])
    total = sum(lab["checks"] for lab in result["labs"])
    lines = [columns(rows), "", f"{done} of {total} checks passed. Kept in {result['file']}"]
    return "\n".join([*lines, "and sent nowhere; selfhost progress --forget removes it."])

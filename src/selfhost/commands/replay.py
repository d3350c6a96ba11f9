"""`selfhost replay CARD`: repeat the experiment of a stack card on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from selfhost.commands import Result
from selfhost.console import Bar

HELP = "repeat the experiment of a stack card here; say what differs and why"


def configure(parser: argparse.ArgumentParser) -> None:
    """The card, and where to keep the new results."""
    parser.add_argument("card", type=Path)
    parser.add_argument("--model", help="another model than the card's")
    parser.add_argument("--results", type=Path, metavar="FILE", help="default: beside the card")


def run(args: argparse.Namespace) -> Any:
    """Exit status 1 when an output differs."""
    from selfhost import stackcard
    from selfhost.determinism.replay import replay
    from selfhost.endpoint import endpoint

    theirs = stackcard.read(args.card)
    results = args.results or args.card.with_suffix(".replay.jsonl")
    bar = Bar()
    with endpoint(args.model or theirs.model.name) as at:
        found = replay(theirs, at, results, progress=lambda n, of: bar("generations", n, of))
    return Result(
        {
            "same": len(found.same),
            "different": len(found.other),
            "keys": list(found.other),
            "sentence": found.sentence(),
            "differences": [
                {"field": d.field, "theirs": d.a, "ours": d.b, "why": d.why} for d in found.fields
            ],
            "results": str(results),
        },
        1 if found.other else 0,
    )


def text(result: Any) -> str:
    """For people."""
    lines = [f"{d['field']}: {d['theirs']} there, {d['ours']} here" for d in result["differences"]]
    return "\n".join([result["sentence"], *lines])

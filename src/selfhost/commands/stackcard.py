"""`selfhost stackcard`: write down what ran, or compare two cards."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

HELP = "what ran: write a stack card, compare two"


def configure(parser: argparse.ArgumentParser) -> None:
    """Without an action a card of the endpoint is written."""
    parser.add_argument("--out", type=Path, default=Path("stackcard.json"), metavar="FILE")
    parser.add_argument("--run", type=Path, metavar="RESULTS", help="results of an experiment")
    parser.add_argument("--model", help="the model to describe")
    parser.add_argument(
        "--format", choices=["card", "cyclonedx"], default="card", help="card: JSON and Markdown"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    diff = actions.add_parser("diff", help="which fields of two cards differ")
    diff.add_argument("a", type=Path)
    diff.add_argument("b", type=Path)
    actions.add_parser("schema", help="print the JSON Schema of a card")


def run(args: argparse.Namespace) -> Any:
    """Write, compare or print."""
    from selfhost import stackcard

    if args.action == "schema":
        return {"action": "schema", "schema": stackcard.schema()}
    if args.action == "diff":
        a, b = stackcard.read(args.a), stackcard.read(args.b)
        found = stackcard.differences(a, b)
        return {
            "action": "diff",
            "differences": [
                {"field": d.field, "a": d.a, "b": d.b, "why": d.why, "settled": d.settled}
                for d in found
            ],
            "reason": stackcard.likely_reason(found),
        }
    return _write(args)


def _write(args: argparse.Namespace) -> dict[str, Any]:
    from selfhost import stackcard
    from selfhost.endpoint import endpoint

    with endpoint(args.model) as at:
        if args.run:
            from selfhost.determinism.replay import card_for, with_run
            from selfhost.determinism.runner import experiment_of, load

            experiment = experiment_of(args.run)
            rows = load(args.run, experiment)
            card = with_run(card_for(at, experiment), experiment, rows)
        else:
            card = stackcard.collect(at)
    if args.format == "cyclonedx":
        from selfhost.stackcard.bom import cyclonedx

        args.out.write_text(cyclonedx(card), encoding="utf-8")
    else:
        stackcard.write(card, args.out)
    return {
        "action": "write",
        "path": str(args.out),
        "card": json.loads(card.to_json()),
        "text": stackcard.paragraph(card),
    }


def text(result: Any) -> str:
    """For people."""
    if result["action"] == "schema":
        return json.dumps(result["schema"], indent=1)
    if result["action"] == "write":
        return f"{result['text']}\n\nWritten: {result['path']}"
    lines = [
        f"{d['field']}: {d['a']} | {d['b']}" + (f"  ({d['why']})" if d["why"] else "")
        for d in result["differences"]
    ]
    return "\n".join([*lines, result["reason"]])

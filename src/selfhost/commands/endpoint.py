"""`selfhost endpoint`: is a model server there? start one, stop it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from selfhost.commands import Result

HELP = "the model server of this user: status, start, stop"


def configure(parser: argparse.ArgumentParser) -> None:
    """Subcommands, `status` being the default."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("status", help="does the embedded endpoint run? (starts nothing)")
    start = actions.add_parser("start", help="find or start the endpoint")
    start.add_argument("--model", help="the model to use")
    start.add_argument(
        "--lease",
        type=int,
        metavar="PID",
        help="let it end with this process; without, it runs until `selfhost endpoint stop`",
    )
    actions.add_parser("stop", help="stop the embedded endpoint of this user")


def run(args: argparse.Namespace) -> Any:
    """Do what was asked; every result says what it is under `action`."""
    from selfhost.endpoint import endpoint, status, stop

    action = args.action or "status"
    if action == "status":
        found = asdict(status())
        return Result({"action": action, **found}, 0 if found["running"] else 3)
    if action == "stop":
        return {"action": action, "stopped": stop()}
    at = endpoint(args.model, lease=args.lease)
    return {
        "action": action,
        "kind": at.kind,
        "model": at.model,
        "ollama_url": at.ollama_url if "ollama" in at.apis else None,
        "openai_url": at.openai_url,
        "description": at.describe(),
    }


def text(result: Any) -> str:
    """For people."""
    if result["action"] == "stop":
        pid = result["stopped"]
        return f"Stopped (process {pid})." if pid else "No embedded endpoint was running."
    if result["action"] == "start":
        return str(result["description"])
    if not result["running"]:
        return "No embedded endpoint runs; a notebook starts it when it needs it."
    info = result["info"]
    if info is None:
        return (
            f"Process {result['pid']} runs at {result['url']} but does not answer. "
            f"Try: selfhost endpoint stop (log: {result['log']})"
        )
    names = ", ".join(
        str(each.get("name", each)) if isinstance(each, dict) else str(each)
        for each in info.get("models") or []
    )
    return f"{result['url']} runs since {result['started']} (process {result['pid']}): {names}"

"""`selfhost frontends`: chat programs before the endpoint: list, install, start, status, stop."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from selfhost.commands import Result
from selfhost.console import columns, say, size

HELP = "chat programs before the endpoint: list, install, start, stop"


def configure(parser: argparse.ArgumentParser) -> None:
    """Subcommands, `list` being the default."""
    from selfhost.frontends.places import MANAGED

    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    listing = actions.add_parser("list", help="what there is, and how to tie it to the endpoint")
    listing.add_argument("name", nargs="?", help="one of them: with its recipe and sources")
    for action, text in (
        ("install", "install one into an environment of its own (Open WebUI: 3 GB, minutes)"),
        ("start", "start one before the endpoint, and say where it is"),
        ("status", "which runs, and where?"),
        ("stop", "stop one; its chats stay"),
        ("remove", "delete one again"),
    ):
        parts = actions.add_parser(action, help=text)
        some = action in ("status", "stop")
        parts.add_argument("name", choices=MANAGED, nargs="?" if some else None)
        if action in ("start", "status", "stop"):
            parts.add_argument("--data", type=Path, metavar="DIR", help="where its state is kept")
        if action == "install":
            parts.add_argument("--any-torch", action="store_true", help="take the CUDA build, too")
        if action == "start":
            _start_options(parts)
        if action == "remove":
            parts.add_argument("--data", action="store_true", help="its chats and settings, too")


def _start_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, metavar="N", help="default: 8080, or any free one")
    parser.add_argument("--model", help="the model to use")
    parser.add_argument(
        "--endpoint", metavar="URL", help="a server that runs (default: found or started)"
    )
    parser.add_argument(
        "--api", choices=("ollama", "openai"), help="which language to speak with it"
    )
    parser.add_argument(
        "--plain", action="store_true", help="as it comes: with tools, titles and the like"
    )


def run(args: argparse.Namespace) -> Any:
    """Do what was asked; every result says what it is under `action`."""
    from selfhost import frontends

    action = args.action or "list"
    if action == "list":
        return _list(getattr(args, "name", None))
    if action == "install":
        found = frontends.install(args.name, any_torch=args.any_torch)
        return {"action": action, **asdict(found)}
    if action == "start":
        return _start(args)
    if action == "remove":
        freed = frontends.remove(args.name, data=args.data)
        return {"action": action, "name": args.name, "bytes": freed}
    from selfhost.frontends.places import MANAGED

    names = [args.name] if args.name else MANAGED
    if action == "stop":
        stopped = {name: frontends.stop(name, args.data) for name in names}
        return {"action": action, "stopped": {n: pid for n, pid in stopped.items() if pid}}
    runs = [each for name in names if (each := frontends.running(name, args.data))]
    return Result({"action": action, "running": [asdict(each) for each in runs]}, 0 if runs else 3)


def _list(name: str | None) -> dict[str, Any]:
    from selfhost import frontends
    from selfhost.errors import KitError
    from selfhost.frontends.places import MANAGED

    known = frontends.catalogue()
    if name is not None and name not in known:
        raise KitError(f"There is no front end {name!r} here.", "selfhost frontends list")
    rows = []
    for entry in known.values():
        if name in (None, entry.id):
            there = frontends.installed(entry.id) if entry.id in MANAGED else None
            at = frontends.running(entry.id) if entry.id in MANAGED else None
            rows.append({
                **asdict(entry),
                "managed": entry.id in MANAGED,
                "installed": asdict(there) if there else None,
                "running": asdict(at) if at else None,
            })
    return {"action": "list", "frontends": rows, "whole": name is not None}


def _start(args: argparse.Namespace) -> dict[str, Any]:
    from selfhost import frontends
    from selfhost.endpoint import endpoint, settings
    from selfhost.frontends.places import LLAMA_CPP

    profile = "plain" if args.plain else "lean"
    if args.name == LLAMA_CPP:
        found = frontends.start(
            args.name, model=args.model or "aprendiz", port=args.port, data=args.data
        )
        return {"action": "start", **asdict(found)}
    if args.endpoint:
        key = settings.setting("SELFHOST_API_KEY") or "ollama"
        found = _wait(args, args.endpoint, key, args.api or _api(key), profile)
    else:
        with endpoint(args.model) as at:
            say(at.describe())
            api = _api(at.api_key) if "ollama" in at.apis else "openai"
            found = _wait(args, at.url, at.api_key, args.api or api, profile)
    return {"action": "start", **asdict(found)}


def _api(key: str) -> str:
    """Open WebUI sends a key only where it speaks OpenAI's language."""
    return "ollama" if key == "ollama" else "openai"


def _wait(args: argparse.Namespace, url: str, key: str, api: str, profile: str) -> Any:
    from selfhost import frontends

    told: list[int] = []

    def tick(seconds: float) -> None:
        if seconds // 15 > len(told):
            told.append(0)
            say(f"  {args.name} starts ({seconds:.0f} s)")

    return frontends.start(
        args.name, url, key=key, api=api, port=args.port, profile=profile, data=args.data, tick=tick
    )


def text(result: Any) -> str:
    """For people."""
    return {
        "list": _list_text,
        "install": _installed_text,
        "start": lambda r: (
            f"{r['name']} answers at {r['url']} (after {r['seconds']:.0f} s)\n"
            f"  endpoint: {r['endpoint']}\n  its state: {r['data']}\n"
            f"selfhost frontends stop {r['name']}"
        ),
        "status": _status_text,
        "stop": lambda r: "\n".join(
            f"{name} stopped (process {pid})." for name, pid in r["stopped"].items()
        ) or "None was running.",
        "remove": lambda r: f"{r['name']} was deleted ({size(r['bytes'])}).",
    }[result["action"]](result)  # fmt: skip


def _installed_text(result: dict[str, Any]) -> str:
    if not result["bytes"]:
        return f"{result['name']} is part of the engine (xllamacpp {result['version']})."
    return (
        f"{result['name']} {result['version']} is here ({size(result['bytes'])}, "
        f"{result['seconds']:.0f} s, Python {result['python']}, torch {result['torch']}).\n"
        f"selfhost frontends start {result['name']}"
    )


def _status_text(result: dict[str, Any]) -> str:
    return "\n".join(
        f"{r['name']} runs at {r['url']} (process {r['pid']}) before {r['endpoint']}"
        for r in result["running"]
    ) or "No front end runs."  # fmt: skip


def _list_text(result: dict[str, Any]) -> str:
    entries = result["frontends"]
    if not result["whole"]:
        rows = [("name", "licence", "here", "what")]
        for entry in entries:
            here = "runs" if entry["running"] else "installed" if entry["installed"] else "no"
            rows.append((entry["id"], entry["licence"], here, entry["what"]))
        return columns(rows) + "\nselfhost frontends list NAME: recipe, sources, what was tried"
    (entry,) = entries
    fill = {"{url}": "http://127.0.0.1:11434", "{v1}": "http://127.0.0.1:11434/v1",
            "{model}": "aprendiz"}  # fmt: skip
    lines = [f"{entry['name']} {entry['version']}: {entry['form']}", entry["what"],
             f"Licence: {entry['licence']}. Tried: {entry['tried_how']}."]  # fmt: skip
    for number, step in enumerate(entry["recipe"], 1):
        for sign, value in fill.items():
            step = step.replace(sign, value)
        lines.append(f"{number}. {step}")
    lines += [f"{s['url']} ({s['date']}): {s['says']}" for s in entry["sources"]]
    return "\n".join(lines)

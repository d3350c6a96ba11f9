"""`selfhost apis`: providers of models over HTTP, what an endpoint lets you set, stray keys."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from selfhost.commands import Result
from selfhost.console import columns, say

HELP = "models over HTTP: list providers, probe what an endpoint accepts, look for stray keys"


def configure(parser: argparse.ArgumentParser) -> None:
    """Subcommands, `list` being the default."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", help="the providers that the course knows, and whose key is set")
    probe = actions.add_parser("probe", help="which settings an endpoint accepts, ignores, refuses")
    probe.add_argument(
        "where", nargs="?", help="a provider's id or a base URL; without: the course's endpoint"
    )
    probe.add_argument("--model", help="the model to ask")
    probe.add_argument("--api", choices=["openai", "ollama"], default="openai")
    probe.add_argument("--key-env", metavar="NAME", help="environment variable that holds the key")
    request = actions.add_parser("request", help="the request that a provider would be sent")
    request.add_argument("provider")
    request.add_argument("question", nargs="?", default="Why is the sky blue?")
    request.add_argument("--model")
    scan = actions.add_parser("scan", help="look for keys in files that are handed round")
    scan.add_argument("path", nargs="+", type=Path)


def run(args: argparse.Namespace) -> Any:
    """Do what was asked; `scan` exits with 1 when it found something."""
    action = args.action or "list"
    if action == "list":
        return {"action": action, "providers": _list()}
    if action == "probe":
        return _probe(args)
    if action == "request":
        from selfhost.apis.providers import provider

        asked = provider(args.provider).request(args.model, args.question)
        return {"action": action, **asdict(asked), "curl": asked.curl()}
    from selfhost.apis.keys import scan_files

    found = [asdict(leak) for leak in scan_files(args.path)]
    return Result({"action": action, "leaks": found}, 1 if found else 0)


def _list() -> list[dict[str, Any]]:
    from selfhost.apis.providers import providers

    return [
        {
            "id": p.id, "name": p.name, "base_url": p.base_url, "where": p.where,
            "key": (p.key_env[0] if p.key_env else None), "key_set": p.key() is not None,
            "sets": list(p.sets), "refuses": list(p.refuses), "hides": list(p.hides),
            "price": p.price_note(),
        }
        for p in providers().values()
    ]  # fmt: skip


def _probe(args: argparse.Namespace) -> dict[str, Any]:
    from selfhost.apis.call import Target
    from selfhost.apis.keys import find_key
    from selfhost.apis.probe import Probe, findings
    from selfhost.apis.providers import provider, providers
    from selfhost.endpoint import endpoint
    from selfhost.errors import KitError

    def work(target: Target) -> dict[str, Any]:
        probe = Probe(target)
        rows = [asdict(row) for row in findings(probe, lambda name: say(f"  {name}"))]
        return {
            "action": "probe", "url": target.url, "model": target.model, "api": target.api,
            "requests": probe.requests, "tokens": probe.tokens, "findings": rows,
        }  # fmt: skip

    if args.where is None:
        with endpoint(args.model) as at:
            return work(Target.of(at, args.api))
    if args.where in providers():
        known = provider(args.where)
        key = find_key([args.key_env]) if args.key_env else known.key()
        if known.needs_key and key is None:
            raise KitError(f"{known.name} needs a key.", f"set {known.key_env[0]}")
        url, model = known.base_url, args.model or known.example_model
    else:
        if args.model is None:
            raise KitError("Which model shall be asked there?", "--model NAME")
        key = find_key([args.key_env]) if args.key_env else None
        url, model = args.where, args.model
    return work(Target(url, model, key, args.api))


def text(result: Any) -> str:
    """For people."""
    return {"list": _list_text, "probe": _probe_text, "request": _request_text,
            "scan": _scan_text}[result["action"]](result)  # fmt: skip


def _list_text(result: Any) -> str:
    rows = [("id", "base URL", "key", "price")]
    for p in result["providers"]:
        key = "none needed" if p["key"] is None else p["key"] + (" (set)" if p["key_set"] else "")
        rows.append((p["id"], p["base_url"], key, p["price"]))
    return columns(rows)


def _probe_text(result: Any) -> str:
    rows = [("parameter", "sent", "finding", "why")]
    rows += [(f["parameter"], f["sent"], f["found"], f["why"]) for f in result["findings"]]
    head = f"{result['model']} at {result['url']} ({result['api']} API)"
    tail = f"{result['requests']} requests, {result['tokens']} tokens written"
    return f"{head}\n{columns(rows)}\n{tail}"


def _request_text(result: Any) -> str:
    return str(result["curl"])


def _scan_text(result: Any) -> str:
    if not result["leaks"]:
        return "Nothing that looks like a key."
    lines = [f"{x['file']}:{x['line']}: looks like {x['what']} ({x['shown']})"
             for x in result["leaks"]]  # fmt: skip
    return "\n".join([*lines, "Take it out, revoke it, and read it from the environment."])

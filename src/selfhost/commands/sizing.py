"""`selfhost sizing MODEL`: the memory a model needs, whether it fits here, and what it costs."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from selfhost.console import columns, size
from selfhost.errors import KitError

HELP = "memory and cost of a model: a GGUF, a config.json or a known name"


def configure(parser: argparse.ArgumentParser) -> None:
    """The model, how it will be used, and the assumptions about money."""
    parser.add_argument("model", help="a GGUF file, a config.json (or its folder), or a name")
    parser.add_argument("--type", help="as if quantized so: F16, Q8_0, Q6_K, Q4_0, Q4_K_M, ...")
    parser.add_argument("--context", type=int, help="tokens per user (default: at most 4096)")
    parser.add_argument("--users", type=int, default=1, help="at the same time (default 1)")
    parser.add_argument("--cache", default="f16", help="type of the KV cache (default f16)")
    parser.add_argument("--batch", type=int, default=512, help="tokens read at once")
    parser.add_argument("--free", type=float, metavar="GB", help="instead of this machine's memory")
    parser.add_argument("--measure", action="store_true", help="load it and read its real memory")
    parser.add_argument("--no-cost", action="store_true", help="memory only")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE",
        help="an assumption about money, such as demand=100 or electricity=0.2 (repeatable)",
    )  # fmt: skip


_FITS = {
    "yes": "It fits:",
    "tight": "It is tight (the file's own pages of the rearranged weights would have to go):",
    "no": "It does NOT fit:",
}


def run(args: argparse.Namespace) -> Any:
    """Memory, verdict and costs; `--measure` loads the file in a process of its own."""
    import psutil

    from selfhost.sizing import assumptions, memory, read
    from selfhost.sizing.cost import as_json

    model = read(args.model, args.type)
    context = args.context or min(4096, model.shape.context)
    needed = memory(model, context, slots=args.users, cache=args.cache, batch=args.batch)
    free = psutil.virtual_memory().available if args.free is None else int(args.free * 1e9)
    given = assumptions().but(**dict(_assumption(each) for each in args.set))
    result: dict[str, Any] = {
        "model": model.name,
        "source": model.shape.source,
        "exact": model.exact,
        "shape": asdict(model.shape),
        "weights_by_type": model.weights,
        "bytes_per_token": model.per_token,
        "context": context,
        "users": args.users,
        "cache": args.cache,
        "terms": needed.terms(),
        "total": needed.total,
        "free": free,
        "least": needed.least,
        "fits": "yes" if needed.total <= free else "tight" if needed.least <= free else "no",
        "cost": None if args.no_cost else as_json(given),
    }
    if args.measure:
        result["measured"] = _measure(model, args, context)
    return result


def _assumption(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise KitError(f"--set {text} is not NAME=NUMBER.", "--set demand=100") from None


def _measure(model: Any, args: argparse.Namespace, context: int) -> dict[str, Any]:
    from selfhost.sizing.measure import Load, load

    if model.path is None or args.type:
        raise KitError("Only a GGUF file that is here can be measured.", "selfhost models list")
    how = Load(context, args.cache, args.batch, args.users)
    found = load(model.path, how)
    return {"bytes": found.cost, "load_seconds": found.load_seconds,
            "decode_tokens_per_second": found.decode_per_second}  # fmt: skip


def text(result: Any) -> str:
    """For people."""
    types = ", ".join(f"{kind} {size(n)}" for kind, n in result["weights_by_type"].items())
    rows = [(name, size(n)) for name, n in result["terms"].items() if n]
    lines = [
        f"{result['model']} ({result['source']})",
        f"weights: {types}" + ("" if result["exact"] else " (computed, there is no file here)"),
        f"for {result['users']} user{'s' * (result['users'] > 1)} with {result['context']:,} "
        f"tokens of context, {result['cache']} cache:",
        "",
        columns([*rows, ("together", size(result["total"]))]),
        "",
        f"{_FITS[result['fits']]} {size(result['free'])} of memory are free.",
    ]
    if "measured" in result:
        found = result["measured"]
        lines.append(
            f"Measured: {size(found['bytes'])} in a process of its own "
            f"({result['total'] / found['bytes'] - 1:+.1%} is the arithmetic's error)."
        )
    if result["cost"] is None:
        return "\n".join(lines)
    lines += ["", "Own machine or API? (--set NAME=VALUE changes an assumption)"]
    lines += [case["sentence"] for case in result["cost"]["cases"]]
    money = [
        (a["key"], f"{a['favourable']:g} / {a['typical']:g} / {a['unfavourable']:g}", a["unit"],
         a["source"] if len(a["source"]) <= 90 else a["source"][:89] + "…")
        for a in result["cost"]["assumptions"]
    ]  # fmt: skip
    return "\n".join([*lines, "", columns(money)])

"""`selfhost engines`: the same weights through several engines, and how far they are apart."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

HELP = "the same weights through several engines: list, run, compare, clean"
_HEAD = ("engine", "score", "differ", "bias", "magnitude", "part at", "RMSE", "top 5", "p")


def configure(parser: argparse.ArgumentParser) -> None:
    """Without an action the engines are listed."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", help="engines and conditions, and what can run here")
    run = actions.add_parser("run", help="answer the benchmarks and compare with the first engine")
    run.add_argument(
        "--engine", action="append", metavar="NAME[=URL[#MODEL]]", default=[],
        help="a name of the list, or any server: vllm=http://host:8000 (all settings sent) or "
        "vllm/defaults=http://host:8000 (none); several times; the first is the reference; "
        "default: the five engines in float32",
    )  # fmt: skip
    run.add_argument("--items", type=int, default=25, metavar="N", help="of each set, at most 200")
    run.add_argument("--set", action="append", metavar="SET", help="arith, capitals, ...: only it")
    run.add_argument("--max-tokens", type=int, default=48, metavar="N")
    run.add_argument("--temperature", type=float, default=0.0, metavar="T")
    run.add_argument("--repeat-penalty", type=float, default=1.0, metavar="P")
    run.add_argument("--seed", type=int, default=7, metavar="S")
    run.add_argument(
        "--rendering", default="its own template", metavar="NAME",
        help="its own template, doubled BOS, ChatML template, or no template",
    )  # fmt: skip
    run.add_argument("--out", type=Path, default=Path("engines-runs"), metavar="FOLDER")
    actions.add_parser(
        "clean", help="remove the converted weights; they are made again when needed"
    )
    compare = actions.add_parser("compare", help="runs that were kept; the first is the reference")
    compare.add_argument("runs", type=Path, nargs="+", metavar="RUN.jsonl")


def run(args: argparse.Namespace) -> Any:
    """List, run, compare or clean."""
    if args.action == "run":
        return _run(args)
    if args.action == "clean":
        from selfhost.engines import convert

        return {"action": "clean", "bytes": convert.clean()}
    if args.action == "compare":
        from selfhost import engines

        return _compared("compare", [engines.load(path) for path in args.runs])
    return _list()


def _list() -> dict[str, Any]:
    from selfhost import engines

    listed = [
        {"name": name, "about": each.about, "version": each.version, "missing": each.missing}
        for name, each in engines.KNOWN.items()
    ]
    listed += [
        {"name": name, "about": about, "version": "", "missing": []}
        for name, about in engines.ENDPOINT.items()
    ]
    return {"action": "list", "engines": listed}


def _run(args: argparse.Namespace) -> dict[str, Any]:
    from selfhost import engines
    from selfhost.console import say
    from selfhost.errors import KitError

    if args.rendering not in engines.RENDERINGS:
        raise KitError(
            f"There is no rendering {args.rendering!r}; there are: {', '.join(engines.RENDERINGS)}."
        )
    items = engines.items(args.items, tuple(args.set) if args.set else engines.SETS)
    settings = engines.Settings(
        max_tokens=args.max_tokens, temperature=args.temperature,
        repeat_penalty=args.repeat_penalty, seed=args.seed,
    )  # fmt: skip
    made, kept = [], []
    for name in args.engine or engines.FIVE:
        with engines.open_engine(name, progress=lambda label, *_: say(label)) as engine:
            say(f"{engine.name}: {len(items)} questions")
            found = engines.run(
                engine, items, settings=settings, rendering=engines.RENDERINGS[args.rendering]
            )
        made.append(found)
        kept.append(str(engines.save(found, args.out)))
    return {**_compared("run", made), "kept": kept}


def _compared(action: str, runs: list[Any]) -> dict[str, Any]:
    from selfhost import engines, stackcard

    lines = []
    for each in runs:
        measured = engines.against(runs[0], each).as_dict()
        reason = stackcard.likely_reason(stackcard.differences(runs[0].card, each.card))
        sets = dict.fromkeys(item.rpartition("-")[0] for item in each.items)
        by_set = {name: sum(right) / len(right) for name in sets if (right := each.of_set(name))}
        lines.append({"engine": each.name, "score": each.score, "scores": by_set,
                      "seconds": each.seconds,
                      "measures": measured, "reason": reason})  # fmt: skip
    return {"action": action, "reference": runs[0].name, "items": len(runs[0].items),
            "runs": lines, "formulas": [list(each) for each in engines.FORMULAS]}  # fmt: skip


def text(result: Any) -> str:
    """For people."""
    from selfhost.console import columns, size

    if result["action"] == "clean":
        return f"Removed: {size(result['bytes'])} of converted weights."
    if result["action"] == "list":
        return columns(
            (each["name"],
             "missing: " + ", ".join(each["missing"]) if each["missing"] else
             each["version"] or "ready", each["about"])
            for each in result["engines"]
        )  # fmt: skip
    rows = [_HEAD, *(_row(each) for each in result["runs"])]
    sets = list(result["runs"][0]["scores"])
    scores = [("score by set", *sets)]
    scores += [
        (r["engine"], *(f"{r['scores'][name]:.1%}" for name in sets)) for r in result["runs"]
    ]
    lines = [f"{result['items']} questions; reference: {result['reference']}", columns(rows)]
    lines.append(columns(scores))
    lines += [
        f"{each['engine']}: {each['reason']}"
        for each in result["runs"][1:]
        if each["measures"]["disagreement_rate"]
    ]
    lines += [f"{name}: {formula}" for name, formula, _ in result["formulas"]]
    lines += [f"kept: {path}" for path in result.get("kept", [])]
    return "\n".join(lines)


def _row(each: dict[str, Any]) -> tuple[str, ...]:
    m = each["measures"]

    def number(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    return (
        each["engine"], f"{each['score']:.1%}", f"{m['disagreement_rate']:.1%}",
        f"{m['length_bias']:+.2f}", f"{m['length_magnitude']:.2f}",
        number(m["first_difference_normalized"], ".3f"), number(m["rmse_top1_logprob"], ".1e"),
        number(m["jaccard_top5"], ".4f"), f"{m['score']['p']:.3f}",
    )  # fmt: skip

"""`selfhost finetune`: train an adapter, convert it to GGUF, merge it, draw a model's tree."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from selfhost.console import say, size

HELP = "LoRA on the shipped model: train, convert to GGUF, merge, tree"


def configure(parser: argparse.ArgumentParser) -> None:
    """One subcommand per step."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    train = actions.add_parser("train", help="train an adapter for the help desk's messages")
    train.add_argument("out", type=Path, help="folder for peft's files and adapter.gguf")
    train.add_argument("--steps", type=int, default=180)
    train.add_argument("--batch", type=int, default=16)
    train.add_argument("--rank", type=int, default=8)
    train.add_argument("--rehearse", action="store_true",
                       help="mix in the base's own answers to other questions")  # fmt: skip
    train.add_argument("--seconds", type=float, default=100, help="of processor time, at most")
    convert = actions.add_parser("convert", help="peft's folder to a GGUF adapter")
    convert.add_argument("folder", type=Path)
    convert.add_argument("out", type=Path)
    merge = actions.add_parser("merge", help="base + adapter, both GGUF, to one GGUF")
    merge.add_argument("base", help="a GGUF or a known name")
    merge.add_argument("adapter", type=Path)
    merge.add_argument("out", type=Path)
    merge.add_argument("--type", default="F16", choices=["F16", "F32", "Q8_0"])
    tree = actions.add_parser("tree", help="which file comes from which, by their metadata")
    tree.add_argument("paths", type=Path, nargs="+", help="GGUF files and models' folders")


def run(args: argparse.Namespace) -> Any:
    """Do the step; every result says what it is under `action`."""
    from selfhost import finetune

    if args.action == "train":
        return _train(args)
    if args.action == "convert":
        path = finetune.adapter.to_gguf(args.folder, args.out)
        return {"action": "convert", "path": str(path), "bytes": path.stat().st_size}
    if args.action == "merge":
        path = finetune.merge.merge(_gguf(args.base), args.adapter, args.out, kind=args.type)
        return {"action": "merge", "path": str(path), "bytes": path.stat().st_size}
    nodes = finetune.tree.tree(args.paths)
    return {
        "action": "tree",
        "nodes": [{"name": n.name, "relation": n.relation, "parent": n.parent,
                   "licence": n.licence, "says": n.says, "path": str(n.path)} for n in nodes],
        "lines": finetune.tree.lines(nodes),
    }  # fmt: skip


def _train(args: argparse.Namespace) -> dict[str, Any]:
    from selfhost import finetune

    settings = finetune.train.Settings(
        steps=args.steps, batch=args.batch, rank=args.rank, alpha=2 * args.rank, limit=args.seconds
    )

    def progress(step: int, steps: int, loss: float) -> None:
        if step % 10 == 0 or step == steps:
            say(f"step {step} of {steps}, loss {loss:.3f}")

    items: list[Any] | None = None
    if args.rehearse:
        items = list(finetune.task.training(settings.items, settings.seed))
        items += finetune.evaluate.rehearsal(_gguf("aprendiz"))
    found = finetune.train.lora(args.out, settings, items=items, progress=progress)
    gguf = finetune.adapter.to_gguf(args.out, args.out / "adapter.gguf")
    return {
        "action": "train", "folder": str(args.out), "gguf": str(gguf), "steps": found.steps,
        "seconds": found.seconds, "trainable": found.trainable, "parameters": found.parameters,
        "loss": found.losses[-1], "bytes": gguf.stat().st_size,
    }  # fmt: skip


def _gguf(name: str) -> Path:
    from selfhost import KitError, weights

    if Path(name).is_file():
        return Path(name)
    found = weights.find(name) if weights.lookup(name) else None
    if found is None:
        raise KitError(
            f"There is no file and no known model {name!r} here.", "selfhost models list"
        )
    return found


def text(result: Any) -> str:
    """For people."""
    if result["action"] == "tree":
        return "\n".join(result["lines"])
    if result["action"] == "train":
        return (
            f"{result['steps']} steps in {result['seconds']:.0f} s, loss {result['loss']:.3f}; "
            f"{result['trainable']:,} of {result['parameters']:,} parameters were trained.\n"
            f"{result['gguf']} ({size(result['bytes'])})"
        )
    return f"{result['path']} ({size(result['bytes'])})"

"""`selfhost quantize`: make smaller copies of a model file, and measure what they lose."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from selfhost import KitError, weights
from selfhost.console import columns, say, size

HELP = "quantize a GGUF file with llama.cpp; measure what it costs"


def configure(parser: argparse.ArgumentParser) -> None:
    """What to quantize, to which types, and whether to measure."""
    from selfhost.quantize.convert import TYPES

    parser.add_argument("model", nargs="?", default="aprendiz", help="a known name or a GGUF file")
    parser.add_argument(
        "--type", action="append", metavar="TYPE", dest="types",
        help=f"{', '.join(TYPES)}, or all (default: Q4_K_M); may be given several times",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="default: the kit's store")
    parser.add_argument(
        "--measure", action="store_true",
        help="speed, perplexity, KL divergence and score against the original",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="time for all scoring together (default: 20)"
    )
    parser.add_argument(
        "--again", action="store_true", help="allow a source that is quantized already"
    )
    parser.add_argument("--threads", type=int, default=0, help="default: all cores")


def run(args: argparse.Namespace) -> Any:
    """One entry per type. Raises `KitError` for a model that is not here or a failed type."""
    from selfhost.quantize import convert, llamacpp

    llamacpp.need()
    source, kinds = _source(args.model), _kinds(args.types)
    if args.out is not None and not args.out.is_dir():
        raise KitError(f"There is no folder {args.out}.", f"mkdir {args.out}")
    made = []
    for kind in kinds:
        target = args.out / f"{source.stem}-{kind}.gguf" if args.out else None
        say(f"{kind} …")
        made.append(convert.quantize(source, kind, target=target, again=args.again,
                                     threads=args.threads))  # fmt: skip
    result: dict[str, Any] = {
        "source": str(source),
        "source_bytes": source.stat().st_size,
        "engine": f"llama-cpp-python {llamacpp.package_version()}",
        "files": [_entry(each) for each in made],
    }
    if args.measure:
        result["original"], rows = _measure(source, made, args.seconds)
        for entry, row in zip(result["files"], rows, strict=True):
            entry["measured"] = row.as_dict()
    return result


def text(result: Any) -> str:
    """For people."""
    rows = [("type", "size", "bits/weight", "file")]
    for each in result["files"]:
        bits = f"{each['bits_per_weight']:.2f}"
        rows.append((each["type"], size(each["bytes"]), bits, each["path"]))
    lines = [columns(rows)]
    if any("measured" in each for each in result["files"]):
        table = [("type", "perplexity", "KL mean", "KL 99 %", "same top", "score", "tok/s")]
        for each in result["files"]:
            row = each["measured"]
            quality = row["quality"]
            table.append((
                each["type"], f"{quality['perplexity']:.3f}", f"{quality['kl_mean']:.5f}",
                f"{quality['kl_99']:.4f}", f"{quality['same_top']:.1%}",
                f"{row['score']:.0%} of {row['items']}", f"{row['speed']['decode']:.0f}",
            ))  # fmt: skip
        lines += ["", f"against {Path(result['original']).name}:", columns(table)]
    return "\n".join(lines)


def _source(name: str) -> Path:
    if Path(name).is_file():
        return Path(name)
    model = weights.lookup(name)
    if model is None:
        raise KitError(f"There is no file and no known model {name!r}.", "selfhost models list")
    path = weights.find(name)
    if path is None:
        raise KitError(f"{name} is not on this computer.", f"selfhost models pull {name}")
    return path


def _kinds(asked: list[str] | None) -> list[str]:
    from selfhost.quantize.convert import TYPES, known_type

    if asked and any(kind.lower() == "all" for kind in asked):
        return list(TYPES)
    return list(dict.fromkeys(known_type(kind) for kind in asked or ["Q4_K_M"]))


def _entry(made: Any) -> dict[str, Any]:
    return {
        "type": made.type, "path": str(made.path), "bytes": made.bytes,
        "bits_per_weight": round(made.bits_per_weight, 4), "bytes_by_type": made.types,
        "cached": made.cached,
    }  # fmt: skip


def _measure(source: Path, made: list[Any], seconds: float) -> tuple[str, list[Any]]:
    from selfhost.quantize import convert
    from selfhost.quantize.study import Study

    original = convert.original_of(source)
    study = Study(original, files=len(made), seconds=seconds)
    rows = []
    for each in made:
        say(f"measuring {each.type} …")
        rows.append(study.gguf(each.path, each.type))
    return str(original), rows

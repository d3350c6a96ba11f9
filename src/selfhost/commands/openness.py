"""`selfhost openness`: audit a release, compare two, list the catalogue, write a description."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selfhost.openness.verdict import Verdict

HELP = "how open a model is, and why"


class Shown(dict[str, Any]):
    """A verdict in the shape promised for `--json`, which still knows the whole verdict."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.as_json())
        self.verdict = verdict


def configure(parser: argparse.ArgumentParser) -> None:
    """Subcommands."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    what = "a folder, a GGUF or safetensors file, a description in YAML, or a catalogue entry"
    audit = actions.add_parser("audit", help="class, reasons and what is missing")
    audit.add_argument("path", help=what)
    both = actions.add_parser("compare", help="two releases side by side")
    both.add_argument("left", help=what)
    both.add_argument("right", help=what)
    rows = actions.add_parser("list", help="the workshop's catalogue")
    rows.add_argument("--kind", default="", help="model, service, dataset, benchmark, ...")
    rows.add_argument("--modality", default="", help="text, image, video, text to speech, ...")
    rows.add_argument("--text", default="", help="search in all fields")
    told = actions.add_parser("describe", help="write what an audit found as a MOF description")
    told.add_argument("path", help=what)
    told.add_argument("--output", help="file to write; without it, the text is printed")


def run(args: argparse.Namespace) -> Any:
    """Do what was asked."""
    from selfhost.openness.audit import audit

    if args.action == "audit":
        return Shown(audit(args.path))
    if args.action == "compare":
        from selfhost.openness.compare import compare

        return compare(audit(args.left), audit(args.right))
    if args.action == "describe":
        return _describe(audit(args.path), args.output)
    from selfhost.openness.catalogue import select

    found = select(kind=args.kind, modality=args.modality, text=args.text)
    return {"entries": [entry.as_row() for entry in found]}


def _describe(verdict: Verdict, output: str | None) -> dict[str, Any]:
    from selfhost.openness.yamlio import describe, dump, write

    description = describe(verdict.release)
    if output:
        write(description, Path(output))
    return {"name": verdict.release.name, "output": output, "yaml": dump(description)}


def text(result: Any) -> str:
    """For people."""
    from selfhost.openness.report import lines, table

    if isinstance(result, Shown):
        return "\n".join(lines(result.verdict))
    if "yaml" in result:
        return f"wrote {result['output']}" if result["output"] else result["yaml"].rstrip()
    if "rows" in result:
        return "\n".join(table(result))
    return _list_text(result["entries"])


def _list_text(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No entry matches."
    keys = ("id", "kind", "modality", "licence", "derived", "workshop", "date")
    width = {k: max(len(k), *(len(str(row[k])) for row in rows)) for k in keys}
    out = ["  ".join(f"{k:{width[k]}}" for k in keys).rstrip()]
    out += ["  ".join(f"{row[k]!s:{width[k]}}" for k in keys).rstrip() for row in rows]
    return "\n".join([*out, f"{len(rows)} entries"])

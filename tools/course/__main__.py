"""`python -m tools.course build|execute|sync|translate|check [NAME ...]`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from selfhost import KitError

# jsonschema (under nbformat) offers a check of IRIs whose grammar takes more than a second to
# compile at import, and goes without it where it is missing. No notebook's schema has an IRI.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.course", description=__doc__)
    parser.add_argument(
        "--root", type=Path, default=Path(__file__).resolve().parents[2], help=argparse.SUPPRESS
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in {
        "build": "make notebooks, labs and solutions of what has changed",
        "execute": "run them again; write only if a compared output differs",
        "sync": "bring notebooks edited in JupyterLab back to course/",
        "translate": "empty Spanish cells where there are none, fingerprints where there are",
        "check": "is what is committed what the sources give, and fit for a room?",
    }.items():
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("names", nargs="*", metavar="NAME", help="00, 01_inside…, lab1")
        command.add_argument("--json", action="store_true", help="print the result as JSON")
        if name not in ("check", "translate"):
            command.add_argument(
                "--force",
                action="store_true",
                help=(
                    "let the notebook win over a changed source"
                    if name == "sync"
                    else "run and write whatever comes out"
                ),
            )
    args = parser.parse_args(arguments)
    try:
        return _run(args)
    except KitError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped; nothing is half written, and the next build goes on.", file=sys.stderr)
        return 130


def _run(args: argparse.Namespace) -> int:
    root: Path = args.root.resolve()
    if args.command == "check":
        from tools.course.check import check

        findings = check(root, args.names)
        failed = [f for f in findings if f.level == "fail"]
        if args.json:
            print(json.dumps({"ok": not failed, "findings": [f.as_dict() for f in findings]}))
        else:
            print(*findings, sep="\n", end="\n" if findings else "")
            print(f"course: {len(failed)} to mend, {len(findings) - len(failed)} to look at")
        return 1 if failed else 0
    if args.command == "sync":
        from tools.course.sync import sync

        synced = sync(root, args.names, force=args.force)
        if args.json:
            print(json.dumps([asdict(one) for one in synced]))
        for one in [] if args.json else synced:
            print(f"{one.status:>9}  {one.file}{'  ' + one.note if one.note else ''}")
        return 1 if any(one.status == "refused" for one in synced) else 0
    if args.command == "translate":
        from tools.course.assemble import all_lessons
        from tools.course.translate import prepare

        if not args.names:
            raise KitError("Which lesson?", "python -m tools.course translate 00")
        lessons, findings = all_lessons(root, args.names)
        counts = {lesson.file: prepare(lesson) for lesson in lessons}
        print(json.dumps(counts) if args.json else "\n".join(
            f"{file}: {count} text cells wait for Spanish" for file, count in counts.items()
        ))  # fmt: skip
        return 1 if findings else 0
    from tools.course.build import build

    def say(line: str) -> None:
        print(line, file=sys.stderr if args.json else sys.stdout, flush=True)

    built, findings = build(
        root, args.names, force=args.force, rerun=args.command == "execute", say=say
    )
    if args.json:
        print(
            json.dumps({
                "built": [asdict(one) for one in built],
                "findings": [f.as_dict() for f in findings],
            })
        )
    else:
        print(*findings, sep="\n", end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

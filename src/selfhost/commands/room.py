"""`selfhost room`: give the kit, its packages and models to a room without internet."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import Any

from selfhost.commands import Result
from selfhost.console import Bar, say, size
from selfhost.errors import KitError
from selfhost.net import address_in_the_room, listen

HELP = "give the folder of `make bundle` to a room without internet"
PORT = 8770


def configure(parser: argparse.ArgumentParser) -> None:
    """`serve` and `verify`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    serve = actions.add_parser("serve", help="serve it over HTTP, a few downloads at a time")
    serve.add_argument("folder", type=Path)
    serve.add_argument("--lan", action="store_true", help="let the room reach it (else: only me)")
    serve.add_argument("--port", type=int, default=PORT, help=f"default {PORT}; 0: any free one")
    serve.add_argument(
        "--parallel", type=int, default=6, help="downloads at once (default 6: one Wi-Fi)"
    )
    check = actions.add_parser("verify", help="is every file what it was when it was put there?")
    check.add_argument("folder", type=Path)


def run(args: argparse.Namespace) -> Any:
    """Serve until Ctrl-C, or check. Raises `KitError`."""
    from selfhost.room import load, verify

    if args.action == "verify":
        wrong = verify(args.folder, Bar())
        count = len(load(args.folder).files)
        return Result({"action": "verify", "files": count, "wrong": wrong}, 1 if wrong else 0)
    if not 1 <= args.parallel <= 1000:
        raise KitError("--parallel is a number from 1 to 1000.", "selfhost room serve FOLDER")
    import uvicorn

    from selfhost.room.app import create_app
    from selfhost.room.manifest import incomplete

    room = load(args.folder)
    listener = listen("0.0.0.0" if args.lan else "127.0.0.1", args.port, "selfhost room serve")
    host = address_in_the_room() if args.lan else "127.0.0.1"
    address = f"http://{host}:{listener.getsockname()[1]}"
    say(f"The room: {address}   ({len(room.files)} files; Ctrl-C ends it)")
    say(f"Students: SELFHOST_ROOM={address} make lab   (no make: … python3 kit.py lab)")
    say(f'Windows:  $env:SELFHOST_ROOM="{address}"; py kit.py lab')
    if cut := incomplete(room, args.folder):
        say(f"{len(cut)} files are missing or cut (selfhost room verify {args.folder} names them)")
    if not args.lan:
        say("Only this computer can reach it. For the room: --lan")
    app = create_app(args.folder, args.parallel, address)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    with suppress(KeyboardInterrupt):  # the usual end, and who got what is still to be said
        server.run(sockets=[listener])
    rows = app.state.room.progress.rows()
    return {"action": "serve", "url": address, "laptops": len(rows), "rows": rows}


def text(result: Any) -> str:
    """For people."""
    if result["action"] == "serve":
        sent = sum(row["bytes"] for row in result["rows"])
        return f"The room is closed; {result['laptops']} laptops got {size(sent)}."
    if not result["wrong"]:
        return f"All {result['files']} files are as they were put there."
    lines = "\n".join(f"  {path}" for path in result["wrong"])
    return f"{len(result['wrong'])} of {result['files']} files are missing or damaged:\n{lines}"

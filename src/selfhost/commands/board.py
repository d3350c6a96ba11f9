"""`selfhost board`: the page on the teacher's laptop to which the room sends its results."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from selfhost.console import say
from selfhost.errors import KitError
from selfhost.net import address_in_the_room, listen
from selfhost.paths import run_dir

HELP = "a page that collects the room's results and shows who got the same outputs"
PORT = 8765


def configure(parser: argparse.ArgumentParser) -> None:
    """Where it listens, and where it keeps what it was sent."""
    parser.add_argument("--lan", action="store_true", help="let the room reach it (else: only me)")
    parser.add_argument("--port", type=int, default=PORT, help=f"default {PORT}; 0: any free one")
    parser.add_argument("--code", help="the join code (default: a new one)")
    parser.add_argument("--file", type=Path, help="where results are kept (SQLite)")
    parser.add_argument("--clear", action="store_true", help="forget earlier results first")


def run(args: argparse.Namespace) -> Any:
    """Serve until Ctrl-C. Raises `KitError` for a busy port or an unusable file."""
    import uvicorn

    from selfhost.classroom.board import BoardSettings, create_app, new_code

    code = (args.code or new_code()).upper()
    if not (code.isalnum() and code.isascii() and 4 <= len(code) <= 16):
        raise KitError("A join code has 4 to 16 letters and digits.", "selfhost board")
    host = "0.0.0.0" if args.lan else "127.0.0.1"
    listener = listen(host, args.port, "selfhost board")
    app = create_app(BoardSettings(args.file or run_dir() / "board.sqlite", code))
    if args.clear:
        app.state.store.clear()
    port = listener.getsockname()[1]
    address = f"http://{address_in_the_room() if args.lan else '127.0.0.1'}:{port}"
    say(f"The board: {address}   join code: {code}   (Ctrl-C ends it; results are kept)")
    if not args.lan:
        say("Only this computer can reach it. For the room: selfhost board --lan")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    server.run(sockets=[listener])
    count = len(app.state.store.all())
    app.state.store.close()
    return {"url": address, "code": code, "results": count}


def text(result: Any) -> str:
    """For people."""
    return f"The board has ended; {result['results']} results are kept."

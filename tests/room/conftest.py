"""A small room: real files, real list, real server on loopback."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from selfhost.net import listen
from selfhost.room.app import create_app
from selfhost.room.manifest import Room, RoomFile, save
from tools.house.room import target


def add(folder: Path, path: str, content: bytes, kind: str = "wheel", **about: str) -> RoomFile:
    """Put a file into a folder; its line in the list."""
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    targets = (target(),) if kind == "wheel" else ()
    return RoomFile(path, len(content), digest, kind, targets, about)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two packages (one too large to be served without a place), a model and the kit."""
    place = tmp_path / "room"
    noise = random.Random(7)
    files = (
        add(place, "kit/workshop.zip", b"PK" + noise.randbytes(1000), "kit", licence="MIT"),
        add(place, "wheels/small-1.0-py3-none-any.whl", noise.randbytes(5_000)),
        add(place, "wheels/large-1.0-py3-none-any.whl", noise.randbytes(3_000_000)),
        add(
            place, "models/small.gguf", noise.randbytes(1_500_000), "model",
            repo="owner/model", file="small.gguf", licence="<b>MIT</b>",
        ),
    )  # fmt: skip
    lost = {"what": "thing==1", "why": "compiled there", "targets": [target()]}
    save(Room((target(),), files, (lost,), made="2026-01-01", kit="0", commit="c"), place)
    return place


@contextlib.contextmanager
def serving(folder: Path, places: int = 6) -> Iterator[str]:
    """The room's server on a free port."""
    listener = listen("127.0.0.1", 0, "room")
    app = create_app(folder, places)
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


@pytest.fixture
def room(folder: Path) -> Iterator[str]:
    """Its address."""
    with serving(folder) as url:
        yield url


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A laptop that has nothing yet."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    if os.name != "nt":
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SELFHOST_WHEELS", raising=False)
    return tmp_path / "cache"


@contextlib.contextmanager
def bad_wifi(content: bytes, spoil: Callable[[int, int, bytes], bytes | None]) -> Iterator[Any]:
    """A server whose answers pass through `spoil(request number, offset, bytes) -> bytes`.

    Fewer bytes than announced are a cut connection; None closes it before the answer.
    """
    asked: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
            asked.append(start)
            whole = content[start:]
            data = spoil(len(asked), start, whole)
            if data is None:
                self.close_connection = True
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            self.wfile.write(data)
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = asked  # type: ignore[attr-defined]
    server.url = f"http://127.0.0.1:{server.server_port}/file"  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def until(seen: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until it is so."""
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)

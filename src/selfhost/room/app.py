"""The server: files with ranges, a few at a time, and the model hub's addresses for models."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from selfhost.errors import KitError
from selfhost.room.manifest import NAME, Room, RoomFile, load
from selfhost.room.page import front, listing, policy, status
from selfhost.room.progress import Progress

SMALL = 1 << 20  # bytes: smaller files need no place in the queue
QUEUE = 20.0  # seconds to wait for a place before the laptop is asked to come again
STALL = 60.0  # seconds in which a laptop takes no byte: its place goes to another


class Places:
    """At most so many large downloads at once; who came first is served first."""

    def __init__(self, count: int) -> None:
        self.count, self.busy = count, 0
        self._free = asyncio.Semaphore(count)

    async def take(self, seconds: float) -> bool:
        """Wait for a place; False if none came free in time."""
        try:
            await asyncio.wait_for(self._free.acquire(), seconds)
        except TimeoutError:
            return False
        self.busy += 1
        return True

    def give_back(self) -> None:
        """The download has ended."""
        self.busy -= 1
        self._free.release()


class Download(FileResponse):
    """A file, or the asked range of it, that holds a place while it is sent and is counted."""

    def __init__(self, path: Path, about: RoomFile, room: RoomServer, **more: Any) -> None:
        super().__init__(path, filename=path.name, **more)
        self.headers["etag"] = f'"{about.sha256}"'
        self._about, self._room = about, room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; a laptop that takes nothing for a minute loses its place."""
        needs_place = self._about.bytes > SMALL and scope["method"] == "GET"
        if needs_place and not await self._room.places.take(QUEUE):
            await _busy(scope)(scope, receive, send)
            return
        headers = {k: v for k, v in scope["headers"] if k == b"x-laptop"}
        who = headers.get(b"x-laptop", b"").decode("utf-8", "replace")
        sent = 0

        async def counting(message: MutableMapping[str, Any]) -> None:
            nonlocal sent
            async with asyncio.timeout(STALL):
                await send(message)
            count = len(message.get("body", b""))
            sent += count
            self._room.progress.sent(who, count)

        try:
            await super().__call__(scope, receive, counting)
            start = _range_start(scope)
            if scope["method"] == "GET" and start + sent >= self._about.bytes:
                self._room.progress.whole(who, self._about.path)
        except (TimeoutError, OSError):
            return  # gone or asleep; the client continues where it stopped
        finally:
            if needs_place:
                self._room.places.give_back()


class RoomServer:
    """The folder, who has fetched what, and the places."""

    def __init__(self, folder: Path, places: int) -> None:
        self.folder, self.room = folder, load(folder)
        self.files = {each.path: each for each in self.room.files}
        self.progress, self.places = Progress(), Places(places)


def create_app(folder: Path, places: int = 6, address: str = "") -> FastAPI:
    """The application for a folder that `make bundle` wrote. Raises `KitError` if it is none."""
    server = RoomServer(folder, places)
    room: Room = server.room
    app = FastAPI(title="The room", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.room = server

    @app.get("/")
    def page(request: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        here = address or str(request.base_url).rstrip("/")
        headers = {"Content-Security-Policy": policy(nonce), "X-Content-Type-Options": "nosniff"}
        return HTMLResponse(front(room, here, nonce), headers=headers)

    @app.get("/room/status.json")
    def state() -> dict[str, Any]:
        return status(server.progress.rows(), server.places.busy, server.places.count)

    @app.post("/room/report")
    async def report(request: Request) -> Response:
        try:
            data = json.loads(await _body(request, 4096))
            words = {name: str(data.get(name, "")) for name in ("stage", "target", "line")}
        except (ValueError, AttributeError, RecursionError, KitError):
            return JSONResponse({"error": "a small JSON object is expected"}, 400)
        known = server.progress.report(request.headers.get("x-laptop", ""), **words)
        return JSONResponse({}, 200 if known else 400)

    @app.get(f"/{NAME}")
    def manifest() -> Response:
        return FileResponse(folder / NAME, media_type="application/json")

    @app.get("/wheels/")
    def wheels() -> Response:
        return HTMLResponse(listing(room))

    @app.api_route("/{repository:path}/resolve/{revision}/{file:path}", methods=["GET", "HEAD"])
    def hub(repository: str, revision: str, file: str) -> Response:
        """A model under the address that it has on its hub (`HF_ENDPOINT` names this server)."""
        for each in room.of("model"):
            if each.about.get("repo") == repository and each.about.get("file") == file:
                headers = {
                    "X-Repo-Commit": revision, "X-Linked-Size": str(each.bytes),
                    "X-Linked-Etag": f'"{each.sha256}"',
                }  # fmt: skip
                return Download(folder / each.path, each, server, headers=headers)
        return JSONResponse({"error": "the room does not have this model"}, 404)

    @app.get("/site")
    @app.get("/site/")
    def site() -> Response:
        return RedirectResponse("/site/index.html")

    @app.api_route("/{path:path}", methods=["GET", "HEAD"])
    def file(path: str) -> Response:
        about = server.files.get(path)
        if about is not None and about.kind == "page" and (folder / path).is_file():
            return FileResponse(folder / path)  # to be read, not kept
        if about is None or not (folder / path).is_file():
            return JSONResponse({"error": f"there is no {path} in this room"}, 404)
        return Download(folder / path, about, server)

    return app


def _busy(scope: Scope) -> Response:
    """A program is asked to come again; a browser comes again by itself."""
    accepted = dict(scope["headers"]).get(b"accept", b"")
    if b"text/html" not in accepted:
        return Response("all places are taken; come again", 503, {"Retry-After": "2"})
    words = (
        "<!doctype html><title>One moment</title><p>Others are fetching; it goes on by itself.</p>"
    )
    return HTMLResponse(words, 503, {"Retry-After": "2", "Refresh": "3"})


def _range_start(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"range":
            start = value.decode("latin-1").removeprefix("bytes=").partition("-")[0]
            return int(start) if start.isdigit() else 0
    return 0


async def _body(request: Request, limit: int) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > limit:
            raise KitError("too long")
    return bytes(data)

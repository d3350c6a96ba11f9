"""The response that streams: first bytes decide the status, a hang-up ends the work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import Response

from selfhost.errors import KitError
from selfhost.server.engine import EngineError
from selfhost.server.errors import ApiError
from selfhost.server.gotemplate import TemplateError

log = logging.getLogger("selfhost.server")

NDJSON = "application/x-ndjson"
SSE = "text/event-stream"
JSON = "application/json"


class Activity:
    """Counts the answers that are being written, and knows whether the server is leaving."""

    def __init__(self) -> None:
        self.running: set[asyncio.Task[None]] = set()
        self.draining = False

    def stop_all(self) -> None:
        """End what still runs when the time for draining is over."""
        for task in list(self.running):
            task.cancel("shutdown")


def as_api_error(error: Exception) -> ApiError:
    """What went wrong, as something a client can read."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, EngineError):
        status = error.status if 400 <= error.status < 500 else 503
        return ApiError(status, error.message)
    if isinstance(error, TemplateError):
        return ApiError(400, f"template error: {error}")
    if isinstance(error, KitError):
        return ApiError(503, str(error))
    if isinstance(error, OSError):  # a model's file went away, a disk is full
        return ApiError(503, f"a file cannot be used: {error}")
    log.exception("unexpected error", exc_info=error)
    return ApiError(500, f"internal error: {error!r}")


class Live(Response):
    """Sends what `produce` yields. `media` JSON: one body; NDJSON or SSE: as it comes."""

    def __init__(
        self, produce: AsyncIterator[bytes], activity: Activity, *, media: str, openai: bool
    ) -> None:
        self.status_code = 200
        self.media_type = media
        self.background = None
        self.body = b""
        self.init_headers()
        self._produce, self._activity, self._openai = produce, activity, openai

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the work and watch for a hang-up at the same time."""
        work = asyncio.ensure_future(self._work(send))
        gone = asyncio.ensure_future(_hung_up(receive))
        self._activity.running.add(work)
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if not work.done():
                work.cancel("hung up")
            try:
                await work
            except asyncio.CancelledError:
                pass
            finally:
                self._activity.running.discard(work)

    async def _work(self, send: Any) -> None:
        started = False
        try:
            if self._activity.draining:
                raise ApiError(503, "the server is shutting down")
            async for data in self._produce:
                if self.media_type == JSON:
                    await _whole(send, 200, data)
                    return
                if not started:
                    started = True
                    await send(_start(200, self.media_type))
                await send({"type": "http.response.body", "body": data, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except asyncio.CancelledError as error:
            if "shutdown" not in error.args:
                raise
            await self._fail(send, started, ApiError(503, "the server is shutting down"))
        except Exception as error:
            await self._fail(send, started, as_api_error(error))
        finally:
            await self._produce.aclose()  # type: ignore[attr-defined]

    async def _fail(self, send: Any, started: bool, error: ApiError) -> None:
        body = error.body(self._openai)
        if not started:
            await _whole(send, error.status, body)
            return
        line = b"data: " + body + b"\n\n" if self.media_type == SSE else body + b"\n"
        await send({"type": "http.response.body", "body": line, "more_body": False})


async def _hung_up(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(status: int, media: str | None, *more: tuple[bytes, bytes]) -> dict[str, Any]:
    headers = [(b"content-type", (media or JSON).encode()), *more]
    if media == SSE:
        headers.append((b"cache-control", b"no-cache"))
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _whole(send: Any, status: int, body: bytes) -> None:
    await send(_start(status, JSON, (b"content-length", str(len(body)).encode())))
    await send({"type": "http.response.body", "body": body, "more_body": False})

"""Around every request: CORS, the key, the size of bodies, and (when asked) the record of requests.

One plain ASGI layer. Layers that wrap responses cost more per streamed chunk than the chunk.
"""

from __future__ import annotations

import hmac
import re
from typing import Any

from selfhost.server.errors import ApiError, is_openai
from selfhost.server.record import Note
from selfhost.server.settings import ORIGINS
from selfhost.server.state import State

_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
# Uploads of models are streamed to disk and checked by their hash, so they have no limit.
_UNLIMITED = "/api/blobs/"
# What anybody may ask: whether something runs here. Ollama's clients look there first.
_OPEN = {"/"}


class Gate:
    """The layer. Never answers 403: a front end that may not read gets no CORS header."""

    def __init__(self, app: Any, state: State) -> None:
        self._app, self._state = app, state
        more = "".join(
            "|" + re.escape(origin).replace(r"\*", ".*") for origin in state.settings.origins
        )
        self._origins = re.compile(ORIGINS + more, re.IGNORECASE)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one request, or let it through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        extra = self._cors(headers)
        if extra:
            send = _adding(send, extra)
        if not self._state.settings.record or scope["path"].startswith("/selfhost/"):
            await self._handle(scope, headers, receive, send)
            return
        with Note(scope, headers) as note:
            self._state.requests.append(note.entry)
            await self._handle(scope, headers, receive, note.listening(send))

    async def _handle(
        self, scope: Any, headers: dict[bytes, bytes], receive: Any, send: Any
    ) -> None:
        path = scope["path"]
        if scope["method"] == "OPTIONS":
            await self._preflight(headers, send)
            return
        try:
            self._check_key(path, headers)
            if not path.startswith(_UNLIMITED):
                receive = self._limited(headers, receive)
            await self._app(scope, receive, send)
        except ApiError as error:
            more = [(b"connection", b"close")] if error.status == 413 else []
            await _refuse(send, error, is_openai(path), more)

    def _cors(self, headers: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        origin = headers.get(b"origin")
        if origin is None or not self._origins.fullmatch(origin.decode("latin-1")):
            return []
        return [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]

    async def _preflight(self, headers: dict[bytes, bytes], send: Any) -> None:
        asked = headers.get(b"access-control-request-headers", b"*")
        more = [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", asked),
            (b"access-control-max-age", b"86400"),
            # Chromium asks for this before a page may reach an address of this machine.
            (b"access-control-allow-private-network", b"true"),
            (b"allow", _METHODS),
        ]
        await send({"type": "http.response.start", "status": 204, "headers": more})
        await send({"type": "http.response.body", "body": b""})

    def _check_key(self, path: str, headers: dict[bytes, bytes]) -> None:
        key = self._state.settings.api_key
        if key is None or path in _OPEN:
            return
        given = headers.get(b"authorization", b"")
        scheme, _, token = given.partition(b" ")
        offered = token.strip() if scheme.lower() == b"bearer" else headers.get(b"x-api-key", b"")
        if not hmac.compare_digest(offered, key.encode()):
            raise ApiError(
                401,
                "Incorrect API key provided." if offered else "You didn't provide an API key.",
                code="invalid_api_key",
                kind="invalid_request_error",
            )

    def _limited(self, headers: dict[bytes, bytes], receive: Any) -> Any:
        limit = self._state.settings.max_body
        message = f"the request body is larger than {limit} bytes"
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > limit:
            raise ApiError(413, message)
        if b"transfer-encoding" not in headers:
            return receive
        seen = 0

        async def counted() -> Any:
            nonlocal seen
            event = await receive()
            seen += len(event.get("body", b""))
            if seen > limit:
                raise ApiError(413, message)
            return event

        return counted


def _adding(send: Any, extra: list[tuple[bytes, bytes]]) -> Any:
    async def sender(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *extra]}
        await send(message)

    return sender


async def _refuse(
    send: Any, error: ApiError, openai: bool, more: list[tuple[bytes, bytes]]
) -> None:
    body = error.body(openai)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *more,
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

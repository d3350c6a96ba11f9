"""The record of requests (`--record`): what a client asked, and how the answer went."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Any


class Note:
    """One request in the record, from its headers to its last byte; `entry` is what is shown.

    `key` says in which header a key came ("bearer", "x-api-key", both, or None), never which.
    `preflight` lists the headers that a browser asks about before a page of another origin may
    send them. The route puts the parsed `body` in. `ended` is "running", then "whole", or "cut"
    when the client left (or the server failed) before the last byte; `seconds` is the time to it.
    """

    def __init__(self, scope: Any, headers: dict[bytes, bytes]) -> None:
        def text(name: bytes) -> str:
            return headers.get(name, b"").decode("latin-1")

        size = text(b"content-length")
        self._begin = time.monotonic()
        self.entry: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(),
            "method": scope["method"],
            "path": scope["path"],
            "query": scope["query_string"].decode("latin-1"),
            "user_agent": text(b"user-agent"),
            "origin": text(b"origin") or None,
            "key": _key(headers),
            "preflight": text(b"access-control-request-headers") or None,
            "bytes": int(size) if size.isdigit() else None,
            "body": None,
            "status": None,
            "seconds": None,
            "ended": "running",
        }
        scope["selfhost.record"] = self.entry

    def listening(self, send: Any) -> Any:
        """`send`, which also notes the status, and that the last byte went out."""

        async def sender(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.entry["status"] = message["status"]
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._end("whole")

        return sender

    def __enter__(self) -> Note:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.entry["ended"] == "running":
            self._end("cut")

    def _end(self, how: str) -> None:
        self.entry["ended"] = how
        self.entry["seconds"] = round(time.monotonic() - self._begin, 3)


def _key(headers: dict[bytes, bytes]) -> str | None:
    ways = []
    if headers.get(b"authorization", b"").lower().startswith(b"bearer "):
        ways.append("bearer")
    if headers.get(b"x-api-key"):
        ways.append("x-api-key")
    return " + ".join(ways) or None

"""A provider on a bad day: a real HTTP server on this machine that misbehaves by a script.

It plays what hosted APIs do now and then, so that a program's patience can be tried without
waiting for a real bad day. Where the script says "ok" the request is passed on to a real endpoint
and its answer comes back: nothing is recorded or invented.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

ACTS = ("ok", "429", "500", "503", "garbage", "empty", "hang", "drop", "401")
_SAID = {
    401: "Incorrect API key provided.",
    429: "Rate limit reached for requests per minute.",
    500: "The server had an error while processing your request.",
    503: "The engine is currently overloaded.",
}


class BadDay:
    """Use it in a `with` block: `.url` is the base URL (ends in /v1), `.seen` counts requests.

    `script` names what happens to the first request, the second, and so on; when it is used up,
    its last act is repeated. `then` is the endpoint behind it (base URL with /v1), for "ok".
    `retry_after` is sent with every 429 (a number of seconds, or None). `hang` in seconds.
    """

    def __init__(
        self, script: Iterable[str], then: str = "", *, retry_after: float | None = None,
        hang: float = 30.0,
    ) -> None:  # fmt: skip
        self.script = list(script)
        wrong = [act for act in self.script if act not in ACTS]
        if wrong or not self.script:
            raise ValueError(f"{wrong or 'nothing'} is no script; choose from {', '.join(ACTS)}")
        if "ok" in self.script and not then:
            raise ValueError("for 'ok' say which endpoint answers: then='http://…/v1'")
        self.then, self.retry_after, self.hang = then.rstrip("/"), retry_after, hang
        self.seen = 0
        self.bodies: list[Any] = []
        self._lock, self._over = threading.Lock(), threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> BadDay:
        # The interval is how long `shutdown` waits.
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _next(self, body: Any) -> str:
        with self._lock:
            act = self.script[min(self.seen, len(self.script) - 1)]
            self.seen += 1
            self.bodies.append(body)
        return act

    def _wait(self) -> None:
        end = time.monotonic() + self.hang
        while time.monotonic() < end and not self._over.wait(0.05):
            pass


def _handler(day: BadDay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                body = json.loads(raw)
            except ValueError:
                body = None
            act = day._next(body)
            if act == "ok":
                self._pass_on(raw)
            elif act == "hang":
                day._wait()
                self.close_connection = True
            elif act == "drop":
                self.close_connection = True
            elif act in ("garbage", "empty"):
                page = b"<html><body>502 Bad Gateway</body></html>" if act == "garbage" else b""
                self._send(200, page, "text/html")
            else:
                self._fault(int(act))

        def _pass_on(self, raw: bytes) -> None:
            path = self.path.removeprefix("/v1")
            headers = {"Content-Type": "application/json"}
            if key := self.headers.get("Authorization"):
                headers["Authorization"] = key
            answer = httpx.post(f"{day.then}{path}", content=raw, headers=headers, timeout=120)
            self._send(answer.status_code, answer.content, "application/json")

        def _fault(self, status: int) -> None:
            said = {"error": {"message": _SAID[status], "type": "bad_day", "code": None}}
            more = {}
            if status == 429 and day.retry_after is not None:
                more["Retry-After"] = f"{day.retry_after:g}"
            self._send(status, json.dumps(said).encode(), "application/json", more)

        def _send(
            self, status: int, page: bytes, kind: str, more: dict[str, str] | None = None
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(page)))
            for name, value in (more or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: a notebook's cell must not write to stderr."""

    return Handler

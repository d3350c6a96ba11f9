"""The server as a process: its port, its signals, draining, and how it tells that it is ready."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn

from selfhost.errors import KitError
from selfhost.files import write_atomically
from selfhost.server import leases
from selfhost.server.app import create_app
from selfhost.server.errors import ApiError
from selfhost.server.settings import DEFAULT_PORT, Settings

Tell = Callable[[dict[str, Any]], None]


def bind(host: str, port: int, *, asked: bool) -> socket.socket:
    """A listening socket. A taken default port gives way to a free one; a port that was asked for
    does not: `KitError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return _bound(family, host, port)
    except OSError as error:
        if not asked and port == DEFAULT_PORT:
            print(f"Port {port} is taken (an Ollama?): using a free one.", file=sys.stderr)
            return _bound(family, host, 0)
        if isinstance(error, socket.gaierror):
            raise KitError(
                f"{host} is not an address of this machine.", "--host 127.0.0.1"
            ) from None
        raise KitError(
            f"Port {port} of {host} cannot be used: {error.strerror or error}.",
            "--port 0 (any free one)",
        ) from None


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # There SO_REUSEADDR would let two servers have one port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
        listener.set_inheritable(False)
    except BaseException:
        listener.close()
        raise
    return listener


class EndpointServer(uvicorn.Server):
    """uvicorn, but the first SIGTERM drains: running answers end, new ones get a 503."""

    def __init__(self, settings: Settings, listener: socket.socket, tell: Tell) -> None:
        self._settings, self._tell = settings, tell
        self._listener = listener
        self._app = create_app(settings, leave=self.drain)
        self._draining: asyncio.Task[None] | None = None
        self.interrupted = False
        super().__init__(
            uvicorn.Config(
                self._app,
                log_level="warning",
                access_log=False,
                ws="none",
                lifespan="on",
                server_header=False,
                # Clients close idle connections after a few seconds; if the server did it first,
                # a request could meet the closing.
                timeout_keep_alive=3600,
                timeout_graceful_shutdown=2,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        state = self._app.state.selfhost
        for pid in self._settings.leases:
            try:
                leases.take(state, pid)
            except ApiError:  # gone already: the watch ends this server after its grace
                state.leased = True
        announce(self._settings, self._listener, self._tell)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """The first signal drains, the second ends at once."""
        # Not kept in uvicorn's list, from which it would raise the signal again at the end: a
        # drained server has ended well.
        self.interrupted = sig == signal.SIGINT
        if self._draining is not None or not self.started:
            self.should_exit = self.force_exit = True
            self._app.state.selfhost.activity.stop_all()
            return
        self.drain()

    def drain(self) -> None:
        """Refuse new answers, let running ones end, then stop."""
        if self._draining is None:
            self._draining = asyncio.ensure_future(self._drain())

    async def _drain(self) -> None:
        activity = self._app.state.selfhost.activity
        activity.draining = True
        loop = asyncio.get_running_loop()
        end = loop.time() + self._settings.drain
        while activity.running and loop.time() < end:
            await asyncio.sleep(0.05)
        activity.stop_all()
        self.should_exit = True


def print_json(ready: dict[str, Any]) -> None:
    """How a program that started the server learns about it."""
    print(json.dumps(ready), flush=True)


def announce(settings: Settings, listener: socket.socket, tell: Tell) -> None:
    """Say that the server answers; the ready file gets the same as JSON, in one step."""
    port = listener.getsockname()[1]
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{port}"
    ready = {"event": "ready", "port": port, "pid": os.getpid(), "url": url}
    if settings.ready_file is not None:
        target = Path(settings.ready_file)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, json.dumps(ready) + "\n")
    with suppress(OSError, ValueError):  # nobody may read stdout any more
        tell(ready)


def _wait_briefly() -> None:
    """Let the engine's threads sleep soon when they wait for each other.

    OpenMP's threads otherwise spin for about a millisecond, and a browser or a notebook beside
    them makes an answer ten to forty times slower (measured on two busy cores). Read by libgomp
    when llama.cpp is loaded; who has set a policy keeps it.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")


def serve(settings: Settings, *, port_asked: bool = True, tell: Tell = print_json) -> int:
    """Run until a signal or the last lease ends. Raises `KitError` when it cannot start."""
    if not settings.loopback and not settings.api_key:
        raise KitError(
            f"Other machines could use this server through {settings.host}, so it needs a key.",
            f"--host {settings.host} --api-key SOME-SECRET",
        )
    _wait_briefly()
    listener = bind(settings.host, settings.port, asked=port_asked)
    server = EndpointServer(settings, listener, tell)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return 130
    return 130 if server.interrupted else 0

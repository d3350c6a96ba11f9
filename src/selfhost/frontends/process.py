"""Start a front end, find it again, stop it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock

from selfhost.endpoint.http import Unreachable, ask
from selfhost.endpoint.settings import base_url
from selfhost.errors import KitError
from selfhost.files import write_atomically
from selfhost.frontends import keeper, llamaui, openwebui
from selfhost.frontends.family import created, end, is_process, listens, spawn
from selfhost.frontends.installation import installed
from selfhost.frontends.places import LLAMA_CPP, OPEN_WEBUI, Home, home
from selfhost.net import is_free

DEFAULT_PORT = 8080  # Open WebUI's own
PATIENCE = 300.0  # seconds; it loads torch, and needs about one minute of a quiet laptop


@dataclass(frozen=True)
class Running:
    """A front end that runs: its process, its address, and the endpoint it is tied to."""

    name: str
    pid: int
    created: float  # of the process: a number may be given again
    port: int
    url: str
    endpoint: str
    api: str
    profile: str
    started: str
    seconds: float  # until it answered
    data: str
    log: str


def running(name: str = OPEN_WEBUI, data: Path | None = None) -> Running | None:
    """The one that this user has started with `start` (on `data`), if it still runs."""
    at = home(name, data)
    try:
        found = Running(**json.loads(at.state.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if is_process(found.pid, found.created) else None


def start(
    name: str,
    url: str | None = None,
    *,
    model: str = "aprendiz",
    key: str = "ollama",
    api: str = "ollama",
    port: int | None = None,
    profile: str = "lean",
    data: Path | None = None,
    lease: int | None = None,
    patience: float = PATIENCE,
    tick: Callable[[float], None] | None = None,
) -> Running:
    """Start `name` before the endpoint at `url` and wait until it answers.

    llama.cpp's page is its own endpoint: it takes `model` instead of `url`.
    `port`: a given one must be free; without, 8080 or any free one. `data` moves its state.
    `lease`: the process with which it ends; without, it runs until `stop`.
    `tick` is called now and then with the seconds waited. The endpoint is told, if it is the
    kit's own, that the front end uses it, and so stays as long as that.

    Raises `KitError`: not installed, running already, port taken, or it does not come up.
    """
    at = home(name, data)
    if installed(name) is None:
        raise KitError(f"{name} is not installed.", f"selfhost frontends install {name}")
    if name == LLAMA_CPP:
        llamaui.model_file(model)  # raises when it is not here
    elif url is None:
        raise ValueError(f"{name} needs an endpoint")
    at.data.mkdir(parents=True, exist_ok=True)
    with FileLock(at.data / "start.lock", timeout=PATIENCE):
        known = running(name, data)
        if known is not None:
            raise KitError(
                f"{name} runs already at {known.url}.", f"selfhost frontends stop {name}"
            )

        def launch(number: int) -> Running:
            own = f"http://127.0.0.1:{number}"
            if name == LLAMA_CPP:
                command, env = llamaui.command(model, number), dict(os.environ)
                note = _note(at, name, own, own, "openai", "")
            else:
                before = base_url(str(url))
                chosen = openwebui.settings(
                    before, api=api, key=key, profile=profile, data=at.data, port=number
                )
                command, env = openwebui.command(at.python, number), openwebui.environment(chosen)
                note = _note(at, name, own, before, api, profile)
            if lease is not None:
                command = keeper.command(command, lease)
            process = spawn(command, env, at.data, at.log)
            note = replace(note, pid=process.pid, created=created(process), port=number)
            return _up(at, process, note, key, patience, tick)

        number = choose_port(port)
        try:
            return launch(number)
        except KitError:
            # Another program may have taken the port since it was looked at.
            if port is not None or is_free(number):
                raise
            return launch(free_port())


def _note(at: Home, name: str, own: str, endpoint: str, api: str, profile: str) -> Running:
    return Running(
        name=name, pid=0, created=0.0, port=0, url=own, endpoint=endpoint, api=api,
        profile=profile, started=datetime.now(UTC).isoformat(timespec="seconds"), seconds=0.0,
        data=str(at.data), log=str(at.log),
    )  # fmt: skip


def _up(
    at: Home,
    process: Any,
    note: Running,
    key: str,
    patience: float,
    tick: Callable[[float], None] | None,
) -> Running:
    """Wait for a started process, and write down that it runs; end it if it does not come up."""
    begin = time.monotonic()
    try:
        write_atomically(at.state, json.dumps(asdict(note), indent=1) + "\n")
        if note.endpoint != note.url:
            _lease(note.endpoint, note.pid, key)
        wait(process, f"{note.url}/health", at.log, note.name, patience, tick)
        note = replace(note, seconds=round(time.monotonic() - begin, 1))
        write_atomically(at.state, json.dumps(asdict(note), indent=1) + "\n")
    except BaseException:  # Ctrl-C too: no half-started server stays
        end(note.pid, note.created)
        at.state.unlink(missing_ok=True)
        raise
    return note


def choose_port(asked: int | None) -> int:
    """A given port if it is free (else `KitError`); 8080, or a free one."""
    if asked is not None:
        if not 0 < asked < 65536:
            raise KitError(f"{asked} is no port number.", f"--port {DEFAULT_PORT}")
        if not is_free(asked):
            raise KitError(
                f"Port {asked} is taken by another program.", "leave --port out: a free one is used"
            )
        return asked
    return DEFAULT_PORT if is_free(DEFAULT_PORT) else free_port()


def free_port() -> int:
    """Any free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lease(url: str, pid: int, key: str) -> None:
    """Let the kit's own endpoint live as long as the front end; others do not know the route."""
    with contextlib.suppress(Unreachable):
        ask(f"{url}/selfhost/lease", body={"pid": pid}, key=key, timeout=5.0)


def wait(
    process: Any,
    url: str,
    log: Path,
    name: str,
    patience: float,
    tick: Callable[[float], None] | None = None,
) -> None:
    """Wait until `process` answers `url` with 200.

    Raises `KitError` if it ends or is silent too long. Another program may have taken the port in
    the meantime (it takes a minute until the port is used) and answer in its place: not ours.
    """
    begin = time.monotonic()
    while (waited := time.monotonic() - begin) < patience:
        if process.poll() is not None:
            raise KitError(f"{name} did not start: {last_line(log)}", f"the whole log is {log}")
        with contextlib.suppress(Unreachable):
            if ask(url, timeout=2.0)[0] == 200 and listens(process.pid, urlsplit(url).port or 80):
                return
        if tick is not None:
            tick(waited)
        time.sleep(0.25)
    raise KitError(
        f"{name} did not answer within {patience:.0f} seconds: {last_line(log)}",
        f"close other programs and start it again; the log is {log}",
    )


def last_line(log: Path) -> str:
    """The last thing a program printed."""
    with contextlib.suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace")[-20_000:].splitlines()
        said = [line.strip() for line in lines if line.strip()]
        if said:
            return said[-1][:300]
    return "it printed nothing."


def stop(name: str = OPEN_WEBUI, data: Path | None = None) -> int | None:
    """End it; returns its process number, None if none ran. Its state stays."""
    found = running(name, data)
    if found is not None:
        end(found.pid, found.created)
    home(name, data).state.unlink(missing_ok=True)
    return found.pid if found else None

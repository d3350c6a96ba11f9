"""The embedded endpoint of this user: join the one that runs, or start it; look; stop."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from selfhost.endpoint import state as records
from selfhost.endpoint.http import Unreachable, ask
from selfhost.endpoint.launch import launch
from selfhost.endpoint.state import State
from selfhost.errors import KitError

_threads = threading.Lock()
_TRIES = (2.0, 8.0)  # seconds: a second, longer try, since the machine may be busy
_PATIENCE = 5.0  # seconds for a server that is just ending to be gone


@dataclass(frozen=True)
class Status:
    """What `selfhost endpoint status` shows."""

    running: bool
    url: str | None = None
    pid: int | None = None
    started: str | None = None
    info: dict[str, Any] | None = None
    log: str | None = None


def join_or_start(model: str, lease: int | None = -1) -> State:
    """The running server of this user, or a new one, leased to process `lease` (-1: this one).

    Raises `KitError` if none can be started, or if the running one hangs.
    """
    pid = os.getpid() if lease == -1 else lease
    _require_process(pid)
    with _threads, records.lock():
        known = records.load()
        if known is not None and records.alive(known):
            if _join(known, pid):
                return known
            # It may just have been ending, its last user gone: then it is gone in a moment.
            if not _wait(lambda: not records.alive(known), _PATIENCE):
                raise KitError(
                    f"The embedded endpoint (process {known.pid}) runs but does not answer.",
                    "selfhost endpoint stop",
                )
        return launch(model, pid, previous=known)


def _require_process(pid: int | None) -> None:
    import psutil

    if pid is not None and not psutil.pid_exists(pid):
        raise KitError(f"There is no process {pid} for which the endpoint could run.")


def _join(state: State, pid: int | None) -> bool:
    """Tell the server that `pid` uses it as well. False if it does not answer as ours."""
    for timeout in _TRIES:
        if records.info(state, timeout) is not None:
            break
        if not records.alive(state):
            return False
    else:
        return False
    if pid is None:
        return True
    try:
        status, _ = ask(f"{state.url}/selfhost/lease", body={"pid": pid}, timeout=8.0)
    except Unreachable:
        return False
    return status == 200


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def is_up(state: State) -> bool:
    """Is the process there? A look into the process table only: cheap enough for every cell."""
    return records.alive(state)


def release(state: State, pid: int | None = None) -> None:
    """Give this process's lease back; the server ends soon if it was the last."""
    try:
        body = {"pid": pid or os.getpid()}
        ask(f"{state.url}/selfhost/lease", body=body, method="DELETE", timeout=2.0)
    except Unreachable:
        return


def status() -> Status:
    """Does this user's embedded endpoint run, and what does it say about itself?"""
    known = records.load()
    log = str(records.log_file()) if records.log_file().exists() else None
    if known is None or not records.alive(known):
        return Status(running=False, log=log)
    return Status(
        running=True,
        url=known.url,
        pid=known.pid,
        started=known.started,
        info=records.info(known),
        log=log,
    )


def stop(seconds: float = 8.0) -> int | None:
    """End this user's embedded endpoint; returns its process number, None if none ran.

    Asked to end first (running answers are finished), made to after `seconds`.
    """
    import psutil

    known = records.load()
    if known is None or not records.alive(known):
        records.forget()
        return None
    try:
        process = psutil.Process(known.pid)
        process.terminate()
        if not _wait(lambda: records.is_gone(known.pid), seconds):
            process.kill()
            _wait(lambda: records.is_gone(known.pid), 2.0)
    except psutil.NoSuchProcess:
        pass
    except psutil.AccessDenied:
        raise KitError(
            f"The endpoint (process {known.pid}) may not be stopped by this user.",
            "stop it where it was started",
        ) from None
    records.forget()
    return known.pid

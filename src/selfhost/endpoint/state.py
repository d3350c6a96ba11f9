"""Which embedded endpoint runs: one small file per user and machine, and a lock."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from selfhost.endpoint.http import Unreachable, ask
from selfhost.errors import KitError
from selfhost.files import write_atomically
from selfhost.paths import run_dir


@dataclass(frozen=True)
class State:
    """A started server; `instance` stands in its command line and names this one start."""

    pid: int
    port: int
    url: str
    instance: str
    started: str


def _file(suffix: str) -> Path:
    """A run-time file of this machine: home folders are shared between machines in many labs."""
    node = re.sub(r"[^A-Za-z0-9.-]", "_", platform.node()) or "this-machine"
    return run_dir() / f"endpoint-{node}{suffix}"


def log_file() -> Path:
    """What the embedded endpoint printed."""
    return _file(".log")


def ready_file(instance: str) -> Path:
    """Where a starting server says that it answers."""
    return _file(f"-{instance[:12]}.ready")


def prepare() -> Path:
    """Make the run-time folder, for this user only. Raises `KitError`."""
    folder = run_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise KitError(
            f"The folder {folder} for run-time files cannot be made ({error.strerror or error}).",
            "set SELFHOST_RUN to a folder that you may write to",
        ) from error
    return folder


@contextmanager
def lock(seconds: float = 90.0) -> Iterator[None]:
    """One process at a time decides whether to start a server."""
    from filelock import FileLock, Timeout

    prepare()
    path = _file(".lock")
    try:
        with FileLock(path, timeout=seconds):
            yield
    except Timeout:
        raise KitError(
            f"Another program has been starting the endpoint for {seconds:.0f} seconds.",
            "selfhost endpoint stop",
        ) from None
    except PermissionError as error:
        raise KitError(
            f"{path} belongs to someone else.",
            "set SELFHOST_RUN to a folder of your own",
        ) from error


def load() -> State | None:
    """The recorded server; None if there is no record or it cannot be understood."""
    try:
        raw = json.loads(_file(".json").read_text(encoding="utf-8"))
        return State(
            pid=int(raw["pid"]),
            port=int(raw["port"]),
            url=str(raw["url"]),
            instance=str(raw["instance"]),
            started=str(raw["started"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(state: State) -> None:
    """Record a server, atomically."""
    target = _file(".json")
    try:
        write_atomically(target, json.dumps(asdict(state)))
    except OSError as error:
        raise KitError(f"{target} cannot be written ({error.strerror or error}).") from error


def forget() -> None:
    """Drop the record."""
    with suppress(OSError):
        _file(".json").unlink(missing_ok=True)


def alive(state: State) -> bool:
    """Is that very process still there?

    Numbers are used again by other processes, so its command line must name the recorded start.
    (Its time of creation would not do: Linux's moves when the clock is set.)
    """
    import psutil

    try:
        process = psutil.Process(state.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return any(ready_file(state.instance).name in word for word in process.cmdline())
    except psutil.Error:  # gone, or somebody else's
        return False


def is_gone(pid: int) -> bool:
    """Has the process ended? (One that nobody collected yet has.)"""
    import psutil

    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:  # somebody else's
        return False


def info(state: State, timeout: float = 2.0) -> dict[str, Any] | None:
    """`/selfhost/info` of the recorded server; None if it is silent or another one answers there.

    The answer must name the recorded process: another user's server that took over the port is
    never mistaken for ours.
    """
    try:
        status, answer = ask(f"{state.url}/selfhost/info", timeout=timeout)
    except Unreachable:
        return None
    if status != 200 or not isinstance(answer, dict) or answer.get("pid") != state.pid:
        return None
    return answer

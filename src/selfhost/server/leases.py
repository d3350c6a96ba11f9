"""Leases: the server lives as long as one of the processes that asked for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from selfhost.server.errors import ApiError
from selfhost.server.state import State

GRACE = 3.0  # seconds between the end of the last process and the end of the server


def _process(pid: int) -> Any:
    """The process, or None when there is none.

    A number may be used again by another process. psutil's `Process` knows the two apart, by a
    start time that does not move when a laptop wakes up and its clock is set.
    """
    import psutil

    try:
        process = psutil.Process(pid)
    except (psutil.NoSuchProcess, ValueError, OverflowError):
        return None
    return process if alive(process) else None


def alive(process: Any) -> bool:
    """Whether this very process still runs; one that ended and was not waited for does not."""
    import psutil

    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True  # it is there, and somebody else's


def take(state: State, pid: int) -> None:
    """Live at least as long as process `pid`; raises `ApiError`: 400 when there is none, 503 when
    the server is already leaving."""
    if state.activity.draining:
        raise ApiError(503, "the server is shutting down")
    process = _process(pid)
    if process is None:
        raise ApiError(400, f"there is no process {pid}")
    state.leases[pid] = process
    state.leased = True


async def watch(state: State, leave: Callable[[], None]) -> None:
    """Runs for the server's life: calls `leave` when all leased processes are gone."""
    empty_since: float | None = None
    while True:
        for pid, process in list(state.leases.items()):
            if not alive(process):
                state.leases.pop(pid, None)
        if not state.leased or state.leases:
            empty_since = None
        elif empty_since is None:
            empty_since = time.monotonic()
        elif time.monotonic() - empty_since >= GRACE:
            leave()
            return
        await asyncio.sleep(0.5)

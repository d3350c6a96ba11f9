"""Leases: the server lives as long as one of the processes that asked for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from selfhost.server.errors import ApiError
from selfhost.server.state import State

GRACE = 3.0  # seconds between the end of the last process and the end of the server


def _created(pid: int) -> float | None:
    """When the process started, or None when there is none. A number may be used again by
    another process; its time of creation tells the two apart."""
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None
    except psutil.Error:
        return 0.0  # it is there and somebody else's


def take(state: State, pid: int) -> None:
    """Live at least as long as process `pid`; raises `ApiError` 400 when there is none."""
    created = _created(pid)
    if created is None:
        raise ApiError(400, f"there is no process {pid}")
    state.leases[pid] = created
    state.leased = True


async def watch(state: State, leave: Callable[[], None]) -> None:
    """Runs for the server's life: calls `leave` when all leased processes are gone."""
    empty_since: float | None = None
    while True:
        for pid, created in list(state.leases.items()):
            now = _created(pid)
            if now is None or abs(now - created) > 0.01:
                del state.leases[pid]
        if not state.leased or state.leases:
            empty_since = None
        elif empty_since is None:
            empty_since = time.monotonic()
        elif time.monotonic() - empty_since >= GRACE:
            leave()
            return
        await asyncio.sleep(0.5)

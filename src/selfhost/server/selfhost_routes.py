"""The kit's own routes: what this server is, leases, defaults, recorded requests."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response

from selfhost import __version__
from selfhost.server import defaults, leases
from selfhost.server.body import read
from selfhost.server.errors import ApiError
from selfhost.server.generation import ENGINE
from selfhost.server.ollama_models import reply
from selfhost.server.schemas import LeaseRequest
from selfhost.server.state import State


async def root(request: Request) -> Response:
    """GET /: Ollama's own sentence, which clients look for."""
    return PlainTextResponse("Ollama is running")


async def info(request: Request) -> Response:
    """GET /selfhost/info."""
    state: State = request.app.state.selfhost
    models = await asyncio.to_thread(state.catalog.list)
    return reply({
        "kit": __version__,
        "pid": os.getpid(),
        "engine": ENGINE,
        "models": [model.name for model in models],
        "loaded": [runner.model.name for runner in state.registry.loaded()],
        "active": sum(runner.active for runner in state.registry.loaded()),
        "reproducible": state.settings.reproducible,
        "parallel": state.settings.parallel,
        "recording": state.settings.record,
        "leases": sorted(state.leases),
        "started": datetime.fromtimestamp(state.started, UTC).isoformat(),
    })


async def lease(request: Request) -> Response:
    """POST /selfhost/lease."""
    state: State = request.app.state.selfhost
    body = await read(request, LeaseRequest)
    leases.take(state, body.pid)
    return reply({"pid": body.pid, "leases": sorted(state.leases)})


async def release(request: Request) -> Response:
    """DELETE /selfhost/lease: the process needs the server no longer."""
    state: State = request.app.state.selfhost
    body = await read(request, LeaseRequest)
    state.leases.pop(body.pid, None)
    return reply({"pid": body.pid, "leases": sorted(state.leases)})


async def sampling_defaults(request: Request) -> Response:
    """GET /selfhost/defaults."""
    state: State = request.app.state.selfhost
    return reply(defaults.table(state.settings.reproducible))


async def requests(request: Request) -> Response:
    """GET /selfhost/requests: the latest requests, oldest first, when recording is on."""
    state: State = request.app.state.selfhost
    if not state.settings.record:
        raise ApiError(404, "requests are not recorded; start the server with --record")
    return reply({"requests": list(state.requests)})


async def forget(request: Request) -> Response:
    """DELETE /selfhost/requests: empty the record."""
    state: State = request.app.state.selfhost
    if not state.settings.record:
        raise ApiError(404, "requests are not recorded; start the server with --record")
    state.requests.clear()
    return reply({"requests": []})

"""The FastAPI application: routes, error forms, and what runs in the background."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from selfhost import __version__
from selfhost.errors import KitError
from selfhost.server import leases, prompt
from selfhost.server.errors import ApiError, is_openai
from selfhost.server.middleware import Gate
from selfhost.server.openapi import ROUTES, describe
from selfhost.server.settings import Settings
from selfhost.server.state import State, new_state

log = logging.getLogger("selfhost.server")


def create_app(
    settings: Settings | None = None, leave: Callable[[], None] | None = None
) -> FastAPI:
    """The application. `leave` is called when the last leased process is gone."""
    state = new_state(settings or Settings())

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.ensure_future(state.registry.sweep())]
        if leave is not None:
            tasks.append(asyncio.ensure_future(leases.watch(state, leave)))
        tasks += [asyncio.ensure_future(_preload(state, name)) for name in state.settings.preload]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await state.registry.close()

    app = FastAPI(
        title="Embedded endpoint of the workshop kit",
        version=__version__,
        description="llama.cpp behind Ollama's API and OpenAI's API.",
        lifespan=life,
        docs_url=None,  # the pages of FastAPI load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.selfhost = state
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(KitError, _kit_error)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _any_error)
    for route in ROUTES:
        app.add_api_route(
            route.path,
            route.endpoint,
            methods=[route.method],
            name=route.name,
            **route.description(),
        )
    describe(app, key=state.settings.api_key is not None)
    app.add_middleware(Gate, state=state)
    return app


async def _preload(state: State, name: str) -> None:
    kind = "single" if state.settings.reproducible else "main"
    try:
        model = await state.catalog.get(name)
        async with state.registry.use(model, kind):
            # The first rendering compiles the template; the first student need not wait for it.
            message = {"role": "user", "content": "x"}
            await asyncio.to_thread(prompt.render_chat, model.template or prompt.PLAIN, [message])
    except (ApiError, KitError) as error:
        log.warning("cannot preload %s: %s", name, error.message)


def _respond(request: Request, error: ApiError) -> Response:
    return Response(
        error.body(is_openai(request.url.path)), error.status, media_type="application/json"
    )


async def _api_error(request: Request, error: Any) -> Response:
    return _respond(request, error)


async def _kit_error(request: Request, error: Any) -> Response:
    return _respond(request, ApiError(503, str(error)))


async def _http_error(request: Request, error: Any) -> Response:
    if error.status_code == 404:
        return _respond(request, ApiError(404, "404 page not found", code="unknown_url"))
    if error.status_code == 405:
        response = _respond(request, ApiError(405, "405 method not allowed"))
        response.headers.update(error.headers or {})
        return response
    return _respond(request, ApiError(error.status_code, str(error.detail)))


async def _gone(request: Request, error: Any) -> Response:
    """The client went away while it was sending: nobody reads this."""
    return Response(status_code=400)


async def _any_error(request: Request, error: Any) -> Response:
    log.error("unexpected error", exc_info=error)
    return _respond(request, ApiError(500, f"internal error: {type(error).__name__}"))

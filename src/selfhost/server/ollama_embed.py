"""Ollama's `/api/embed` and `/api/embeddings`, and what `/v1/embeddings` shares with them."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from selfhost.server.body import read
from selfhost.server.catalog import Model
from selfhost.server.engine import EngineError
from selfhost.server.errors import ApiError
from selfhost.server.live import JSON, Live
from selfhost.server.registry import Runner, parse_keep_alive
from selfhost.server.schemas import EmbedRequest, LegacyEmbedRequest
from selfhost.server.state import State

TOO_LONG = "the input length exceeds the context length"


async def embed(request: Request) -> Response:
    """POST /api/embed."""
    state: State = request.app.state.selfhost
    body = await read(request, EmbedRequest)
    return Live(_embed(state, body), state.activity, media=JSON, openai=False)


async def embeddings(request: Request) -> Response:
    """POST /api/embeddings, Ollama's older form."""
    state: State = request.app.state.selfhost
    body = await read(request, LegacyEmbedRequest)
    return Live(_legacy(state, body), state.activity, media=JSON, openai=False)


async def _found(state: State, asked: str) -> Model:
    if not asked:
        raise ApiError(400, "model is required")
    return await state.catalog.get(asked)


async def _embed(state: State, body: EmbedRequest) -> AsyncIterator[bytes]:
    start = time.perf_counter_ns()
    model = await _found(state, body.asked)
    inputs: list[Any] = [body.input] if isinstance(body.input, str) else list(body.input or [])
    inputs = [] if inputs == [""] else inputs
    keep = parse_keep_alive(body.keep_alive, state.settings.keep_alive)
    wanted = body.options.num_ctx if body.options else None
    async with state.registry.use(model, "embed", n_ctx=wanted, keep=keep) as runner:
        load = time.perf_counter_ns() - start
        vectors = await vectors_of(
            runner, inputs, truncate=body.truncate is not False, dimensions=body.dimensions
        )
    yield orjson.dumps({
        "model": body.asked,
        "embeddings": [vector for vector, _ in vectors],
        "total_duration": time.perf_counter_ns() - start,
        "load_duration": load,
        "prompt_eval_count": sum(count for _, count in vectors),
    })


async def _legacy(state: State, body: LegacyEmbedRequest) -> AsyncIterator[bytes]:
    model = await _found(state, body.asked)
    keep = parse_keep_alive(body.keep_alive, state.settings.keep_alive)
    async with state.registry.use(model, "embed", keep=keep) as runner:
        vectors = await vectors_of(runner, [body.prompt] if body.prompt else [], truncate=True)
    yield orjson.dumps({"embedding": vectors[0][0] if vectors else []})


async def vectors_of(
    runner: Runner, inputs: list[Any], *, truncate: bool, dimensions: int | None = None
) -> list[tuple[list[float], int]]:
    """(vector of length 1, number of tokens) per input, which is a text or a list of token ids.

    A text that is too long loses its end, or is refused with `ApiError` 400.
    """
    engine, limit = runner.engine, runner.engine.config.n_ctx
    ready: list[Any] = []
    for each in inputs:
        tokens = each
        if isinstance(each, str):
            if not each:
                raise ApiError(400, "input must not be empty", param="input")
            if len(each.encode()) + 8 < limit:
                ready.append(each)
                continue
            tokens = await engine.tokenize(each)
        if len(tokens) > limit:
            if not truncate:
                raise ApiError(400, TOO_LONG, code="context_length_exceeded", param="input")
            tokens = tokens[:limit]
        ready.append(tokens)
    try:
        found = await engine.embed(ready)
    except EngineError as error:
        raise ApiError(400 if error.status < 500 else 503, error.message, param="input") from error
    return [(shortened(vector, dimensions), count) for vector, count in found]


def shortened(vector: list[float], dimensions: int | None) -> list[float]:
    """The first `dimensions` numbers, scaled to length 1 again."""
    if not dimensions or dimensions >= len(vector):
        return vector
    head = vector[:dimensions]
    length = math.sqrt(sum(x * x for x in head)) or 1.0
    return [x / length for x in head]

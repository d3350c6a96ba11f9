"""OpenAI's `/v1/models`, `/v1/models/{id}` and `/v1/embeddings`."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import AsyncIterator
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from selfhost.server.body import read
from selfhost.server.catalog import Model
from selfhost.server.errors import ApiError
from selfhost.server.live import JSON, Live
from selfhost.server.ollama_embed import vectors_of
from selfhost.server.ollama_models import reply
from selfhost.server.schemas import EmbeddingRequest
from selfhost.server.state import State


def _card(model: Model, name: str | None = None) -> dict[str, Any]:
    return {
        "id": name or model.name,
        "object": "model",
        "created": int(model.modified),
        "owned_by": "library",
    }


async def models(request: Request) -> Response:
    """GET /v1/models."""
    state: State = request.app.state.selfhost
    found = await asyncio.to_thread(state.catalog.list)
    return reply({"object": "list", "data": [_card(model) for model in found]})


async def model(request: Request) -> Response:
    """GET /v1/models/{id}; an id may hold slashes and colons."""
    state: State = request.app.state.selfhost
    name = request.path_params["name"]
    return reply(_card(await state.catalog.get(name), name))


async def embeddings(request: Request) -> Response:
    """POST /v1/embeddings."""
    state: State = request.app.state.selfhost
    body = await read(request, EmbeddingRequest)
    found = await state.catalog.get(body.model)
    return Live(_embeddings(state, found, body), state.activity, media=JSON, openai=True)


async def _embeddings(state: State, found: Model, body: EmbeddingRequest) -> AsyncIterator[bytes]:
    inputs: list[Any] = list(body.input) if isinstance(body.input, list) else [body.input]
    if inputs and isinstance(inputs[0], int):
        inputs = [inputs]
    if not inputs or any(each in ("", []) for each in inputs):
        raise ApiError(400, "input must not be empty", param="input")
    async with state.registry.use(found, "embed") as runner:
        # OpenAI refuses what is too long; it never cuts silently.
        vectors = await vectors_of(runner, inputs, truncate=False, dimensions=body.dimensions)
    packed = body.encoding_format == "base64"
    tokens = sum(count for _, count in vectors)
    yield orjson.dumps({
        "object": "list",
        "data": [
            {"object": "embedding", "index": i, "embedding": _base64(v) if packed else v}
            for i, (v, _) in enumerate(vectors)
        ],
        "model": body.model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    })


def _base64(vector: list[float]) -> str:
    """Little-endian 32-bit floats, as OpenAI's clients unpack them."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()

"""Ollama's routes about models: tags, show, ps, version, copy, delete."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from selfhost import __version__, weights
from selfhost.errors import KitError
from selfhost.server.body import read
from selfhost.server.catalog import Model, valid_name
from selfhost.server.errors import ApiError
from selfhost.server.modelfile import parameter_lines, write
from selfhost.server.schemas import CopyRequest, Named, ShowRequest
from selfhost.server.state import State

# The API that is spoken here, for clients that look at the version before they speak.
OLLAMA_VERSION = "0.33.0"
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_CENTURY = 100 * 365 * 86400.0  # how Ollama shows "for ever": a date far away


def reply(data: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(data), status, media_type="application/json")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_TIME)


def details(model: Model) -> dict[str, Any]:
    """Ollama's `details`; of a file that cannot be read, what is known without it."""
    try:
        info = model.info
    except (KitError, OSError):
        return {
            "parent_model": model.parent,
            "format": "gguf",
            "family": "",
            "families": None,
            "parameter_size": "",
            "quantization_level": model.quantization or "unknown",
        }
    return {
        "parent_model": model.parent,
        "format": "gguf",
        "family": info.architecture,
        "families": [info.architecture],
        "parameter_size": human(info.parameters),
        "quantization_level": model.quantization or quantization(info),
        "context_length": info.of_architecture("context_length", 0),
        "embedding_length": info.of_architecture("embedding_length", 0),
    }


def human(count: int) -> str:
    """2723456 -> "2.7M", as Ollama writes it."""
    for size, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")):
        if count >= size:
            return (
                f"{count / size:.1f}{unit}"
                if size != 1e6 or count < 1e8
                else f"{count / size:.2f}{unit}"
            )
    return str(count)


def quantization(info: weights.GGUFInfo) -> str:
    """The name of the file's type, as llama.cpp numbers them."""
    from gguf.constants import LlamaFileType

    try:
        name = LlamaFileType(int(info.metadata["general.file_type"])).name
    except (KeyError, ValueError):
        return "unknown"
    return name.removeprefix("MOSTLY_").removeprefix("ALL_")


def _entry(model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "model": model.name,
        "modified_at": _iso(model.modified),
        "size": model.size,
        "digest": model.digest,
        "details": details(model),
    }


async def tags(request: Request) -> Response:
    """GET /api/tags."""
    state: State = request.app.state.selfhost
    models = await asyncio.to_thread(state.catalog.list)
    found = await asyncio.to_thread(
        lambda: [_entry(m) | {"capabilities": _able(m)} for m in models]
    )
    return reply({"models": found})


def _able(model: Model) -> list[str]:
    try:
        return model.capabilities
    except (KitError, OSError):
        return []


async def ps(request: Request) -> Response:
    """GET /api/ps: what is loaded, one entry per model, as Ollama lists them."""
    state: State = request.app.state.selfhost
    now, wall = time.monotonic(), datetime.now(UTC)
    models: dict[str, dict[str, Any]] = {}
    for runner in state.registry.loaded():
        config = runner.engine.config
        stay = runner.keep if runner.active else runner.expires - now
        expires = wall + timedelta(seconds=min(max(stay, 0.0), _CENTURY))
        new = {**_entry(runner.model), "expires_at": "", "size_vram": 0, "context_length": 0}
        del new["modified_at"]
        entry = models.setdefault(runner.model.name, {**new, "selfhost": []})
        # The same form everywhere, so comparing the texts compares the times.
        entry["expires_at"] = max(entry["expires_at"], expires.strftime(_TIME))
        entry["context_length"] = max(entry["context_length"], config.n_ctx)
        entry["selfhost"].append({
            "kind": runner.key[2],
            "slots": config.parallel,
            "threads": config.threads,
            "context_length": config.n_ctx,
            "active": runner.active,
        })
    return reply({"models": list(models.values())})


async def version(request: Request) -> Response:
    """GET /api/version: Ollama's API version spoken, and the kit's own."""
    return reply({"version": OLLAMA_VERSION, "selfhost": __version__})


async def show(request: Request) -> Response:
    """POST /api/show."""
    state: State = request.app.state.selfhost
    body = await read(request, ShowRequest)
    model = await state.catalog.get(required(body))
    try:
        return reply(await asyncio.to_thread(_show, model, bool(body.verbose)))
    except KitError as error:
        raise ApiError(400, error.message) from error


def _show(model: Model, verbose: bool) -> dict[str, Any]:
    info = model.info
    facts: dict[str, Any] = {}
    for key, value in info.metadata.items():
        if key == "tokenizer.chat_template":
            continue
        facts[key] = None if isinstance(value, list) and not verbose and len(value) > 64 else value
    facts["general.parameter_count"] = info.parameters
    licence = (
        "\n".join(model.extra.license)
        or model.licence
        or str(info.metadata.get("general.license", ""))
    )
    found: dict[str, Any] = {
        "license": licence,
        "modelfile": write(model.parent or model.name, model.extra),
        "parameters": "\n".join(parameter_lines(model.extra.parameters)),
        "template": model.template or "",
        "details": details(model),
        "model_info": facts,
        "capabilities": model.capabilities,
        "modified_at": _iso(model.modified),
    }
    if model.extra.system:
        found["system"] = model.extra.system
    if model.extra.messages:
        found["messages"] = model.extra.messages
    if verbose:
        found["tensors"] = [
            {"name": t.name, "type": t.type, "shape": list(t.shape)} for t in info.tensors
        ]
    return found


def required(body: Named) -> str:
    """The model's name; raises `ApiError` 400 without one."""
    if not body.asked:
        raise ApiError(400, "model is required", param="model")
    return body.asked


async def copy(request: Request) -> Response:
    """POST /api/copy."""
    state: State = request.app.state.selfhost
    body = await read(request, CopyRequest)
    valid_name(body.destination)
    await asyncio.to_thread(_kept, state.catalog.copy, body.source, body.destination)
    return Response(status_code=200)


async def delete(request: Request) -> Response:
    """DELETE /api/delete."""
    state: State = request.app.state.selfhost
    name = required(await read(request, Named))
    model = await state.catalog.get(name)
    state.registry.expire(model)
    await asyncio.to_thread(_kept, state.catalog.delete, name)
    return Response(status_code=200)


def _kept(change: Any, *names: str) -> None:
    """Change the store; a disk that refuses is an answer, not a crash."""
    try:
        change(*names)
    except OSError as error:
        raise ApiError(
            503, f"the model store cannot be changed: {error.strerror or error}"
        ) from error

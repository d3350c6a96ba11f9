"""Ollama's routes that bring models in: pull, create and blobs."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from selfhost import weights
from selfhost.errors import KitError
from selfhost.files import replace
from selfhost.server import modelfile, prompt
from selfhost.server.body import read
from selfhost.server.catalog import Model, valid_name
from selfhost.server.errors import ApiError
from selfhost.server.live import JSON, NDJSON, Live
from selfhost.server.modelfile import Modelfile
from selfhost.server.ollama_models import required
from selfhost.server.schemas import CreateRequest, PullRequest
from selfhost.server.state import State

_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})")


async def pull(request: Request) -> Response:
    """POST /api/pull."""
    state: State = request.app.state.selfhost
    body = await read(request, PullRequest)
    steps = _pull(required(body), bool(body.accept_licence))
    return _steps(state, steps, body.stream is not False)


async def create(request: Request) -> Response:
    """POST /api/create."""
    state: State = request.app.state.selfhost
    body = await read(request, CreateRequest)
    return _steps(state, _create(state, body, required(body)), body.stream is not False)


def _steps(state: State, steps: AsyncIterator[dict[str, Any]], streamed: bool) -> Response:
    async def lines() -> AsyncIterator[bytes]:
        last: dict[str, Any] = {}
        async for last in steps:
            if streamed:
                yield orjson.dumps(last) + b"\n"
        if not streamed:
            yield orjson.dumps(last)

    return Live(lines(), state.activity, media=NDJSON if streamed else JSON, openai=False)


async def _pull(name: str, accepted: bool) -> AsyncIterator[dict[str, Any]]:
    """Ollama's progress objects while `weights.fetch` downloads in a thread."""
    if weights.lookup(name) is None:
        raise ApiError(
            404,
            f"pull model manifest: file does not exist: '{name}' is not a model "
            "that the kit knows; selfhost models list shows them",
        )
    yield {"status": "pulling manifest"}
    loop = asyncio.get_running_loop()
    news: asyncio.Queue[tuple[str, int, int] | None] = asyncio.Queue()

    def progress(label: str, done: int, total: int) -> None:
        loop.call_soon_threadsafe(news.put_nowait, (label, done, total))

    job = asyncio.ensure_future(
        asyncio.to_thread(weights.fetch, name, progress, accept_licence=accepted)
    )
    job.add_done_callback(lambda _: news.put_nowait(None))
    known = weights.lookup(name)
    digest = f"sha256:{known.sha256}" if known and known.sha256 else "sha256:unknown"
    shown = 0.0
    while (step := await news.get()) is not None:
        label, done, total = step
        if loop.time() - shown > 0.1 or done == total:  # a line per block would be thousands
            shown = loop.time()
            yield {
                "status": f"pulling {label}",
                "digest": digest,
                "total": total,
                "completed": done,
            }
    try:
        await job
    except KitError as error:
        raise ApiError(503, str(error)) from error
    yield {"status": "verifying sha256 digest"}
    yield {"status": "writing manifest"}
    yield {"status": "success"}


async def _create(state: State, body: CreateRequest, name: str) -> AsyncIterator[dict[str, Any]]:
    full = valid_name(name)
    if body.quantize:
        raise ApiError(400, "this endpoint does not quantize while it creates a model")
    yield {"status": "parsing modelfile"}
    wanted = modelfile.parse(body.modelfile) if body.modelfile else Modelfile()
    wanted.base = body.from_ or wanted.base
    wanted.system = body.system if body.system is not None else wanted.system
    wanted.template = body.template or wanted.template
    if body.license:
        wanted.license = [body.license] if isinstance(body.license, str) else body.license
    if body.parameters:
        wanted.parameters |= modelfile.checked_parameters(body.parameters)
    if body.messages:
        wanted.messages = [{"role": m.role, "content": m.content or ""} for m in body.messages]
    if wanted.template:
        prompt.render_chat(wanted.template, [{"role": "user", "content": "x"}])  # refuses a bad one
    origin = await asyncio.to_thread(_origin, state, body, wanted)
    files = await asyncio.to_thread(_adapters, state, body, wanted, origin)
    wanted.adapters = [str(path) for path in files]
    digest = origin.digest if isinstance(origin, Model) else weights.sha256(origin)
    yield {"status": f"using existing layer sha256:{digest}"}
    for file in files:
        yield {"status": f"using existing layer sha256:{weights.sha256(file)}"}
    if isinstance(origin, Model):
        base = origin.extra
        wanted.parameters = base.parameters | wanted.parameters
        wanted.system = base.system if wanted.system is None else wanted.system
        wanted.template = wanted.template or base.template
        wanted.messages = wanted.messages or base.messages
        wanted.license = wanted.license or base.license
    yield {"status": "writing manifest"}
    try:
        await asyncio.to_thread(state.catalog.save, full, origin, wanted)
    except OSError as error:
        raise ApiError(
            503, f"the model store cannot be changed: {error.strerror or error}"
        ) from error
    yield {"status": "success"}


def _origin(state: State, body: CreateRequest, wanted: Modelfile) -> Model | Path:
    """What the new model stands on: a model's name, an uploaded blob, or a GGUF on this machine."""
    store = state.catalog.store
    if body.files:
        if len(body.files) != 1:
            raise ApiError(400, "exactly one GGUF file is expected in files")
        return _sound(_uploaded(store, next(iter(body.files.values())), "files"))
    if not wanted.base:
        raise ApiError(400, "neither 'from' or 'files' was specified")
    path = Path(wanted.base).expanduser()
    looks = path.suffix.lower() == ".gguf" or wanted.base.startswith(("/", "./", "../", "~"))
    if not looks and not path.is_absolute():
        return state.catalog.find(wanted.base)
    return _imported(_sound(_local(state, wanted.base, "FROM")), store)


def _uploaded(store: Path, digest: str, field: str) -> Path:
    match = _DIGEST.fullmatch(digest)
    path = store / "blobs" / f"sha256-{match[1]}" if match else None
    if path is None or not path.is_file():
        raise ApiError(
            400, f"the file in {field} has not been uploaded; POST /api/blobs/DIGEST first"
        )
    return path


def _local(state: State, name: str, word: str) -> Path:
    path = Path(name).expanduser()
    if not state.settings.loopback:
        raise ApiError(
            400, f"{word} a path works only for a server on this machine; upload the file"
        )
    if not path.is_file():
        raise ApiError(400, f"{name} is not a file on this machine")
    return path


def _adapters(
    state: State, body: CreateRequest, wanted: Modelfile, origin: Model | Path
) -> list[Path]:
    """The GGUF adapters of `adapters` (uploaded) and `ADAPTER` (paths), in the store."""
    store = state.catalog.store
    found = [_uploaded(store, digest, "adapters") for digest in (body.adapters or {}).values()]
    found += [_local(state, name, "ADAPTER") for name in wanted.adapters]
    if not found:
        return []
    base = origin.info if isinstance(origin, Model) else weights.read_gguf(origin)
    for path in found:
        _fitting(path, base)
    return [_imported(path, store) for path in found]


def _fitting(path: Path, base: weights.GGUFInfo) -> None:
    """Refuse what llama.cpp could not add to this base, in one sentence."""
    try:
        info = weights.read_gguf(path)
    except KitError as error:
        raise ApiError(400, error.message) from error
    if info.metadata.get("general.type") != "adapter" or not info.tensors:
        raise ApiError(400, "the adapter is not a GGUF adapter (general.type is not adapter)")
    if info.architecture != base.architecture:
        raise ApiError(
            400, f"the adapter is for {info.architecture}, and the base model is "
            f"{base.architecture}",
        )  # fmt: skip
    shapes = {tensor.name: tensor.shape for tensor in base.tensors}
    for tensor in info.tensors:
        name, _, part = tensor.name.rpartition(".")
        side = {"lora_a": 0, "lora_b": 1}.get(part)
        if side is None or name not in shapes or tensor.shape[side] != shapes[name][side]:
            raise ApiError(400, f"the adapter's {tensor.name} does not fit the base model")


def _sound(path: Path) -> Path:
    try:
        weights.check_gguf(path)
    except KitError as error:
        raise ApiError(400, error.message) from error
    return path


def _imported(path: Path, store: Path) -> Path:
    """The file in the store under its hash: linked where the file system can, else copied."""
    target = store / "blobs" / f"sha256-{weights.sha256(path)}"
    if target.is_file():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path.resolve(), target)
        except OSError:
            handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".part")
            os.close(handle)
            shutil.copyfile(path, temporary)
            replace(Path(temporary), target)
    except OSError as error:
        raise ApiError(
            503, f"the model store cannot be changed: {error.strerror or error}"
        ) from error
    return target


def _blob(request: Request) -> tuple[Path, str]:
    state: State = request.app.state.selfhost
    match = _DIGEST.fullmatch(request.path_params["digest"])
    if not match:
        raise ApiError(400, "invalid digest format")
    return state.catalog.store / "blobs" / f"sha256-{match[1]}", match[1]


async def has_blob(request: Request) -> Response:
    """HEAD /api/blobs/DIGEST."""
    path, _ = _blob(request)
    return Response(status_code=200 if path.is_file() else 404)


async def put_blob(request: Request) -> Response:
    """POST /api/blobs/DIGEST: an upload, streamed to disk and checked."""
    path, expected = _blob(request)
    if path.is_file():
        return Response(status_code=200)
    digest = hashlib.sha256()
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            async for chunk in request.stream():
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != expected:
            raise ApiError(
                400, f"digest mismatch, expected sha256:{expected}, got sha256:{digest.hexdigest()}"
            )
        replace(Path(temporary), path)
    except OSError as error:
        raise ApiError(
            503, f"the model store cannot be changed: {error.strerror or error}"
        ) from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
    return Response(status_code=201)

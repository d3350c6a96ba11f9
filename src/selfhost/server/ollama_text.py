"""Ollama's `/api/generate` and `/api/chat`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from selfhost.server import defaults, prompt
from selfhost.server.body import read
from selfhost.server.catalog import Model
from selfhost.server.errors import ApiError, not_found
from selfhost.server.generation import Session, need_completion, session
from selfhost.server.grammar import grammar_of
from selfhost.server.live import JSON, NDJSON, Live
from selfhost.server.ollama_answer import TOO_LONG, answer, now
from selfhost.server.registry import parse_keep_alive
from selfhost.server.schemas import ChatRequest, GenerateRequest, OllamaMessage
from selfhost.server.state import State, wants_reproducible


async def generate(request: Request) -> Response:
    """POST /api/generate."""
    state: State = request.app.state.selfhost
    body = await read(request, GenerateRequest)
    return Live(
        _generate(state, body, wants_reproducible(request, body)),
        state.activity,
        media=JSON if body.stream is False or _only_loads(body) else NDJSON,
        openai=False,
    )


async def chat(request: Request) -> Response:
    """POST /api/chat."""
    state: State = request.app.state.selfhost
    body = await read(request, ChatRequest)
    return Live(
        _chat(state, body, wants_reproducible(request, body)),
        state.activity,
        media=JSON if body.stream is False or not body.messages else NDJSON,
        openai=False,
    )


def _only_loads(body: GenerateRequest) -> bool:
    return not body.prompt and not body.suffix


async def _generate(state: State, body: GenerateRequest, pinned: bool) -> AsyncIterator[bytes]:
    model = await _model(state, body)
    keep = _keep(state, body)
    if _only_loads(body):
        yield await _load_or_unload(state, body, model, keep, pinned, {"response": ""})
        return
    if body.raw and (body.template or body.system or body.context):
        raise ApiError(400, "raw mode does not support template, system, or context")
    need_completion(model, "generate", body.asked)
    _refuse(model, body, images=bool(body.images))
    # A template with `.Suffix` is Ollama's own sign of a model that can fill in a middle.
    if body.suffix and ".Suffix" not in (model.extra.template or ""):
        raise ApiError(400, f"{model.full_name} does not support insert")
    grammar = _grammar(body.format)
    async with session(
        state.registry, model, defaults.OLLAMA, _options(body), reproducible=pinned, keep=keep
    ) as active:
        text, told = await _generate_prompt(body, model, active)

        async def context(whole: str) -> list[int]:
            before = told if isinstance(told, str) else await active.runner.engine.detokenize(told)
            return await active.tokenize(before + whole)

        async for data in answer(
            active,
            body,
            text,
            grammar,
            lambda piece, last: {"response": piece},
            None if body.raw else context,
        ):
            yield data


async def _generate_prompt(
    body: GenerateRequest, model: Model, active: Session
) -> tuple[str | list[int | str], str | list[int]]:
    """What the engine reads, and the same for `context` (without the engine's first token)."""
    asked = body.prompt or ""
    size = active.settings["num_predict"]
    truncate = body.truncate is not False
    if body.raw:
        return await _fit(asked, active, truncate), asked
    if body.suffix:
        filled = prompt.gotemplate.render(
            model.extra.template or "", {"Prompt": asked, "Suffix": body.suffix, "Response": ""}
        )
        return await _fit(filled, active, truncate), filled
    messages: list[prompt.Message] = []
    system = body.system or model.extra.system
    if system:
        messages.append({"role": "system", "content": system})
    if body.context is None:
        messages += [dict(message) for message in model.extra.messages]
    messages.append({"role": "user", "content": asked})
    render = _renderer(model, body.template)
    if body.context:
        before = await active.runner.engine.detokenize(body.context)
        text = _without_bos(before, model) + render(messages)
        return await _fit(text, active, truncate), text
    if truncate:
        text = await prompt.fit_messages(messages, render, active.tokenize, active.n_ctx, size)
    else:
        text = render(messages)
    return await _fit(text, active, truncate), text


def _without_bos(text: str, model: Model) -> str:
    bos = model.special_token("bos")
    return text[len(bos) :] if bos and text.startswith(bos) else text


async def _fit(text: str, active: Session, truncate: bool) -> str | list[int | str]:
    if not truncate:
        if (
            not prompt.surely_fits(text, active.n_ctx)
            and len(await active.tokenize(text)) >= active.n_ctx
        ):
            raise ApiError(400, TOO_LONG)
        return text
    return await prompt.fit_text(  # type: ignore[return-value]
        text,
        active.tokenize,
        active.n_ctx,
        active.settings["num_predict"],
        active.settings["num_keep"],
    )


async def _chat(state: State, body: ChatRequest, pinned: bool) -> AsyncIterator[bytes]:
    model = await _model(state, body)
    keep = _keep(state, body)
    messages = body.messages or []
    if not messages:
        empty = {"message": {"role": "assistant", "content": ""}}
        yield await _load_or_unload(state, body, model, keep, pinned, empty)
        return
    need_completion(model, "chat", body.asked)
    if body.tools:
        raise ApiError(400, f"{model.full_name} does not support tools")
    _refuse(model, body, images=any(message.images for message in messages))
    grammar = _grammar(body.format)
    plain = _messages(messages, model)
    async with session(
        state.registry, model, defaults.OLLAMA, _options(body), reproducible=pinned, keep=keep
    ) as active:
        render = _renderer(model, None)
        size = active.settings["num_predict"]
        text = render(plain)
        if body.truncate is not False:
            text = await prompt.fit_messages(plain, render, active.tokenize, active.n_ctx, size)
        ready = await _fit(text, active, body.truncate is not False)
        async for data in answer(
            active,
            body,
            ready,
            grammar,
            lambda piece, last: {"message": {"role": "assistant", "content": piece}},
            None,
        ):
            yield data


def _messages(messages: list[OllamaMessage], model: Model) -> list[prompt.Message]:
    """Messages as the template takes them, after the Modelfile's SYSTEM and MESSAGEs."""
    own = [{"role": m.role, "content": m.content or ""} for m in messages]
    before = [dict(message) for message in model.extra.messages]
    if model.extra.system and own[0]["role"] != "system":
        before.insert(0, {"role": "system", "content": model.extra.system})
    return before + own


def _renderer(model: Model, template: str | None) -> Callable[[list[prompt.Message]], str]:
    chosen = template or model.template or prompt.PLAIN
    bos, eos = model.special_token("bos"), model.special_token("eos")
    return lambda messages: prompt.render_chat(chosen, messages, bos=bos, eos=eos)


async def _model(state: State, body: GenerateRequest | ChatRequest) -> Model:
    if not body.asked:
        raise not_found("") if body.model == "" else ApiError(400, "model is required")
    return await state.catalog.get(body.asked)


def _keep(state: State, body: GenerateRequest | ChatRequest) -> float:
    return parse_keep_alive(body.keep_alive, state.settings.keep_alive)


def _options(body: GenerateRequest | ChatRequest) -> dict[str, Any]:
    return body.options.given() if body.options else {}


def _grammar(form: str | dict[str, Any] | None) -> str | None:
    if form is None or form == "":
        return None
    if form == "json":
        return grammar_of({"type": "object"})
    if isinstance(form, str):
        raise ApiError(
            400, f'invalid format: "{form}"; expected "json" or a valid JSON Schema object'
        )
    return grammar_of(form)


def _refuse(model: Model, body: GenerateRequest | ChatRequest, *, images: bool) -> None:
    if images:
        raise ApiError(400, f"{model.full_name} does not support vision")
    if body.think:
        raise ApiError(400, f'"{body.asked}" does not support thinking')


async def _load_or_unload(
    state: State,
    body: GenerateRequest | ChatRequest,
    model: Model,
    keep: float,
    pinned: bool,
    fields: dict[str, Any],
) -> bytes:
    """No prompt: load the model, or with `keep_alive: 0` free it."""
    reason = "load"
    if keep == 0:
        state.registry.expire(model)
        reason = "unload"
    else:
        kind = "single" if pinned or state.settings.reproducible else "main"
        wanted = body.options.num_ctx if body.options else None
        async with state.registry.use(model, kind, n_ctx=wanted, keep=keep):
            pass
    return orjson.dumps({
        "model": body.asked,
        "created_at": now(),
        **fields,
        "done": True,
        "done_reason": reason,
    })

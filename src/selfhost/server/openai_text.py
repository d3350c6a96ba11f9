"""OpenAI's `/v1/chat/completions` and `/v1/completions`."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from selfhost.server import defaults, prompt
from selfhost.server.body import read
from selfhost.server.catalog import Model
from selfhost.server.errors import ApiError
from selfhost.server.generation import need_completion
from selfhost.server.grammar import grammar_of
from selfhost.server.live import JSON, SSE, Live
from selfhost.server.openai_answer import Asked, answer, stream
from selfhost.server.schemas import ChatCompletionRequest, CompletionRequest, OpenAIMessage
from selfhost.server.state import State, wants_reproducible


async def chat_completions(request: Request) -> Response:
    """POST /v1/chat/completions."""
    state: State = request.app.state.selfhost
    body = await read(request, ChatCompletionRequest)
    model = await _model(state, body, "chat")
    asked = _chat(model, body, wants_reproducible(request, body))
    return _live(state, asked, bool(body.stream))


async def completions(request: Request) -> Response:
    """POST /v1/completions."""
    state: State = request.app.state.selfhost
    body = await read(request, CompletionRequest)
    model = await _model(state, body, "generate")
    asked = _completion(model, body, wants_reproducible(request, body))
    return _live(state, asked, bool(body.stream))


def _live(state: State, asked: Asked, streamed: bool) -> Response:
    produce: AsyncIterator[bytes] = stream(state, asked) if streamed else answer(state, asked)
    return Live(produce, state.activity, media=SSE if streamed else JSON, openai=True)


async def _model(state: State, body: ChatCompletionRequest | CompletionRequest, what: str) -> Model:
    model = await state.catalog.get(body.model)
    need_completion(model, what, body.model)
    return model


def _more(body: ChatCompletionRequest | CompletionRequest) -> dict[str, Any]:
    """`logit_bias` in the engine's form."""
    if not body.logit_bias:
        return {}
    try:
        return {"logit_bias": [[int(token), bias] for token, bias in body.logit_bias.items()]}
    except ValueError:
        raise ApiError(400, "logit_bias: keys must be token ids", param="logit_bias") from None


def _chat(model: Model, body: ChatCompletionRequest, pinned: bool) -> Asked:
    if body.tools or body.functions:
        raise ApiError(400, f"{model.full_name} does not support tools", param="tools")
    messages = [{"role": _role(m.role), "content": _text(m, model)} for m in body.messages]
    if model.extra.system and messages[0]["role"] != "system":
        messages.insert(0, {"role": "system", "content": model.extra.system})
    chosen = model.template or prompt.PLAIN
    text = prompt.render_chat(
        chosen, messages, bos=model.special_token("bos"), eos=model.special_token("eos")
    )
    limit = (
        body.max_completion_tokens if body.max_completion_tokens is not None else body.max_tokens
    )
    return Asked(
        model=model,
        name=body.model,
        prompts=[text],
        n=body.n or 1,
        chat=True,
        options=_options(body, limit),
        grammar=_grammar(body.response_format),
        top_logprobs=(body.top_logprobs or 0) if body.logprobs else None,
        more=_more(body),
        pinned=pinned,
        usage=bool(body.stream_options and body.stream_options.include_usage),
        id=f"chatcmpl-{secrets.token_hex(12)}",
        created=int(time.time()),
        param="messages",
        api=defaults.OPENAI,
    )


def _options(body: ChatCompletionRequest | CompletionRequest, limit: int | None) -> dict[str, Any]:
    options = body.options()
    if limit is not None:
        if limit < 1 and limit != -1:
            raise ApiError(400, "max_tokens must be at least 1", param="max_tokens")
        options["num_predict"] = limit
    return options


def _role(role: str) -> str:
    return {"developer": "system", "function": "tool"}.get(role, role)


def _text(message: OpenAIMessage, model: Model) -> str:
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    parts = []
    for part in message.content:
        if part.type in ("text", "input_text", "output_text", "refusal"):
            parts.append(part.text or "")
        elif part.type in ("image_url", "input_image", "image"):
            raise ApiError(400, f"{model.full_name} does not support vision", param="messages")
        else:
            raise ApiError(
                400, f"messages: content of type {part.type!r} is not supported", param="messages"
            )
    return "".join(parts)


def _grammar(form: dict[str, Any] | None) -> str | None:
    kind = (form or {}).get("type", "text")
    if kind == "text":
        return None
    if kind == "json_object":
        return grammar_of({"type": "object"})
    if kind == "json_schema":
        inner = (form or {}).get("json_schema")
        schema = inner.get("schema") if isinstance(inner, dict) else None
        if not isinstance(schema, dict):
            raise ApiError(
                400, "response_format: json_schema.schema is missing", param="response_format"
            )
        return grammar_of(schema)
    raise ApiError(400, f"response_format: type {kind!r} is not supported", param="response_format")


def _completion(model: Model, body: CompletionRequest, pinned: bool) -> Asked:
    if body.suffix:
        raise ApiError(400, f"{model.full_name} does not support insert", param="suffix")
    given = body.prompt if body.prompt is not None else ""
    prompts: list[Any] = [given]
    if isinstance(given, list):
        prompts = [given] if given and isinstance(given[0], int) else list(given)
    if not prompts or any(each == [] for each in prompts):
        raise ApiError(400, "prompt must not be empty", param="prompt")
    if len(prompts) * (body.n or 1) > 16:
        raise ApiError(400, "at most 16 answers can be asked for at once", param="prompt")
    return Asked(
        model=model,
        name=body.model,
        prompts=prompts,
        n=body.n or 1,
        chat=False,
        options=_options(body, body.max_tokens),
        grammar=None,
        top_logprobs=body.logprobs,
        more=_more(body),
        pinned=pinned,
        usage=bool(body.stream_options and body.stream_options.include_usage),
        id=f"cmpl-{secrets.token_hex(12)}",
        created=int(time.time()),
        param="prompt",
        echo=bool(body.echo),
        api=defaults.OPENAI,
    )

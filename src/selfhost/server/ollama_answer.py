"""Writing Ollama's answers: a line per piece, or one object with everything."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import orjson

from selfhost.server.engine import EngineError, Piece
from selfhost.server.errors import ApiError
from selfhost.server.generation import Session
from selfhost.server.schemas import ChatRequest, GenerateRequest

TOO_LONG = "the input length exceeds the context length"
# (text of one piece or of the whole answer, is it the last object?) -> the object's own fields
Fields = Callable[[str, bool], dict[str, Any]]


def now() -> str:
    """This moment as Ollama writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def answer(
    active: Session,
    body: GenerateRequest | ChatRequest,
    text: str | list[int | str],
    grammar: str | None,
    fields: Fields,
    context: Callable[[str], Any] | None,
) -> AsyncIterator[bytes]:
    """The objects of the answer: one line per piece and the last one, or the whole at once."""
    streamed = body.stream is not False
    top = (body.top_logprobs or 0) if body.logprobs else None
    parts: list[str] = []
    probabilities: list[dict[str, Any]] = []
    head = b'{"model":' + orjson.dumps(body.asked) + b',"created_at":"'
    # The line of a plain piece is put together by hand: at 2,000 tokens/s that matters.
    before, after = orjson.dumps(fields("\x00", False)).split(b'"\\u0000"')
    before, after = b'",' + before[1:], after[:-1] + b',"done":false}\n'
    final: Piece | None = None
    try:
        async for batch in active.pieces(text, grammar=grammar, top_logprobs=top):
            lines = []
            stamp = head + now().encode() if streamed else b""
            for piece in batch:
                if piece.finish is not None:
                    final = piece
                if piece.text or piece.logprobs:
                    parts.append(piece.text)
                    if piece.logprobs:
                        told = [_logprob(entry, top or 0) for entry in piece.logprobs]
                        probabilities += told
                        line = {
                            "model": body.asked,
                            "created_at": now(),
                            **fields(piece.text, False),
                            "done": False,
                            "logprobs": told,
                        }
                        lines.append(orjson.dumps(line) + b"\n")
                    elif streamed:
                        lines.append(stamp + before + orjson.dumps(piece.text) + after)
            if streamed and lines:
                yield b"".join(lines)
    except EngineError as error:
        if error.kind == "exceed_context_size_error":
            raise ApiError(400, TOO_LONG) from error
        raise
    if final is None:
        raise ApiError(503, "the engine stopped without an answer")
    whole = "".join(parts)
    done: dict[str, Any] = {
        "model": body.asked,
        "created_at": now(),
        **fields("" if streamed else whole, True),
        "done": True,
        "done_reason": final.finish,
    }
    if context is not None:
        done["context"] = await context(whole)
    done |= _measures(active, final.usage or {})
    if not streamed and probabilities:
        done["logprobs"] = probabilities
    done["selfhost"] = active.stack()
    yield orjson.dumps(done) + (b"\n" if streamed else b"")


def _measures(active: Session, usage: dict[str, Any]) -> dict[str, int]:
    return {
        "total_duration": time.time_ns() - active.start_ns,
        "load_duration": active.load_ns,
        "prompt_eval_count": usage.get("prompt_tokens", 0),
        "prompt_eval_duration": int(usage.get("prompt_ms", 0) * 1e6),
        "eval_count": usage.get("completion_tokens", 0),
        "eval_duration": int(usage.get("predicted_ms", 0) * 1e6),
    }


def _logprob(entry: dict[str, Any], top: int) -> dict[str, Any]:
    told = {"token": entry["token"], "logprob": entry["logprob"], "bytes": entry["bytes"]}
    if top:
        told["top_logprobs"] = [
            {"token": each["token"], "logprob": each["logprob"], "bytes": each["bytes"]}
            for each in entry["top_logprobs"][:top]
        ]
    return told

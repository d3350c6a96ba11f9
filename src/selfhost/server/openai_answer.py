"""Writing OpenAI's answers: whole ones, and streams of server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any

import orjson

from selfhost.server.catalog import Model
from selfhost.server.engine import EngineError, Piece
from selfhost.server.errors import ApiError, overflow
from selfhost.server.generation import ENGINE, Session, session
from selfhost.server.state import State

FINGERPRINT = f"fp_{ENGINE['package']}_{ENGINE['version']}"


@dataclass
class Asked:
    """A request for text, checked. `prompts` × `n` answers are written."""

    model: Model
    name: str
    prompts: list[Any]
    n: int
    chat: bool
    options: dict[str, Any]
    grammar: str | None
    top_logprobs: int | None
    more: dict[str, Any]
    pinned: bool
    usage: bool
    id: str
    created: int
    param: str
    api: dict[str, Any]
    echo: bool = False
    offsets: dict[int, int] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The `object` of a whole answer."""
        return "chat.completion" if self.chat else "text_completion"

    def echoed(self, index: int) -> str:
        """The prompt's text where the caller wants it repeated before the answer."""
        text = self.prompts[index // self.n]
        return text if self.echo and isinstance(text, str) else ""


# (which answer, the session it runs in, its pieces)
Batch = tuple[int, Session, list[Piece]]


async def _one(state: State, asked: Asked, index: int) -> AsyncIterator[Batch]:
    """The pieces of one answer. Raises `ApiError`."""
    async with session(
        state.registry, asked.model, asked.api, asked.options, reproducible=asked.pinned
    ) as active:
        try:
            async with aclosing(
                active.pieces(
                    asked.prompts[index // asked.n],
                    grammar=asked.grammar,
                    top_logprobs=asked.top_logprobs,
                    more=asked.more,
                    seed_step=index % asked.n,
                )
            ) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    yield index, active, batch
        except EngineError as error:
            if error.kind == "exceed_context_size_error":
                tokens = int(error.data.get("n_prompt_tokens", 0))
                raise overflow(tokens, active.n_ctx, asked.param) from error
            raise


async def _all(state: State, asked: Asked) -> AsyncIterator[Batch]:
    """The pieces of all answers, as they come; several answers run side by side."""
    count = len(asked.prompts) * asked.n
    if count == 1:
        async with aclosing(_one(state, asked, 0)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                yield batch
        return
    queue: asyncio.Queue[Batch | BaseException | None] = asyncio.Queue()

    async def work(index: int) -> None:
        try:
            async for batch in _one(state, asked, index):
                queue.put_nowait(batch)
            queue.put_nowait(None)
        except Exception as error:
            queue.put_nowait(error)

    async with AsyncExitStack() as stack:
        for index in range(count):
            task = asyncio.ensure_future(work(index))
            stack.push_async_callback(_ended, task)
        left = count
        while left:
            item = await queue.get()
            if isinstance(item, BaseException):
                raise item
            if item is None:
                left -= 1
            else:
                yield item


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


class Usage:
    """Adds up tokens over answers; the prompt of several choices counts once per prompt."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._prompts: dict[int, int] = {}
        self.completion = self.cached = 0
        self.stack: dict[str, Any] = {}

    def add(self, index: int, active: Session, last: Piece) -> None:
        """Count a finished answer."""
        told = last.usage or {}
        self._prompts[index // self._asked.n] = told.get("prompt_tokens", 0)
        self.completion += told.get("completion_tokens", 0)
        self.cached += told.get("cached_tokens", 0)
        self.stack = active.stack()

    def document(self) -> dict[str, Any]:
        """OpenAI's `usage`, with what ran in `selfhost`."""
        prompt = sum(self._prompts.values())
        return {
            "prompt_tokens": prompt,
            "completion_tokens": self.completion,
            "total_tokens": prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached},
            "selfhost": self.stack,
        }


async def answer(state: State, asked: Asked) -> AsyncIterator[bytes]:
    """The whole answer as one body."""
    count = len(asked.prompts) * asked.n
    texts: list[list[str]] = [[asked.echoed(i)] for i in range(count)]
    told: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    ends: list[str | None] = [None] * count
    usage = Usage(asked)
    async with aclosing(_all(state, asked)) as batches:  # type: ignore[type-var]
        async for index, active, batch in batches:
            for piece in batch:
                texts[index].append(piece.text)
                told[index] += piece.logprobs or []
                if piece.finish is not None:
                    ends[index] = piece.finish
                    usage.add(index, active, piece)
    if None in ends:
        raise ApiError(503, "the engine stopped without an answer")
    choices = []
    for index in range(count):
        text = "".join(texts[index])
        choice: dict[str, Any] = {"index": index}
        if asked.chat:
            choice["message"] = {"role": "assistant", "content": text, "refusal": None}
        else:
            choice["text"] = text
        choice["logprobs"] = _logprobs(asked, told[index], index)
        choice["finish_reason"] = ends[index]
        choices.append(choice)
    yield orjson.dumps({
        "id": asked.id,
        "object": asked.kind,
        "created": asked.created,
        "model": asked.name,
        "system_fingerprint": FINGERPRINT,
        "choices": choices,
        "usage": usage.document(),
    })


async def stream(state: State, asked: Asked) -> AsyncIterator[bytes]:
    """Server-sent events: a chunk per piece, the usage if asked for, `[DONE]`."""
    count = len(asked.prompts) * asked.n
    head = {
        "id": asked.id,
        "object": "chat.completion.chunk" if asked.chat else asked.kind,
        "created": asked.created,
        "model": asked.name,
        "system_fingerprint": FINGERPRINT,
    }
    more: dict[str, Any] = {"usage": None} if asked.usage else {}

    def event(index: int, inner: dict[str, Any], logprobs: Any, finish: str | None) -> bytes:
        choice = {"index": index, **inner, "logprobs": logprobs, "finish_reason": finish}
        return b"data: " + orjson.dumps({**head, "choices": [choice], **more}) + b"\n\n"

    def inner(text: str) -> dict[str, Any]:
        return {"delta": {"content": text}} if asked.chat else {"text": text}

    # Events of plain pieces are put together by hand from these halves.
    halves = [event(i, inner("\x00"), None, None).split(b'"\\u0000"') for i in range(count)]
    greeted: set[int] = set()
    usage = Usage(asked)
    async with aclosing(_all(state, asked)) as batches:  # type: ignore[type-var]
        async for index, active, batch in batches:
            events: list[bytes] = []
            if index not in greeted:
                greeted.add(index)
                if asked.chat:
                    first = {"delta": {"role": "assistant", "content": ""}}
                    events.append(event(index, first, None, None))
                elif echoed := asked.echoed(index):
                    events.append(event(index, inner(echoed), None, None))
            before, after = halves[index]
            for piece in batch:
                if piece.logprobs:
                    events.append(
                        event(
                            index, inner(piece.text), _logprobs(asked, piece.logprobs, index), None
                        )
                    )
                elif piece.text:
                    events.append(before + orjson.dumps(piece.text) + after)
                if piece.finish is not None:
                    usage.add(index, active, piece)
                    last: dict[str, Any] = {"delta": {}} if asked.chat else {"text": ""}
                    events.append(event(index, last, None, piece.finish))
            yield b"".join(events)
    if asked.usage:
        yield b"data: " + orjson.dumps({**head, "choices": [], "usage": usage.document()}) + b"\n\n"
    yield b"data: [DONE]\n\n"


def _logprobs(asked: Asked, entries: list[dict[str, Any]], index: int) -> dict[str, Any] | None:
    """Log-probabilities as the chat API or the older completions API writes them."""
    top = asked.top_logprobs
    if top is None:
        return None
    if asked.chat:
        return {
            "content": [
                {
                    **{key: entry[key] for key in ("token", "logprob", "bytes")},
                    "top_logprobs": [
                        {key: each[key] for key in ("token", "logprob", "bytes")}
                        for each in entry["top_logprobs"][:top]
                    ],
                }
                for entry in entries
            ],
            "refusal": None,
        }
    offsets = []
    for entry in entries:
        offsets.append(asked.offsets.get(index, 0))
        asked.offsets[index] = offsets[-1] + len(entry["token"])
    return {
        "tokens": [entry["token"] for entry in entries],
        "token_logprobs": [entry["logprob"] for entry in entries],
        "top_logprobs": [
            {each["token"]: each["logprob"] for each in entry["top_logprobs"][:top]}
            for entry in entries
        ],
        "text_offset": offsets,
    }

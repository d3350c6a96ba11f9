"""The small interface between the two APIs and whatever runs a model.

The embedded endpoint uses `xllama.XllamaEngine`; another engine needs the same few methods.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

# A stream's first piece is passed on at once. After that, pieces that arrive within this many
# seconds of the last write go out together: at 2,000 tokens/s a write per token costs more than
# the token, and nobody sees 8 ms. A model slower than that still gets a write per token.
PACE = 0.008


@dataclass(slots=True)
class Piece:
    """What the engine said at one step: usually one token's text.

    `logprobs` holds one entry per token (`token`, `logprob`, `bytes`, `top_logprobs`). The last
    piece has `finish` ("stop" or "length") and `usage`: tokens and milliseconds.
    """

    text: str
    logprobs: list[dict[str, Any]] | None = None
    finish: str | None = None
    usage: dict[str, Any] | None = None


@dataclass(frozen=True)
class EngineConfig:
    """How a model is loaded: `n_ctx` tokens per slot, `parallel` slots, `batch` tokens at once.

    `adapters`: GGUF files with LoRA matrices that are added to the weights while they compute.
    """

    path: Path
    n_ctx: int
    parallel: int
    threads: int
    batch: int = 512
    cache_prompt: bool = True
    embedding: bool = False
    pooling: int | None = None
    adapters: tuple[Path, ...] = ()


class EngineError(Exception):
    """The engine refused a request; `status` and `kind` are llama.cpp's own."""

    def __init__(self, message: str, status: int = 400, kind: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message, self.status, self.kind, self.data = message, status, kind, data


class Engine(Protocol):
    """One loaded model."""

    config: EngineConfig

    def generate(self, payload: dict[str, Any]) -> AsyncIterator[list[Piece]]:
        """Pieces as they come, several at a time; closing the iterator frees the slot."""
        ...

    async def tokenize(self, text: str, *, special: bool = True) -> list[int]:
        """Token ids of `text`; with `special`, the beginning-of-sequence token first."""
        ...

    async def detokenize(self, tokens: list[int]) -> str:
        """The text of token ids."""
        ...

    async def embed(self, inputs: list[Any]) -> list[tuple[list[float], int]]:
        """One (vector, number of tokens) per input; only of an engine loaded for it."""
        ...

    def close(self) -> None:
        """Free the memory; blocks until the engine's own threads have ended."""
        ...


class Mailbox:
    """Hands strings from an engine thread to the event loop with as few wake-ups as possible."""

    __slots__ = ("_items", "_last", "_loop", "_timer", "_waiter", "_woken", "cancelled", "closed")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._items: deque[str] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._woken = False
        self._last = 0.0
        self.cancelled = False
        self.closed = False

    def push(self, item: str) -> bool:
        """Called in the engine's thread, once per token. True asks the engine to stop."""
        self._items.append(item)
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._wake)
        return self.cancelled

    def close(self) -> None:
        """Called in the engine's thread when it is done: wakes the reader without delay."""
        self.closed = True
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._woken = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self, delay: float | None) -> None:
        self._waiter = self._loop.create_future()
        if delay is not None:
            self._timer = self._loop.call_later(delay, self._wake)
        try:
            await self._waiter
        finally:
            self._waiter = None

    async def take(self, *, pace: bool) -> list[str]:
        """All strings that are there, at least one; an empty list when the engine is done.

        With `pace`, not sooner than `PACE` after the strings before.
        """
        while not self._items:
            if self.closed:
                return []
            await self._wait(None)
        rest = self._last + PACE - self._loop.time()
        if pace and rest > 0 and not self.closed:
            self._woken = True  # pieces that come meanwhile need not wake anybody
            await self._wait(rest)
        self._last = self._loop.time()
        items = []
        while self._items:
            items.append(self._items.popleft())
        return items

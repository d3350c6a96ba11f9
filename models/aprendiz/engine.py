# SPDX-License-Identifier: MIT
"""llama.cpp in this process (``xllamacpp``), for answers that are scored."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

Chat = list[dict[str, str]]


class Engine:
    """One GGUF file, answering several chats at a time. Use it in a ``with`` statement."""

    def __init__(
        self, gguf: Path, parallel: int = 8, threads: int = 2, context: int = 1024
    ) -> None:
        import xllamacpp

        p = xllamacpp.CommonParams()
        p.model.path = str(gguf)
        p.n_parallel = parallel
        p.n_ctx = context * parallel  # llama.cpp divides it among the slots
        p.cpuparams.n_threads = p.cpuparams_batch.n_threads = threads
        p.verbosity = -1
        p.fit_params = p.warmup = p.ui = p.endpoint_slots = False
        p.cache_ram_mib = 0
        self._server: Any = xllamacpp.Server(p)
        self._pool = ThreadPoolExecutor(parallel)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._pool.shutdown()
        del self._server

    def _answer(self, chat: Chat, settings: dict[str, Any]) -> str:
        body = {"messages": chat, "cache_prompt": False, **settings}
        data = self._server.handle_chat_completions(body)
        if "choices" not in data:
            raise RuntimeError(str(data))
        return str(data["choices"][0]["message"]["content"])

    def answers(self, chats: list[Chat], max_tokens: int = 200, **settings: Any) -> list[str]:
        """The answer to each chat; greedy unless ``temperature`` is given."""
        full = {"temperature": 0, "max_tokens": max_tokens, **settings}
        return list(self._pool.map(lambda chat: self._answer(chat, full), chats))

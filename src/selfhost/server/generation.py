"""One request for text, from a model and settings to pieces; shared by the two APIs."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from selfhost.server import defaults
from selfhost.server.catalog import Model
from selfhost.server.engine import EngineError, Piece
from selfhost.server.errors import ApiError
from selfhost.server.registry import Registry, Runner

ENGINE = {"name": "llama.cpp", "package": "xllamacpp", "version": version("xllamacpp")}


@dataclass
class Session:
    """A slot of an engine with the settings of one request. `n_ctx` in tokens, `*_ns` in ns."""

    model: Model
    runner: Runner
    settings: dict[str, Any]
    origin: dict[str, str]
    n_ctx: int
    reproducible: bool
    start_ns: int
    load_ns: int

    async def tokenize(self, text: str) -> list[int]:
        """Token ids with the beginning-of-sequence token."""
        return await self.runner.engine.tokenize(text)

    async def pieces(
        self,
        prompt: str | list[int | str],
        *,
        grammar: str | None = None,
        top_logprobs: int | None = None,
        more: dict[str, Any] | None = None,
        seed_step: int = 0,
    ) -> AsyncIterator[list[Piece]]:
        """Batches of pieces; the last piece of the last batch has `finish` and `usage`.

        `top_logprobs`: None for no log-probabilities, else how many alternatives per token.
        """
        payload = defaults.to_engine(self.settings, self.n_ctx)
        payload["prompt"] = prompt
        payload["seed"] = (payload["seed"] + seed_step) % 2**32
        if top_logprobs is not None:
            payload["n_probs"] = max(1, top_logprobs)
        if grammar is not None:
            await self._require(grammar)
            payload["grammar"] = grammar
        if more:
            payload.update(more)
        if self.n_ctx < self.runner.engine.config.n_ctx:
            payload["n_predict"] = await self._bounded(prompt, payload["n_predict"])
        async with aclosing(self.runner.engine.generate(payload)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                yield batch

    async def _require(self, grammar: str) -> None:
        """Refuse a grammar that the engine does not follow. Raises `ApiError` 400.

        llama.cpp drops a grammar that it cannot compile and answers without any, in silence. So
        it is first asked for one token with a large bias towards "z", which no JSON begins with:
        if "z" comes, nothing holds the engine back.
        """
        follows = self.runner.grammars.get(grammar)
        if follows is None:
            letter = (await self.runner.engine.tokenize("z", special=False))[-1]
            probe = {"prompt": "z", "n_predict": 1, "temperature": 0.0, "grammar": grammar}
            said = ""
            stream = self.runner.engine.generate({**probe, "logit_bias": [[letter, 100.0]]})
            async with aclosing(stream) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    said += "".join(piece.text for piece in batch)
            follows = "z" not in said
            if len(self.runner.grammars) >= 256:
                self.runner.grammars.clear()
            self.runner.grammars[grammar] = follows
        if not follows:
            raise ApiError(
                400, "invalid JSON schema in format: the engine cannot follow it", param="format"
            )

    async def _bounded(self, prompt: str | list[int | str], wanted: int) -> int:
        """A context smaller than the slot's (`num_ctx`) ends the answer earlier."""
        parts = prompt if isinstance(prompt, list) else [prompt]
        used = 0
        for part in parts:
            used += 1 if isinstance(part, int) else len(await self.tokenize(part))
        free = self.n_ctx - used
        if free < 1:
            raise EngineError(
                "the prompt exceeds the context",
                400,
                "exceed_context_size_error",
                n_prompt_tokens=used,
                n_ctx=self.n_ctx,
            )
        return free if wanted < 0 else min(wanted, free)

    def _serving(self) -> dict[str, Any]:
        config = self.runner.engine.config
        return {
            "context_length": config.n_ctx,
            "parallel_slots": config.parallel,
            "batch": config.batch,
            "ubatch": config.batch,
            "threads": config.threads,
            "cache_type_k": "f16",
            "cache_type_v": "f16",
            "flash_attention": "auto",
            "prompt_cache": config.cache_prompt,
            "reproducible_mode": self.reproducible,
        }

    def stack(self) -> dict[str, Any]:
        """What ran, for the `selfhost` field of the answer and for stack cards."""
        return {
            "settings": {**self.settings, "num_ctx": self.n_ctx},
            "origin": self.origin,
            "engine": ENGINE,
            "model": {"name": self.model.name, "digest": self.model.digest},
            "reproducible": self.reproducible,
            "serving": self._serving(),
        }


@asynccontextmanager
async def session(
    registry: Registry,
    model: Model,
    api: dict[str, Any],
    options: dict[str, Any],
    *,
    reproducible: bool = False,
    keep: float | None = None,
) -> AsyncIterator[Session]:
    """Load the model if needed, wait for a slot, merge the settings."""
    start = time.time_ns()
    pinned = reproducible or registry.settings.reproducible
    settings, origin = defaults.merge(api, model.extra.parameters, options, pinned=pinned)
    wanted = settings["num_ctx"]
    if wanted is not None and wanted < 1:
        wanted = None
    begin = time.perf_counter_ns()
    async with registry.use(
        model, "single" if pinned else "main", n_ctx=wanted, keep=keep
    ) as runner:
        limit = runner.engine.config.n_ctx
        n_ctx = max(8, min(wanted, limit)) if wanted else limit
        waited = time.perf_counter_ns() - begin
        load = min(runner.load_ns, waited) if waited > runner.load_ns // 2 else waited
        yield Session(model, runner, settings, origin, n_ctx, pinned, start, load)


def need_completion(model: Model, what: str, asked: str) -> None:
    """Refuse a model that can only embed, in Ollama's words."""
    if "completion" not in model.capabilities:
        raise ApiError(400, f'"{asked}" does not support {what}')

"""Which engines are loaded: several at once, on demand, one load at a time, freed when idle."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.server.catalog import Model
from selfhost.server.engine import Engine, EngineConfig, EngineError
from selfhost.server.errors import ApiError
from selfhost.server.settings import Settings

# (file, its time of change, kind, context per slot, adapters): what makes an engine another one.
Key = tuple[Path, int, str, int, tuple[tuple[Path, int], ...]]

BUSY = "server busy, please try again.  maximum pending requests exceeded"
_DURATION = re.compile(r"([+-]?\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
FOREVER = float("inf")


@dataclass
class Runner:
    """A loaded engine, who uses it, and until when it stays."""

    key: Key
    model: Model
    engine: Engine
    slots: asyncio.Semaphore
    load_ns: int
    active: int = 0
    waiting: int = 0
    expires: float = FOREVER
    keep: float = 300.0
    used: float = field(default_factory=time.monotonic)
    grammars: dict[str, bool] = field(default_factory=dict)  # which ones the engine follows


def parse_keep_alive(value: Any, default: float) -> float:
    """Seconds from Ollama's `keep_alive`: a number of seconds or a Go duration; negative: for
    ever. Raises `ApiError` 400."""
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ApiError(400, 'keep_alive must be a number of seconds or a duration such as "5m"')
    if isinstance(value, str):
        sign, text = (-1, value[1:]) if value.startswith("-") else (1, value)
        parts = _DURATION.findall(text)
        if parts and "".join(a + b for a, b in parts) == text:
            seconds = sign * sum(float(a) * _UNITS[b] for a, b in parts)
        else:
            try:
                seconds = float(value)
            except ValueError:
                raise ApiError(400, f'time: invalid duration "{value}"') from None
    else:
        seconds = float(value)
    return FOREVER if seconds < 0 or seconds != seconds else seconds


class Registry:
    """Hands out engines. All methods run in the event loop; loading runs in a thread."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.runners: dict[Key, Runner] = {}
        self._loading: dict[Key, asyncio.Task[Runner]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def context(self, model: Model, wanted: int | None) -> int:
        """Tokens per slot for a request that asks for `wanted` (None: the default)."""
        longest = model.context_length
        usual = min(longest, self.settings.ctx or self.settings.default_ctx)
        if not wanted or wanted <= usual:
            return usual
        # In steps of powers of two, so that not every number loads the model once more.
        return min(longest, 1 << (wanted - 1).bit_length())

    def threads(self, model: Model) -> int:
        """Engine threads: one for a very small model, whose threads would only wait for each
        other, else one per physical core."""
        if self.settings.threads:
            return self.settings.threads
        if model.size < 64_000_000:
            return 1
        import psutil

        usable = (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        )
        return max(1, min(psutil.cpu_count(logical=False) or 1, usable or 1))

    @asynccontextmanager
    async def use(
        self,
        model: Model,
        kind: str = "main",
        *,
        n_ctx: int | None = None,
        keep: float | None = None,
    ) -> AsyncIterator[Runner]:
        """One slot of an engine for `model`; waits for a free one. `kind`: "main", "single"
        (one slot, no prompt cache) or "embed". Raises `ApiError` 503 when too many wait."""
        while True:
            runner = await self._get(model, kind, self.context(model, n_ctx))
            if self.runners.get(runner.key) is runner:
                break  # else it was freed between loading and now
        if runner.waiting >= self.settings.max_queue:
            raise ApiError(503, BUSY)
        runner.active += 1
        runner.waiting += 1
        waiting = True
        try:
            await runner.slots.acquire()
            runner.waiting -= 1
            waiting = False
            try:
                yield runner
            finally:
                runner.slots.release()
        finally:
            if waiting:
                runner.waiting -= 1
            runner.active -= 1
            runner.used = time.monotonic()
            runner.keep = self.settings.keep_alive if keep is None else keep
            runner.expires = runner.used + runner.keep
            if runner.keep == 0 and runner.active == 0:
                self._unload(runner)

    async def _get(self, model: Model, kind: str, n_ctx: int) -> Runner:
        stat = model.path.stat()
        adapters = tuple((path, path.stat().st_mtime_ns) for path in model.adapters)
        key: Key = (model.path, stat.st_mtime_ns, kind, n_ctx, adapters)
        runner = self.runners.get(key)
        if runner is not None:
            return runner
        task = self._loading.get(key)
        if task is None:
            task = asyncio.ensure_future(self._load(key, model))
            self._loading[key] = task
            task.add_done_callback(lambda _: self._loading.pop(key, None))
        # Shielded: who hangs up while a model loads must not stop it for the others.
        return await asyncio.shield(task)

    async def _load(self, key: Key, model: Model) -> Runner:
        kind, n_ctx = key[2], key[3]
        self._make_room(model)
        parallel = 1
        if kind == "main":  # a longer context per slot takes slots: the memory stays the same
            parallel = max(1, self.settings.parallel * self.context(model, None) // n_ctx)
        start = time.perf_counter_ns()
        try:
            # Reading the header refuses a broken file with a sentence, before llama.cpp sees it.
            info = await asyncio.to_thread(lambda: model.info)
            config = EngineConfig(
                model.path,
                n_ctx,
                parallel,
                self.threads(model),
                _batch(model, kind, n_ctx),
                cache_prompt=kind == "main",
                embedding=kind == "embed",
                pooling=info.of_architecture("pooling_type"),
                adapters=model.adapters,
            )
            engine = await asyncio.get_running_loop().run_in_executor(None, _open, config)
        except KitError as error:
            raise ApiError(503, error.message) from error
        except EngineError as error:
            raise ApiError(503, error.message) from error
        slots = asyncio.Semaphore(parallel)
        runner = Runner(key, model, engine, slots, time.perf_counter_ns() - start)
        runner.expires = time.monotonic() + self.settings.keep_alive
        self.runners[key] = runner
        return runner

    def _make_room(self, model: Model) -> None:
        """Free idle engines, the longest unused first, while there are too many."""
        idle = sorted((r for r in self.runners.values() if not r.active), key=lambda r: r.used)
        while idle and len(self.runners) >= self.settings.max_loaded:
            self._unload(idle.pop(0))
        import psutil

        if psutil.virtual_memory().available < model.size * 1.2:
            for runner in idle:
                self._unload(runner)
            if psutil.virtual_memory().available < model.size * 0.5:
                need, free = model.size * 1.2 / 2**30, psutil.virtual_memory().available / 2**30
                raise ApiError(
                    503,
                    f"model requires more system memory ({need:.1f} GiB) than is available "
                    f"({free:.1f} GiB)",
                )

    def _unload(self, runner: Runner) -> None:
        if self.runners.get(runner.key) is runner:
            del self.runners[runner.key]
        closing = asyncio.ensure_future(asyncio.to_thread(runner.engine.close))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def expire(self, model: Model) -> None:
        """Free the engines of `model` as soon as nobody uses them (`keep_alive: 0`)."""
        same = (model.path, model.adapters)
        for runner in [
            r for r in self.runners.values() if (r.model.path, r.model.adapters) == same
        ]:
            runner.expires = 0.0
            if not runner.active:
                self._unload(runner)

    def loaded(self) -> list[Runner]:
        """What is loaded, for `/api/ps`."""
        return list(self.runners.values())

    async def sweep(self) -> None:
        """Runs for the server's life: frees engines whose time is over and that nobody uses."""
        while True:
            await asyncio.sleep(0.5)
            now = time.monotonic()
            for runner in [r for r in self.runners.values() if not r.active and r.expires <= now]:
                self._unload(runner)

    async def close(self) -> None:
        """Free everything; for the end of the server."""
        for runner in list(self.runners.values()):
            self._unload(runner)
        if self._closing:
            await asyncio.wait(self._closing, timeout=10)


def _batch(model: Model, kind: str, n_ctx: int) -> int:
    """Tokens of a prompt that the engine reads at once."""
    if kind == "embed":
        return n_ctx  # an input is pooled in one batch
    # Small enough that a hang-up is noticed between two batches of a long prompt, and that other
    # students' tokens do not wait for it.
    # A processor reads about 600 tokens/s of a model of 200 MB, and 100 of one of 1 GB.
    if model.size < 64_000_000:
        return 512
    return 128 if model.size < 500_000_000 else 64


def _open(config: EngineConfig) -> Engine:
    from selfhost.server.xllama import XllamaEngine

    return XllamaEngine(config)

"""Scores before and after, through llama.cpp: the new task, and what the model could do before.

The general benchmarks are the shipped model's own (`models/aprendiz/benchmarks`), scored by its own
rules (`models/aprendiz/scoring.py`); a fixed sample of each is asked.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from selfhost.errors import KitError
from selfhost.finetune import task
from selfhost.finetune.task import Item, Pair
from selfhost.paths import shipped_models

Chat = list[dict[str, str]]


class Answerer:
    """A GGUF, with or without an adapter, answering many chats. Made by `opened`."""

    def __init__(self, server: Any, pool: ThreadPoolExecutor) -> None:
        self._server, self._pool = server, pool

    def answers(
        self, chats: Sequence[Chat], *, tokens: int = 120, scale: float | None = None
    ) -> list[str]:
        """Greedy answers. `scale`: how much of the adapter is added (1.0: all, 0.0: none)."""
        body: dict[str, Any] = {"temperature": 0, "max_tokens": tokens, "cache_prompt": False}
        if scale is not None:
            body["lora"] = [{"id": 0, "scale": scale}]
        return list(self._pool.map(lambda chat: self._one({**body, "messages": chat}), chats))

    def _one(self, body: dict[str, Any]) -> str:
        data = self._server.handle_chat_completions(body)
        if "choices" not in data:
            raise KitError(f"llama.cpp refused a question: {data.get('error', data)}.")
        return str(data["choices"][0]["message"]["content"])

    def next_logprobs(self, prompt: str, top: int = 200) -> dict[int, float]:
        """Log-probabilities (nats) of the `top` likeliest first tokens after a complete prompt."""
        data = self._server.handle_completions({
            "prompt": prompt, "n_predict": 1, "temperature": 0.0, "n_probs": top,
            "cache_prompt": False, "stream": False,
        })  # fmt: skip
        content = data["choices"][0]["logprobs"]["content"]
        return {int(e["id"]): float(e["logprob"]) for e in content[0]["top_logprobs"]}


@contextmanager
def opened(gguf: Path, adapter: Path | None = None, *, threads: int = 1) -> Iterator[Answerer]:
    """Load a model in this process. Raises `KitError` if llama.cpp cannot."""
    import xllamacpp

    parallel = 8
    p = xllamacpp.CommonParams()
    p.model.path = str(gguf)
    p.n_parallel, p.n_ctx = parallel, 512 * parallel
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = threads
    p.verbosity = -1
    p.fit_params = p.warmup = p.ui = p.endpoint_slots = False
    p.cache_ram_mib = p.n_ctx_checkpoints = 0
    if adapter is not None:
        p.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
    try:
        server = xllamacpp.Server(p)
    except (RuntimeError, ValueError) as error:
        with_it = f" with {adapter.name}" if adapter else ""
        raise KitError(f"llama.cpp cannot load {gguf.name}{with_it}: {error}.") from error
    with ThreadPoolExecutor(parallel) as pool:
        try:
            yield Answerer(server, pool)
        finally:
            pool.shutdown()
            del server


def task_score(
    model: Answerer, items: Sequence[Item], *, prompt: str = task.PROMPT, scale: float | None = None
) -> tuple[float, list[str]]:
    """(share of right answers, the answers) on messages to the help desk."""
    texts = model.answers([item.chat(prompt) for item in items], tokens=16, scale=scale)
    return task.share(items, texts), texts


PLAIN = {"arith": "sums", "choice": "multiple choice", "workshop_qa": "questions"}


def general_scores(
    model: Answerer, each: int = 40, *, scale: float | None = None
) -> dict[str, float]:
    """Share of right answers on a sample of every general benchmark, evenly spread over it.

    Keys are the benchmarks' names in plain words (`PLAIN`).
    """
    rules = _scoring()
    found = {}
    for name in rules.NAMES:
        items = rules.load(name)
        sample = items[:: max(1, len(items) // each)][:each]
        texts = model.answers([rules.messages(item) for item in sample], scale=scale)
        marks = [rules.score(item, text) for item, text in zip(sample, texts, strict=True)]
        found[PLAIN.get(name, name)] = sum(marks) / len(marks)
    return found


def rehearsal(gguf: Path, times: int = 10) -> list[Pair]:
    """The base model's own answers to the 60 questions of its showcase, `times` times over.

    None of them is an item of the benchmarks. Mixed into the training they remind the model of
    what it could do.
    """
    rules = _scoring()
    asked = [rules.messages(item) for item in rules.load("showcase")]
    single = [chat for chat in asked if len(chat) == 1]
    with opened(gguf) as model:
        texts = model.answers(single, tokens=60)
    pairs = [Pair(chat[0]["content"], text) for chat, text in zip(single, texts, strict=True)]
    return pairs * times


@cache
def _scoring() -> ModuleType:
    """The shipped model's scoring rules, loaded from its folder."""
    path = shipped_models() / "aprendiz" / "scoring.py"
    spec = importlib.util.spec_from_file_location("selfhost_aprendiz_scoring", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise KitError(f"{path.name} is missing from models/aprendiz.", "git checkout -- models")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def largest_difference(a: Answerer, b: Answerer, prompts: Sequence[str]) -> float:
    """Largest difference between the probabilities that two models give to a first token.

    Compared are the tokens that both list among their likeliest 200.
    """
    import math

    worst = 0.0
    for prompt in prompts:
        x, y = a.next_logprobs(prompt), b.next_logprobs(prompt)
        worst = max([worst, *(abs(math.exp(x[t]) - math.exp(y[t])) for t in x.keys() & y.keys())])
    return worst

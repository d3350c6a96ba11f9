"""Many students on one model: who waits how long, and who reads along.

Every student is a thread with a streamed request; times are noted for the first piece and for the
last. A server that serves one after the other is played by letting only one request in at a time:
the same engine, the same requests, and only the batching is missing. The model may be an endpoint
(`over_http`) or llama.cpp in this process (`in_process`), where no client takes time of its own.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from selfhost.apis.call import Target, said_by
from selfhost.errors import KitError

QUESTION = "Tell me a long story about student {}."
Note = Callable[[], None]  # called for every piece of an answer
Ask = Callable[[int, int, Note], int]  # (student, tokens at most, note) -> tokens written


@dataclass(frozen=True)
class Served:
    """One student's answer; seconds since all began. `tokens` as the server counted them."""

    student: int
    asked: float
    first: float
    last: float
    tokens: int

    @property
    def waited(self) -> float:
        """Seconds until the first word."""
        return self.first - self.asked

    @property
    def speed(self) -> float:
        """Tokens per second while writing."""
        return (self.tokens - 1) / max(self.last - self.first, 1e-9)


@dataclass(frozen=True)
class Round:
    """All of them. `seconds` from the first request to the last word."""

    served: tuple[Served, ...]
    seconds: float

    @property
    def throughput(self) -> float:
        """Tokens per second of all together."""
        return sum(s.tokens for s in self.served) / self.seconds

    def waits(self) -> list[float]:
        """Seconds to the first word, sorted."""
        return sorted(s.waited for s in self.served)


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest of the values that `percent` % of them do not exceed (nearest rank)."""
    if not values or not 0 <= percent <= 100:
        raise ValueError("percentiles need values, and a number from 0 to 100")
    rank = -(-percent * len(values) // 100)  # rounded up
    return sorted(values)[max(rank, 1) - 1]


def room(ask: Ask, lengths: Sequence[int], *, together: bool = True, times: int = 1) -> Round:
    """One student for each of `lengths` (tokens of the answer at most), all at once.

    `together` False lets one request in at a time. Of so many `times` the quickest round counts,
    since other programs only slow one down. Raises what `ask` raises.
    """
    return min((_room(ask, lengths, together) for _ in range(times)), key=lambda r: r.seconds)


def _room(ask: Ask, lengths: Sequence[int], together: bool) -> Round:
    door = threading.Semaphore(len(lengths) if together else 1)
    start = threading.Barrier(len(lengths) + 1)
    began: list[float] = []

    def student(number: int) -> Served:
        moments: list[float] = []
        start.wait()
        with door:
            tokens = ask(number, lengths[number], lambda: moments.append(time.perf_counter()))
        ends = [moment - began[0] for moment in moments] or [time.perf_counter() - began[0]]
        return Served(number, 0.0, ends[0], ends[-1], tokens)

    with ThreadPoolExecutor(len(lengths)) as pool:
        waiting = [pool.submit(student, n) for n in range(len(lengths))]
        while start.n_waiting < len(lengths):
            time.sleep(0.001)
        began.append(time.perf_counter())
        start.wait()
        served = tuple(each.result() for each in waiting)
    return Round(served, max(s.last for s in served))


@contextmanager
def over_http(target: Target, seats: int, timeout: float = 120.0) -> Iterator[Ask]:
    """Students of an endpoint, each with a connection that is open already."""
    with ExitStack() as stack:
        clients = [
            stack.enter_context(httpx.Client(timeout=timeout, headers=target.headers()))
            for _ in range(seats)
        ]

        def ask(student: int, limit: int, note: Note) -> int:
            body: dict[str, Any] = {
                **target.body(QUESTION.format(student), {"max_tokens": limit, "seed": student}),
                "stream": True,
                "stream_options": {"include_usage": True},
            }
            return _stream(clients[student], target, body, student, note)

        yield ask


def _stream(
    client: httpx.Client, target: Target, body: dict[str, Any], student: int, note: Note
) -> int:
    pieces = tokens = 0
    with client.stream("POST", target.chat, json=body) as answer:
        if answer.status_code != 200:
            answer.read()
            raise KitError(f"Student {student} was refused: {_words(answer)}.")
        for line in answer.iter_lines():
            if not line.startswith("data: {"):
                continue
            data = json.loads(line[6:])
            if any(c["delta"].get("content") for c in data.get("choices", [])):
                pieces += 1
                note()
            if data.get("usage"):
                tokens = int(data["usage"].get("completion_tokens") or 0)
    return tokens or pieces


def _words(answer: httpx.Response) -> str:
    try:
        return said_by(answer.json()) or f"HTTP {answer.status_code}"
    except ValueError:
        return f"HTTP {answer.status_code}"


@contextmanager
def in_process(path: Path, seats: int, *, context: int = 256, threads: int = 1) -> Iterator[Ask]:
    """Students of llama.cpp in this process, a slot for each; answers of exactly their length."""
    import xllamacpp

    p = xllamacpp.CommonParams()
    p.model.path = str(path)
    p.n_parallel, p.n_ctx = seats, seats * context
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = threads
    p.verbosity = -1
    p.fit_params = p.warmup = p.ui = p.endpoint_slots = False
    p.cache_ram_mib = p.n_ctx_checkpoints = 0
    try:
        server = xllamacpp.Server(p)
    except (RuntimeError, ValueError) as error:
        raise KitError(f"llama.cpp cannot load {path.name}: {error}.") from error

    def ask(student: int, limit: int, note: Note) -> int:
        body = {
            "prompt": QUESTION.format(student), "n_predict": limit, "temperature": 0,
            "ignore_eos": True, "cache_prompt": False, "stream": True,
        }  # fmt: skip

        def piece(_: Any) -> bool:
            note()
            return False

        server.handle_completions(body, piece)
        return limit

    yield ask
    # Nobody but `ask` holds the engine: it goes when the caller drops it.

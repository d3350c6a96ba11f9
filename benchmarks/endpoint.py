"""What the router costs: the embedded endpoint against the same engine called directly.

    python -m benchmarks.endpoint                         # the shipped model
    python -m benchmarks.endpoint --gguf build/bench/random-200mb.gguf --tokens 32

Both sides run the same requests (N clients at once, each asking for stories one after the other,
streamed, fixed seeds, temperature 0.8) with the same engine settings. The direct side calls
`xllamacpp` in the measuring process; the endpoint side is a child process reached over HTTP by
plain sockets, and the cost of that client on the same cores is part of the figure. Rounds of the
two sides alternate, so that a slow minute of the machine hits both.

Figures: tokens per second over all clients (from the engines' own counts), and the time to the
first token in milliseconds (median), for 1, 4, 8, 16 clients.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import heading

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Answer:
    """One streamed answer: tokens generated, seconds to the first token."""

    tokens: int
    first: float


Ask = Callable[[int], Answer]


def body(number: int, tokens: int, model: str) -> dict[str, Any]:
    """The request of both sides: a chat, streamed, all sampling settings given."""
    return {
        "model": model,
        "messages": [{"role": "user", "content": f"Tell me a story about {number} cats."}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": tokens,
        "temperature": 0.8,
        "top_k": 40,
        "top_p": 0.9,
        "seed": number,
    }


@contextmanager
def direct(gguf: Path, slots: int, threads: int, tokens: int) -> Iterator[Ask]:
    """The engine in this process, each client a thread; as many engine threads as the endpoint."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(gguf)
    params.n_parallel = slots
    params.n_ctx = 2048 * slots
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.use_jinja = True
    params.verbosity = -1
    server = xllamacpp.Server(params)

    def ask(number: int) -> Answer:
        started, first, count = time.perf_counter(), 0.0, 0

        def receive(chunk: Any) -> bool:
            nonlocal first, count
            for part in chunk if isinstance(chunk, list) else [chunk]:
                usage = part.get("usage")
                if usage:
                    count = usage["completion_tokens"]
                if not first and any(c["delta"].get("content") for c in part.get("choices", [])):
                    first = time.perf_counter() - started
            return False

        server.handle_chat_completions(body(number, tokens, "x"), receive)
        return Answer(count, first)

    yield ask


@contextmanager
def through_http(gguf: Path, slots: int, tokens: int) -> Iterator[tuple[Ask, dict[str, Any]]]:
    """The endpoint in a child process, each client a kept-alive connection; and its settings."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "SELFHOST_RUN": folder, "SELFHOST_MODELS": folder + "/models"}
        child = subprocess.Popen(
            [sys.executable, "-m", "selfhost.server", "--port", "0", "--parallel", str(slots),
             "--lease", str(os.getpid())],
            stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env,
        )  # fmt: skip
        assert child.stdout
        port = json.loads(child.stdout.readline())["port"]
        local = threading.local()

        def post(path: str, data: dict[str, Any]) -> http.client.HTTPResponse:
            if not hasattr(local, "connection"):
                local.connection = http.client.HTTPConnection("127.0.0.1", port)
            local.connection.request(
                "POST", path, json.dumps(data), {"Content-Type": "application/json"}
            )
            answer: http.client.HTTPResponse = local.connection.getresponse()
            if answer.status != 200:
                raise RuntimeError(answer.read().decode())
            return answer

        if "aprendiz" in gguf.name:
            model = "aprendiz"
        else:
            model = "bench"
            made = {"model": model, "modelfile": f"FROM {gguf.resolve()}", "stream": False}
            post("/api/create", made).read()

        once = {**body(1, 1, model), "stream": False}
        serving = json.loads(post("/v1/chat/completions", once).read())["usage"]["selfhost"][
            "serving"
        ]

        def ask(number: int) -> Answer:
            started = time.perf_counter()
            answer = post("/v1/chat/completions", body(number, tokens, model))
            first, last = 0.0, b""
            while line := answer.readline():
                if not first and b'"content":"' in line and b'"content":""' not in line:
                    first = time.perf_counter() - started
                if line.startswith(b"data: {"):
                    last = line
            usage = json.loads(last[6:])["usage"]
            return Answer(usage["completion_tokens"], first)

        try:
            yield ask, serving
        finally:
            child.terminate()
            child.wait(30)
            child.stdout.close()


def room(ask: Ask, clients: int, rounds: int) -> tuple[float, float]:
    """`clients` at once, `rounds` answers each: tokens/s over all, median ms to the first token."""
    with ThreadPoolExecutor(clients) as pool:
        started = time.perf_counter()
        answers = list(pool.map(ask, range(clients * rounds)))
        seconds = time.perf_counter() - started
    return (
        sum(a.tokens for a in answers) / seconds,
        1000 * statistics.median(a.first for a in answers),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gguf", type=Path, default=ROOT / "models/aprendiz/aprendiz-F16.gguf")
    parser.add_argument("--tokens", type=int, default=96, help="at most so many per answer")
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 4, 8, 16])
    parser.add_argument("--rounds", type=int, default=6, help="answers per client and repeat")
    parser.add_argument("--repeats", type=int, default=5, help="alternations; the median counts")
    args = parser.parse_args()
    print(heading(), f"{args.gguf.name}, {args.gguf.stat().st_size / 1e6:.0f} MB", sep="  \n")
    print("\n| clients | engine tok/s | endpoint tok/s | share | first ms | endpoint first ms |")
    print("| --- | --- | --- | --- | --- | --- |")
    slots = 8
    with (
        through_http(args.gguf, slots, args.tokens) as (b, serving),
        direct(args.gguf, slots, serving["threads"], args.tokens) as a,
    ):
        for side in (a, b):
            room(side, 2, 1)  # loaded and warm
        for clients in args.clients:
            runs = [
                (room(a, clients, args.rounds), room(b, clients, args.rounds))
                for _ in range(args.repeats)
            ]
            e, s = (statistics.median(r[i][0] for r in runs) for i in (0, 1))
            fe, fs = (statistics.median(r[i][1] for r in runs) for i in (0, 1))
            print(
                f"| {clients} | {e:.0f} | {s:.0f} | {s / e:.0%} | {fe:.1f} | {fs:.1f} |", flush=True
            )


if __name__ == "__main__":
    main()

"""The same weights through several engines: load time, memory, speed, and how batches scale.

Each engine in a process of its own (see `child`), with one thread, so that they can be compared
and a classroom's neighbours disturb little. CTranslate2's conversion is made once and kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Any

import httpx

from selfhost.errors import KitError

ENGINES = {"llama.cpp": "xllamacpp", "CTranslate2": "ctranslate2", "transformers": "transformers"}
BATCHES = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class Measured:
    """One engine. Seconds, bytes, tokens per second; `decode`: sequences -> tokens/s in all.

    `memory` is what the process grew by, libraries included (0 for an endpoint, which is another
    process); `weights` what is read for each token; both in bytes.
    """

    engine: str
    import_seconds: float
    load_seconds: float
    memory: int
    weights: int
    prompt_per_second: float
    decode: dict[int, float]

    def per_student(self, sequences: int) -> float:
        """Tokens per second that each of so many gets."""
        return self.decode[sequences] / sequences


def missing(engine: str) -> bool:
    """Is its package not installed here?"""
    needed = [ENGINES[engine], *(["torch"] if engine == "transformers" else [])]
    return any(util.find_spec(name) is None for name in needed)


def measure(
    engine: str,
    batches: Sequence[int] = BATCHES,
    *,
    tokens: int = 48,
    prompt: int = 512,
    repeats: int = 2,
    path: Path | None = None,
    timeout: float = 180,
) -> Measured:
    """One of `ENGINES` with the course's model, or llama.cpp with another GGUF file.

    Raises `KitError` in one sentence.
    """
    if engine not in ENGINES:
        raise KitError(f"There is no engine {engine!r} here.", f"one of {', '.join(ENGINES)}")
    if missing(engine):
        raise KitError(f"{engine} is not installed.", f"python -m pip install {ENGINES[engine]}")
    if engine == "CTranslate2":
        _convert(timeout)
    asked = {
        "path": str(path or ""), "engine": engine, "batches": list(batches), "tokens": tokens,
        "prompt": prompt, "repeats": repeats,
    }  # fmt: skip
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1", "HF_HUB_OFFLINE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "selfhost.serving.child", json.dumps(asked)],
            capture_output=True, timeout=timeout, check=False, env=env,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise KitError(f"{engine} took longer than {timeout:.0f} s and was ended.") from None
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    try:
        told: dict[str, Any] = json.loads(lines[-1])
    except (ValueError, IndexError):
        told = {}
    if done.returncode or "decode" not in told:
        why = told.get("error") or done.stderr.decode("utf-8", "replace").strip()[-200:]
        raise KitError(f"{engine} could not be measured: {why or 'it ended without a word'}.")
    decode = {int(n): float(speed) for n, speed in told.pop("decode")}
    return Measured(engine, decode=decode, **told)


def _convert(timeout: float) -> None:
    """CTranslate2's files, made in another process: converting takes PyTorch, running does not."""
    code = "from selfhost.engines import convert, source; convert.ctranslate2(source.shipped())"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, timeout=timeout,
        check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no word"]
        raise KitError(f"The weights could not be converted for CTranslate2: {said[-1]}")


def measure_endpoint(
    at: Any,
    batches: Sequence[int] = BATCHES,
    *,
    tokens: int = 48,
    repeats: int = 3,
    patience: float = 10.0,
) -> Measured:
    """An endpoint over HTTP, so many requests at once. `load_seconds` is the first answer's.

    With a large model a round may take long: after one of more than `patience` seconds there are
    no repeats, and no larger rounds. Raises `KitError` when the endpoint refuses.
    """
    with httpx.Client(
        base_url=at.openai_url, timeout=120, headers={"Authorization": f"Bearer {at.api_key}"},
        limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
    ) as client, ThreadPoolExecutor(max(batches)) as pool:  # fmt: skip

        def ask(number: int, text: str = "Tell me a long story.", limit: int = tokens) -> Any:
            answer = client.post("/chat/completions", json={
                "model": at.model, "messages": [{"role": "user", "content": text}],
                "max_tokens": limit, "temperature": 0.8, "seed": number,
            })  # fmt: skip
            if answer.status_code != 200:
                raise KitError(f"The endpoint refused: {answer.text[:200]}")
            return answer.json()["usage"]

        start = time.perf_counter()
        ask(0)
        first = time.perf_counter() - start
        # The number stands first: otherwise a prompt that was read before is found in the cache.
        long = " one two three four five six seven" * 70
        start = time.perf_counter()
        read = ask(1, f"{int(start)} {long}", 1)["prompt_tokens"]
        prompt = read / (time.perf_counter() - start)
        decode: dict[int, float] = {}
        for count in batches:
            took = 0.0
            for _ in range(repeats):
                written, took = _round(pool, ask, count)
                decode[count] = max(decode.get(count, 0.0), written / took)
                if took > patience:
                    break
            if took > patience:
                break
    name = "endpoint" if str(at.model).startswith("aprendiz") else f"endpoint ({at.model})"
    return Measured(name, 0.0, first, 0, 0, prompt, decode)


def _round(pool: ThreadPoolExecutor, ask: Any, sequences: int) -> tuple[int, float]:
    """So many requests at once: tokens written, seconds."""
    start = time.perf_counter()
    written = sum(u["completion_tokens"] for u in pool.map(ask, range(sequences)))
    return written, time.perf_counter() - start

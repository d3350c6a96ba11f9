"""A class of 30 students on one machine: the kit's endpoint against a serial server.

    python -m benchmarks.classroom_load                      # both models, both servers, 4 minutes
    python -m benchmarks.classroom_load --students 10 --think 5 --seconds 30 --models aprendiz

Students ask, read, think, ask again (locust, in an environment of its own that this makes in
`build/classroom-env`: 45 MB from PyPI). *Serial*: llama-cpp-python's server, one request at a time
as Ollama does unless told otherwise, `interrupt_requests` off (on, it cuts running answers).
*Endpoint*: `python -m selfhost.server`, eight slots. Both: llama.cpp, one engine thread.

Models: `aprendiz` (11 MB, in a processor's cache), and 130 MB of random weights, which come from
main memory as those of a real model do. For gemma3:1b two times are fitted to the random model's
speeds (`selfhost.serving.roofline.fit`) and scaled by bytes and parameters.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.machine import heading
from selfhost.paths import shipped_models
from selfhost.serving import heavy
from selfhost.serving.measure import measure
from selfhost.serving.roofline import fit
from selfhost.serving.students import percentile

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / "build" / "classroom-env"
PACKAGES = ("locust==2.47.0", "sse-starlette", "starlette-context")
GEMMA_BYTES, GEMMA_PARAMETERS, READING = 815e6, 1e9, 5  # Q4_K_M at Ollama; tokens/s of a reader


@dataclass(frozen=True)
class Class:
    """The class to play; `think` is the mean of the thinking time in seconds."""

    students: int
    think: float
    seconds: float
    tokens: int


def environment() -> Path:
    """Locust's interpreter; the environment is made on the first call."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "-q", str(ENVIRONMENT)], check=True)
        subprocess.run(
            [*uv, "pip", "install", "-q", "--python", str(python), *PACKAGES], check=True
        )
    return python


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serial(gguf: Path) -> Iterator[tuple[str, str]]:
    """llama-cpp-python's server: (address, model)."""
    port = free_port()
    # Its two small helpers lie in locust's environment, behind everything of this one.
    site = next(ENVIRONMENT.glob("[Ll]ib*/**/site-packages"))
    code = ("import sys, runpy; sys.path.append(sys.argv.pop(1)); "
            "runpy.run_module('llama_cpp.server', run_name='__main__')")  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, str(site), "--model", str(gguf), "--port",
         str(port), "--n_threads", "1", "--n_threads_batch", "1", "--n_ctx", "2048",
         "--interrupt_requests", "False", "--verbose", "False"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/v1/models", child)
        yield f"http://127.0.0.1:{port}", "x"
    finally:
        child.terminate()
        child.wait(30)


@contextmanager
def endpoint(gguf: Path) -> Iterator[tuple[str, str]]:
    """The kit's: (address, model)."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "SELFHOST_RUN": folder, "SELFHOST_MODELS": f"{folder}/models"}
        child = subprocess.Popen(
            [sys.executable, "-m", "selfhost.server", "--port", "0", "--parallel", "8", "--threads",
             "1", "--lease", str(os.getpid())],
            stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env,
        )  # fmt: skip
        assert child.stdout
        try:
            url = json.loads(child.stdout.readline())["url"]
            model = "aprendiz"
            if "aprendiz" not in gguf.name:
                model = "large"
                made = {"model": model, "modelfile": f"FROM {gguf}", "stream": False}
                httpx.post(f"{url}/api/create", json=made, timeout=120).raise_for_status()
            yield url, model
        finally:
            child.terminate()
            child.wait(30)
            child.stdout.close()


def _wait(url: str, child: subprocess.Popen[Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and child.poll() is None:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise RuntimeError(f"{url} did not come up (exit {child.poll()})")


def play(url: str, model: str, room: Class) -> list[dict[str, Any]]:
    """Send the class; all its answers."""
    warm = {"model": model, "max_tokens": 4, "messages": [{"role": "user", "content": "Hello"}]}
    httpx.post(f"{url}/v1/chat/completions", json=warm, timeout=120).raise_for_status()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rows.json"
        env = {
            **os.environ, "CLASS_MODEL": model, "CLASS_THINK": str(room.think),
            "CLASS_TOKENS": str(room.tokens), "CLASS_OUT": str(out),
        }  # fmt: skip
        subprocess.run(
            [str(environment()), "-m", "locust", "-f", str(ROOT / "benchmarks/locust_class.py"),
             "--headless", "--host", url, "-u", str(room.students), "-r", str(room.students),
             "-t", f"{room.seconds:.0f}s", "--stop-timeout", "120", "--only-summary",
             "--loglevel", "ERROR"],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        rows: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))
        return rows


def line(model: str, server: str, rows: list[dict[str, Any]]) -> str:
    """One row of the table."""
    good = [row for row in rows if row["whole"] and row["first"] is not None]
    if not good:
        return f"| {model} | {server} | 0 | {len(rows)} | | | | |"
    first = [1000 * row["first"] for row in good]
    speed = [(row["tokens"] - 1) / row["writing"] for row in good if row["writing"] > 0]
    cells = [
        model, server, str(len(good)), str(len(rows) - len(good)),
        f"{percentile(first, 50):.0f}", f"{percentile(first, 95):.0f}",
        f"{percentile(speed, 50):.0f}" if speed else "",
        f"{percentile(speed, 5):.0f}" if speed else "",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--think", type=float, default=10.0, help="mean thinking time, seconds")
    parser.add_argument("--seconds", type=float, default=50.0, help="length of each run")
    parser.add_argument("--tokens", type=int, default=100, help="longest answer")
    parser.add_argument("--models", nargs="*", default=["aprendiz", "random"])
    args = parser.parse_args()
    room = Class(args.students, args.think, args.seconds, args.tokens)
    environment()
    files = {"aprendiz": shipped_models() / "aprendiz/aprendiz-F16.gguf", "random": heavy.path()}
    print(heading(), f"{room.students} students, thinking {room.think:g} s, answers of at most "
          f"{room.tokens} tokens, {room.seconds:g} s per run", sep="  \n")  # fmt: skip
    head = ("model", "server", "answers", "failed", "first word ms, p50", "p95",
            "a student's tokens/s, p50", "p5")  # fmt: skip
    print("\n| " + " | ".join(head) + " |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for model in args.models:
        for name, server in (("serial", serial), ("endpoint", endpoint)):
            with server(files[model]) as (url, served):
                print(line(model, name, play(url, served, room)), flush=True)
    print("\n" + estimate())


def estimate() -> str:
    """How many students gemma3:1b would serve here, by the two fitted times."""
    path = heavy.path()
    large = measure("llama.cpp", tokens=16, prompt=64, repeats=3, path=path)
    step = fit(large.decode)
    big = step.scaled(GEMMA_BYTES / path.stat().st_size,
                      GEMMA_PARAMETERS / heavy.parameters())  # fmt: skip
    totals = ", ".join(f"{n}: {speed:.0f}" for n, speed in large.decode.items())
    return (
        f"Random weights, tokens/s of processor time by sequences at once: {totals}. Fitted: "
        f"{1000 * step.reading:.2f} ms to read the weights, {1000 * step.sequence:.2f} ms per "
        "sequence. "
        f"gemma3:1b (815 MB, 1 B parameters), one thread: {big.total(1):.1f} tokens/s alone, "
        f"{big.students(READING)} students being answered at once at {READING} tokens/s each."
    )


if __name__ == "__main__":
    main()

"""What an experiment costs: `selfhost.determinism.runner` against a plain loop over its client.

    python -m benchmarks.harness

Both sides ask the same server for the same generations through the same `HttpClient`, seeds and
log-probabilities included; the experiment also hashes, writes and flushes a line for each. Then the
same grid eight at a time (`Condition(together=8)`). Rounds of the sides alternate, so that a slow
minute of the machine hits all of them; the median counts. On a busy machine even pairs differ by
tens of percent, so the measuring process's own processor time per generation is printed too, and
the harness's own cost is measured once more with a client that answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import heading
from selfhost.determinism.clients import Generation, HttpClient
from selfhost.determinism.experiment import Condition, Experiment
from selfhost.determinism.runner import run

TOPICS = ("a cat", "the sea", "a fox", "the rain", "a king", "a tree", "a ship", "the moon")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The embedded endpoint in a child process; its address."""
    env = {**os.environ, "SELFHOST_RUN": str(folder), "SELFHOST_MODELS": str(folder / "models")}
    child = subprocess.Popen(
        [sys.executable, "-m", "selfhost.server", "--port", "0", "--lease", str(os.getpid())],
        stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env,
    )  # fmt: skip
    assert child.stdout
    try:
        yield json.loads(child.stdout.readline())["url"]
    finally:
        child.terminate()
        child.wait(30)
        child.stdout.close()


def grid(together: int, repeats: int, tokens: int) -> Experiment:
    """Stories about eight things, drawn at temperature 0.8, `repeats` times."""
    return Experiment(
        tuple(f"Tell me a story about {topic}." for topic in TOPICS),
        {"drawn": {"temperature": 0.8, "top_k": 40, "top_p": 0.9, "seed": 7}},
        (Condition("bench", together=together),),
        repeats=repeats,
        num_predict=tokens,
    )


@dataclass(frozen=True)
class Cost:
    """`rate`: generations per second; `own`: ms of this process's processor time for each."""

    rate: float
    own: float


def timed(work: Callable[[], object], count: int) -> Cost:
    """Do it once."""
    started, own = time.perf_counter(), time.process_time()
    work()
    own = time.process_time() - own
    return Cost(count / (time.perf_counter() - started), 1000 * own / count)


def loop(client: HttpClient, experiment: Experiment) -> Cost:
    """The plain loop."""

    def work() -> None:
        for cell in experiment.cells():
            client.ask(cell.prompt, experiment.options(cell))

    return timed(work, len(experiment))


def harness(client: Any, experiment: Experiment, folder: Path) -> Cost:
    """The experiment, written to a fresh file."""
    path = folder / "bench.jsonl"
    path.unlink(missing_ok=True)
    return timed(lambda: run(experiment, client, path), len(experiment))


class AtOnce:
    """A client that needs no time: what remains is the harness."""

    def __init__(self, tokens: int) -> None:
        words = ["token"] * tokens
        self.answer = Generation(
            " ".join(words), words, [-0.1] * tokens, [words[:5]] * tokens, "stop", 0.0, {"seed": 7}
        )

    def ask(self, prompt: str, options: Any, **_: Any) -> Generation:
        """Always the same answer."""
        return self.answer

    def neighbours(self, count: int) -> Any:
        """Nobody."""
        raise NotImplementedError


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tokens", type=int, default=48, help="at most so many per answer")
    parser.add_argument("--repeats", type=int, default=6, help="of the eight prompts, per round")
    parser.add_argument("--rounds", type=int, default=9, help="alternations; the median counts")
    args = parser.parse_args()
    print(heading())
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as url:
        folder, client = Path(name), HttpClient(url, "aprendiz")
        one, eight = (grid(n, args.repeats, args.tokens) for n in (1, 8))
        loop(client, one)  # loaded and warm
        rounds = [
            (loop(client, one), harness(client, one, folder), harness(client, eight, folder))
            for _ in range(args.rounds)
        ]
        alone = statistics.median(
            1000 / harness(AtOnce(args.tokens), one, folder).rate for _ in range(args.rounds)
        )
        client.close()
    plain, made, together = (
        Cost(*(statistics.median(getattr(r[i], f) for r in rounds) for f in ("rate", "own")))
        for i in range(3)
    )
    pairs = statistics.median(b.rate / a.rate for a, b, _ in rounds)
    print("\n| | generations/s | against the loop | own processor time, ms each |")
    print("| --- | --- | --- | --- |")
    print(f"| plain loop over the client | {plain.rate:.1f} | | {plain.own:.2f} |")
    print(f"| experiment | {made.rate:.1f} | {pairs:.1%} (median of pairs) | {made.own:.2f} |")
    factor = together.rate / plain.rate
    print(f"| eight together | {together.rate:.1f} | {factor:.2f} times | {together.own:.2f} |")
    share = alone / (1000 / plain.rate)
    print(f"\nThe harness alone: {alone:.3f} ms per generation, {share:.2%} of the loop's.")


if __name__ == "__main__":
    main()

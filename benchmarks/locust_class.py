"""The class that `benchmarks.classroom_load` sends: a locustfile, run in an environment of its own.

Each user is a student: asks, reads the streamed answer, thinks, asks again. Noted for each answer:
milliseconds to the first word, tokens per second while it is written, and whether it came whole.
Settings come in `CLASS_*` variables; the raw values are written to `CLASS_OUT` as JSON.
"""

import json
import os
import pathlib
import random
import time

from locust import HttpUser, events, task

MODEL = os.environ["CLASS_MODEL"]
KEY = os.environ.get("CLASS_KEY", "none")
THINK = float(os.environ["CLASS_THINK"])
TOKENS = int(os.environ["CLASS_TOKENS"])
QUESTION = "Tell me a story about {}."
TOPICS = ("cats", "a lighthouse", "the moon", "two friends", "a lost key", "un gato", "la luna")
rows = []


class Student(HttpUser):
    """One of them."""

    def wait_time(self) -> float:
        """Thinking: exponential, at most four times the mean, as people do not wait for ever."""
        return min(random.expovariate(1 / THINK), 4 * THINK) if THINK else 0

    def on_start(self) -> None:
        """Not all in the same moment: they come in during the first thinking time."""
        time.sleep(random.uniform(0, THINK))

    @task
    def ask(self) -> None:
        """One question, one streamed answer."""
        body = {
            "model": MODEL, "max_tokens": TOKENS, "stream": True, "temperature": 0.8,
            "messages": [{"role": "user", "content": QUESTION.format(random.choice(TOPICS))}],
        }  # fmt: skip
        begun, first, last, pieces, whole = time.perf_counter(), None, None, 0, False
        head = {"Authorization": f"Bearer {KEY}"}
        with self.client.post(
            "/v1/chat/completions", json=body, headers=head, stream=True, catch_response=True,
            name="answer", timeout=600,
        ) as answer:  # fmt: skip
            try:
                for line in answer.iter_lines():
                    if line == b"data: [DONE]":
                        whole = True
                    elif line.startswith(b"data: {") and _says_something(line):
                        last = time.perf_counter()
                        first = first or last
                        pieces += 1
            except Exception as error:
                answer.failure(f"cut off: {type(error).__name__}")
            if answer.status_code != 200 or not whole:
                answer.failure(f"HTTP {answer.status_code}, whole: {whole}")
            else:
                answer.success()
        rows.append({
            "whole": whole, "status": answer.status_code, "tokens": pieces,
            "first": None if first is None else first - begun,
            "writing": None if first is None else last - first,
        })  # fmt: skip


def _says_something(line: bytes) -> bool:
    return any(choice["delta"].get("content") for choice in json.loads(line[6:])["choices"])


@events.test_stop.add_listener
def write(**_kwargs: object) -> None:
    """Everything, for the parent."""
    with pathlib.Path(os.environ["CLASS_OUT"]).open("w", encoding="utf-8") as file:
        json.dump(rows, file)

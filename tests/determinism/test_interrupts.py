"""A run that is really killed, a server that really goes and comes back, answers made together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from selfhost import KitError
from selfhost.determinism.clients import HttpClient
from selfhost.determinism.experiment import Condition, Experiment
from selfhost.determinism.runner import load, run

GRID = Experiment(
    ("What is the capital of France?", "Tell me a story."),
    {"seeded": {"temperature": 0.8, "seed": 7}},
    (Condition("pinned", reproducible=True),),
    repeats=4,
    num_predict=12,
)
# Slowed down, so that the kill comes in between on any machine.
SCRIPT = """
import json, sys, time
from pathlib import Path
from selfhost.determinism.clients import HttpClient
from selfhost.determinism.experiment import Experiment
from selfhost.determinism.runner import run
url, path, grid = sys.argv[1:]
run(Experiment.from_dict(json.loads(grid)), HttpClient(url, "aprendiz"), Path(path),
    progress=lambda *_: time.sleep(0.3))
"""


def made(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What does not depend on the clock."""
    return [(r["key"], r["text"], tuple(r["tokens"]), tuple(r["logprobs"])) for r in rows]


@pytest.fixture()
def client(server: Any) -> Any:
    one = HttpClient(server.url, server.model)
    yield one
    one.close()


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX signal")
def test_kill_9_and_once_more_give_the_same_table(
    server: Any, client: HttpClient, tmp_path: Path
) -> None:
    path = tmp_path / "killed.jsonl"
    child = subprocess.Popen([
        sys.executable,
        "-c",
        SCRIPT,
        server.url,
        str(path),
        json.dumps(GRID.as_dict()),
    ])
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end and len(load(path) if path.exists() else []) < 3:
            time.sleep(0.02)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(30)
    done = len(load(path, GRID))
    assert 3 <= done < len(GRID)
    before = path.read_bytes()
    resumed = run(GRID, client, path)
    assert path.read_bytes().startswith(before), "what was there was made again"
    assert made(resumed) == made(run(GRID, client, tmp_path / "whole.jsonl"))


def test_a_server_that_comes_back_is_gone_on_with(
    own_server: Any, client: HttpClient, tmp_path: Path
) -> None:
    child, url = own_server
    gone = HttpClient(url, "aprendiz")
    path = tmp_path / "a.jsonl"

    def kill(done: int, _: int) -> None:
        if done == 3:
            child.kill()
            child.wait()

    with pytest.raises(KitError, match="after 3 of 8 generations"):
        run(GRID, gone, path, progress=kill)
    gone.close()
    # Another port, as after a restart: the rows do not care where they came from.
    assert made(run(GRID, client, path)) == made(run(GRID, client, tmp_path / "whole.jsonl"))


def test_together_asks_for_as_many_at_once_and_keeps_the_order(tmp_path: Path) -> None:
    import threading

    from selfhost.determinism.clients import Generation

    class Counting:
        def __init__(self) -> None:
            self.now = self.most = 0
            self.lock = threading.Lock()

        def ask(self, prompt: str, options: dict[str, Any], **_: Any) -> Generation:
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(0.05 if prompt == "0" else 0.01)  # the first is the slowest
            with self.lock:
                self.now -= 1
            return Generation(prompt, [prompt], [0.0], [[prompt]], "stop", 0.01)

        def neighbours(self, count: int) -> Any:
            raise AssertionError(count)

    grid = Experiment(
        tuple(map(str, range(7))), {"none": {}}, (Condition("four", together=4),), repeats=2
    )
    counting = Counting()
    path = tmp_path / "a.jsonl"
    rows = run(grid, counting, path)
    assert counting.most == 4
    assert [row["key"] for row in rows] == [cell.key for cell in grid.cells()]
    assert [row["key"] for row in load(path)] == [cell.key for cell in grid.cells()]


def test_an_error_among_those_together_keeps_what_came_before(tmp_path: Path) -> None:
    import httpx

    from selfhost.determinism.clients import Generation

    class Dying:
        asked = 0

        def ask(self, prompt: str, options: dict[str, Any], **_: Any) -> Generation:
            self.asked += 1
            if int(prompt) >= 5:
                raise httpx.ConnectError("gone")
            return Generation(prompt, [], [], [], "stop", 0.01)

        def neighbours(self, count: int) -> Any:
            raise AssertionError(count)

    grid = Experiment(
        tuple(map(str, range(40))), {"none": {}}, (Condition("four", together=4),), repeats=1
    )
    dying, path = Dying(), tmp_path / "a.jsonl"
    with pytest.raises(KitError, match="after 5 of 40 generations"):
        run(grid, dying, path)
    assert len(load(path)) == 5
    assert dying.asked < 12, "requests went on after the server was gone"


def test_together_against_a_real_server(client: HttpClient, tmp_path: Path) -> None:
    grid = Experiment(
        ("What is the capital of France?", "What is the capital of Peru?", "Hello!"),
        {"greedy": {"temperature": 0, "top_k": 1}}, (Condition("four", together=4),), repeats=2,
        num_predict=8,
    )  # fmt: skip
    rows = run(grid, client, tmp_path / "a.jsonl")
    assert len(rows) == 6
    assert "Paris" in rows[0]["text"]
    assert "Lima" in rows[1]["text"]


def test_older_cards_keep_their_meaning() -> None:
    plain = Experiment(("a",), {"s": {}}, (Condition("x", reproducible=True),))
    assert "together" not in plain.as_dict()["conditions"][0]
    assert Experiment.from_dict(plain.as_dict()).digest == plain.digest
    four = Experiment(("a",), {"s": {}}, (Condition("x", together=4),))
    assert Experiment.from_dict(four.as_dict()) == four
    assert four.digest != plain.digest


@pytest.mark.parametrize(
    "wrong", [{"together": 0}, {"neighbours": -1}, {"together": 2, "reproducible": True}]
)
def test_conditions_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(KitError):
        Condition("x", **wrong)

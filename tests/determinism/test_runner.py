"""Experiments against a real endpoint: complete, resumed, cut off, and the server gone halfway."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from selfhost import KitError
from selfhost.determinism import agreement
from selfhost.determinism.clients import HttpClient
from selfhost.determinism.experiment import Condition, Experiment
from selfhost.determinism.runner import experiment_of, load, run, table

GRID = Experiment(
    prompts=("What is the capital of France?", "¿Cuál es la capital de Italia?"),
    settings={
        "greedy": {"temperature": 0, "top_k": 1, "seed": 1},
        "seeded": {"temperature": 0.8, "seed": 7},
    },
    conditions=(Condition("pinned", reproducible=True),),
    repeats=3,
    num_predict=12,
)


def made(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What does not depend on the clock."""
    return [(r["key"], r["text"], tuple(r["tokens"]), tuple(r["logprobs"])) for r in rows]


@pytest.fixture()
def client(server: Any) -> Any:
    one = HttpClient(server.url, server.model)
    yield one
    one.close()


def test_the_grid_names_every_generation_once() -> None:
    keys = [cell.key for cell in GRID.cells()]
    assert len(keys) == len(set(keys)) == len(GRID) == 12
    assert [cell.repeat for cell in GRID.cells()] == sorted(cell.repeat for cell in GRID.cells())
    again = Experiment.from_dict(json.loads(json.dumps(GRID.as_dict())))
    assert again.digest == GRID.digest and list(again.cells()) == list(GRID.cells())


@pytest.mark.parametrize(
    "wrong", [{}, {"prompts": []}, {"prompts": ["a"], "settings": {}}, {"x": 1}]
)
def test_what_is_no_grid_is_refused_in_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(KitError):
        Experiment.from_dict(wrong)


def test_pinned_runs_repeat_and_say_what_was_in_force(client: HttpClient, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    rows = run(GRID, client, tmp_path / "a.jsonl", progress=lambda n, of: seen.append((n, of)))
    assert seen == [(n, 12) for n in range(1, 13)]
    for setting in GRID.settings:
        for prompt in GRID.prompts:
            same = [r["text"] for r in rows if (r["setting"], r["prompt"]) == (setting, prompt)]
            assert len(same) == 3 and agreement(same).rate == 1.0
    for row in rows:
        assert len(row["tokens"]) == len(row["logprobs"]) == len(row["top5"]) > 0
        assert "".join(row["tokens"]).strip().startswith(row["text"].strip()[:8])
        assert row["in_force"]["temperature"] == row["asked"]["temperature"]
        assert row["seconds"] > 0 and row["finish"] in {"stop", "length"}
        assert all(len(five) == 5 for five in row["top5"])
    frame = table(rows)
    assert len(frame) == 12 and set(frame["setting"]) == {"greedy", "seeded"}
    assert experiment_of(tmp_path / "a.jsonl") == GRID


def test_a_killed_run_goes_on_and_ends_with_the_same_table(
    client: HttpClient, tmp_path: Path
) -> None:
    whole = run(GRID, client, tmp_path / "whole.jsonl")

    class Killed(Exception):
        pass

    def kill(done: int, _: int) -> None:
        if done == 5:
            raise Killed

    path = tmp_path / "cut.jsonl"
    with pytest.raises(Killed):
        run(GRID, client, path, progress=kill)
    with path.open("a", encoding="utf-8") as file:  # the power went while a line was written
        file.write('{"key": "half')
    assert len(load(path)) == 5
    assert made(run(GRID, client, path)) == made(whole)
    before = path.read_bytes()
    assert made(run(GRID, client, path)) == made(whole)  # nothing left to do
    assert path.read_bytes() == before


def test_another_experiments_file_is_not_touched(client: HttpClient, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    one = Experiment(("Hello",), {"greedy": {"temperature": 0}}, repeats=1, num_predict=2)
    run(one, client, path)
    before = path.read_bytes()
    with pytest.raises(KitError, match="another experiment"):
        run(GRID, client, path)
    assert path.read_bytes() == before


def test_neighbours_share_the_engine_and_leave(client: HttpClient, server: Any) -> None:
    import httpx

    def active() -> int:
        return int(httpx.get(server.url + "/selfhost/info").json()["active"])

    def reaches(count: int) -> bool:
        """A neighbour that has ended its story begins another, so a look may come in between."""
        for _ in range(200):
            if active() == count:
                return True
            time.sleep(0.02)
        return False

    with client.neighbours(3):
        assert reaches(3)
        answer = client.ask("What is the capital of France?", {"temperature": 0, "num_predict": 8})
        assert answer.tokens
    assert reaches(0)


@pytest.mark.parametrize("api", ["ollama", "openai"])
def test_both_apis_give_the_same_greedy_tokens(server: Any, api: str) -> None:
    client = HttpClient(server.url, server.model, api=api)
    try:
        options = {"temperature": 0, "top_k": 1, "seed": 1, "num_predict": 8}
        answer = client.ask("What is the capital of France?", options, reproducible=True)
    finally:
        client.close()
    assert "Paris" in answer.text and answer.in_force and answer.in_force["temperature"] == 0
    assert answer.tokens and max(answer.logprobs) <= 1e-6


def test_a_server_that_dies_halfway_keeps_what_is_done(own_server: Any, tmp_path: Path) -> None:
    child, url = own_server
    client = HttpClient(url, "aprendiz")
    path = tmp_path / "a.jsonl"

    def kill(done: int, _: int) -> None:
        if done == 4:
            child.kill()
            child.wait()

    with pytest.raises(KitError, match="after 4 of 12 generations") as error:
        run(GRID, client, path, progress=kill)
    assert "run the same cell again" in str(error.value) and "\n" not in str(error.value)
    assert len(load(path)) == 4
    client.close()

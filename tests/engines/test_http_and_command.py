"""Engines behind HTTP, against a real endpoint; and the command, as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from selfhost import engines
from selfhost.engines.http import Http, given
from selfhost.errors import KitError

pytestmark = pytest.mark.usefixtures("store")


def test_a_pinned_endpoint_gives_what_the_engine_gives_in_process(
    server: Any, items: list[engines.Item], prompts: list[engines.Prompt]
) -> None:
    with engines.open_engine(f"served={server.url}#aprendiz") as engine:
        assert engine.name == "served"
        over_http = engine.generate_all(prompts)
        card = engines.run(engine, items[:1]).card
    with engines.open_engine("llama.cpp/F16") as engine:
        in_process = engine.generate_all(prompts)
    assert [a.tokens for a in over_http] == [a.tokens for a in in_process]
    assert [a.text for a in over_http] == [a.text for a in in_process]
    assert all(t == top[0] for a in over_http for t, top in zip(a.tokens, a.top5, strict=True))
    assert card.settings["repeat_penalty"].value == 1.0
    assert card.settings["temperature"].origin == "request"
    assert card.serving.reproducible_mode is True


def test_defaults_are_the_servers_own(server: Any, items: list[engines.Item]) -> None:
    with engines.open_engine(f"served/defaults={server.url}#aprendiz") as engine:
        card = engines.run(engine, items[:1]).card
    assert card.settings["temperature"].value == 0.8
    assert card.settings["temperature"].origin == "default"


def test_the_openai_api_serves_as_well(
    server: Any, source: engines.Source, prompts: list[engines.Prompt]
) -> None:
    at = given(f"{server.url}/v1")
    at.apis = ("openai",)
    engine = Http(at, source, name="openai")
    made = engine.generate(prompts[0])
    engine.close()
    with engines.open_engine("llama.cpp/F16") as inside:
        assert made.tokens == inside.generate(prompts[0]).tokens


def test_what_is_no_server_is_said_in_one_sentence(source: engines.Source) -> None:
    with pytest.raises(KitError, match=r"No model server answers at http://127\.0\.0\.1:9"):
        engines.open_engine("vllm=http://127.0.0.1:9")


def test_an_endpoint_takes_messages_only(server: Any) -> None:
    with (
        engines.open_engine(f"served={server.url}") as engine,
        pytest.raises(KitError, match="takes messages, not token ids"),
    ):
        engine.generate([2, 4, 5])


def test_a_server_that_goes_away_says_how_far_it_came(
    own_server: Any, prompts: list[engines.Prompt]
) -> None:
    process, url = own_server
    with engines.open_engine(f"served={url}") as engine:

        def stop(_label: str, done: int, _total: int) -> None:
            if done == 2:
                process.kill()
                process.wait()

        with pytest.raises(KitError, match=f"after 2 of {len(prompts)} prompts"):
            engine.generate_all(prompts, progress=stop)


def _command(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "selfhost", "engines", *arguments], capture_output=True, text=True,
        encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"}, cwd=folder, timeout=300,
    )  # fmt: skip


def test_list_names_all_of_them(tmp_path: Path) -> None:
    done = _command("list", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    names = {each["name"] for each in json.loads(done.stdout)["engines"]}
    assert names == {*engines.KNOWN, *engines.ENDPOINT}


def test_run_and_compare(tmp_path: Path, server: Any) -> None:
    done = _command(
        "run", "--engine", "llama.cpp/F16", "--engine", "llama.cpp/Q8_0", "--engine",
        f"served={server.url}#aprendiz", "--items", "2", "--set", "capitals", "--set", "arith",
        "--json", folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["reference"] == "llama.cpp/F16"
    assert result["items"] == 4
    assert result["runs"][0]["measures"]["disagreement_rate"] == 0
    kept = sorted(path.name for path in (tmp_path / "engines-runs").glob("*.jsonl"))
    assert kept == ["llama.cpp-F16.jsonl", "llama.cpp-Q8_0.jsonl", "served.jsonl"]
    files = [str(tmp_path / "engines-runs" / name) for name in kept[:2]]
    again = _command("compare", *files, folder=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "llama.cpp/Q8_0" in again.stdout
    assert "output disagreement rate: (1/N)" in again.stdout


def test_a_wrong_name_is_a_sentence(tmp_path: Path) -> None:
    for arguments in (["run", "--engine", "abacus"], ["run", "--rendering", "upside down"]):
        done = _command(*arguments, folder=tmp_path)
        assert done.returncode == 2 or done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "There is no" in done.stderr


def test_a_card_of_an_engine_here_is_replayed_through_the_endpoint(
    server: Any, tmp_path: Path
) -> None:
    from types import SimpleNamespace

    from selfhost.determinism.experiment import Experiment
    from selfhost.determinism.replay import replay
    from selfhost.determinism.runner import run
    from selfhost.engines.client import InProcess

    greedy = {"temperature": 0, "top_k": 1, "repeat_penalty": 1.0}
    grid = Experiment(("What is the capital of Peru?", "Hello!"), {"greedy": greedy}, repeats=1)
    with engines.open_engine("llama.cpp/F16") as engine:
        client = InProcess(engine)
        card = client.card(grid, run(grid, client, tmp_path / "a.jsonl"))
    at = SimpleNamespace(
        ollama_url=server.url, model="aprendiz", api_key="ollama", apis=("ollama", "openai")
    )
    found = replay(card, at, tmp_path / "b.jsonl")
    assert found.sentence() == "All 2 generations are the same here, byte for byte."
    fields = {difference.field for difference in found.fields}
    assert "model.sha256" not in fields
    assert "serving.api" in fields


def test_an_experiment_runs_in_process(tmp_path: Path) -> None:
    """The same runner, the same file, an engine instead of an endpoint."""
    from selfhost.determinism.experiment import Condition, Experiment
    from selfhost.determinism.runner import load, run
    from selfhost.engines.client import InProcess

    grid = Experiment(
        ("What is the capital of Peru?",),
        {"greedy": {"temperature": 0}, "seeded": {"temperature": 1.0, "seed": 3, "top_p": 1.0}},
        repeats=2,
        num_predict=8,
    )
    with engines.open_engine("llama.cpp/F16") as engine:
        client = InProcess(engine)
        rows = run(grid, client, tmp_path / "a.jsonl")
        around = Experiment(("Hi",), {"s": {}}, (Condition("crowd", neighbours=2),), repeats=1)
        with pytest.raises(KitError, match="has no neighbours"):
            run(around, client, tmp_path / "b.jsonl")
        with pytest.raises(KitError, match="knows mirostat"):
            client.ask("Hi", {"mirostat": 1})
    assert load(tmp_path / "a.jsonl") == json.loads(json.dumps(rows))
    assert rows[0]["text"] == rows[2]["text"] == "".join(rows[0]["tokens"])
    assert "Lima" in rows[0]["text"]
    assert rows[1]["text"] == rows[3]["text"]
    assert rows[1]["in_force"]["seed"] == 3


@pytest.fixture()
def strict() -> Any:
    """A server of OpenAI's kind that refuses what it does not know and tells no probabilities."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    bodies: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, data: dict[str, Any]) -> None:
            text = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_GET(self) -> None:
            if self.path == "/v1/models":
                self._answer(200, {"data": [{"id": "strict-1"}]})
            else:
                self._answer(404, {"error": {"message": "not found"}})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            bodies.append(body)
            unknown = {"top_k", "min_p", "repeat_penalty", "repetition_penalty"} & body.keys()
            if unknown:
                self._answer(400, {"error": {"message": f"unknown: {sorted(unknown)}"}})
                return
            message = {"role": "assistant", "content": "Lima."}
            self._answer(200, {"choices": [{"message": message, "finish_reason": "stop"}]})

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", bodies
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_strict_server_is_asked_without_what_it_does_not_know(
    strict: Any, prompts: list[engines.Prompt]
) -> None:
    import math

    url, bodies = strict
    with engines.open_engine(f"strict={url}/v1") as engine:
        first, second = engine.generate_all(prompts[:2])
    assert first.text == second.text == "Lima."
    assert first.tokens and all(math.isnan(p) for p in first.logprobs)
    assert [sorted({"top_k", "repetition_penalty"} & set(b)) for b in bodies] == [
        ["repetition_penalty", "top_k"], [], [],
    ]  # fmt: skip
    assert all(b["model"] == "strict-1" and b["temperature"] == 0 for b in bodies)


def test_defaults_send_nothing_but_the_length(strict: Any, prompts: list[engines.Prompt]) -> None:
    url, bodies = strict
    with engines.open_engine(f"strict/defaults={url}#strict-1") as engine:
        engine.generate(prompts[0])
    sent = set(bodies[0]) - {"model", "messages", "logprobs", "top_logprobs"}
    assert sent == {"max_tokens"}


def test_a_run_without_probabilities_can_still_be_compared(
    strict: Any, items: list[engines.Item], tmp_path: Path
) -> None:
    url, _ = strict
    with engines.open_engine(f"strict={url}") as engine:
        made = engines.run(engine, items)
    again = engines.load(engines.save(made, tmp_path))
    found = engines.against(again, again).as_dict()
    assert found["disagreement_rate"] == 0
    assert found["rmse_top1_logprob"] is None
    assert made.card.model.sha256 == "unknown"

"""Cards of a real endpoint, as bills of materials, and replayed on another one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from selfhost import KitError, stackcard
from selfhost.determinism.clients import HttpClient
from selfhost.determinism.experiment import Condition, Experiment
from selfhost.determinism.replay import card_for, replay, with_run
from selfhost.determinism.runner import run
from selfhost.stackcard.bom import cyclonedx

GRID = Experiment(
    ("What is the capital of France?", "Hola"),
    {"greedy": {"temperature": 0, "top_k": 1, "seed": 1}},
    (Condition("pinned", reproducible=True),),
    repeats=2,
    num_predict=8,
)


@pytest.fixture()
def at(server: Any) -> Any:
    return SimpleNamespace(
        ollama_url=server.url, model=server.model, api_key="ollama", apis=("ollama", "openai")
    )


def test_the_embedded_endpoint_tells_everything_that_is_in_force(at: Any) -> None:
    card = stackcard.collect(at, asked={"temperature": 0.3})
    assert card.engine.name == "llama.cpp" and "xllamacpp" in card.engine.package
    assert card.model.sha256 != "unknown" and card.model.architecture == "gemma3"
    assert card.settings["temperature"].value == 0.3
    assert card.settings["temperature"].origin == "request"
    assert card.settings["top_k"].value == 40 and card.settings["top_k"].origin == "default"
    serving = card.serving.model_dump()
    unknown = [name for name, value in serving.items() if value == "unknown"]
    assert not unknown, f"the embedded endpoint does not tell: {unknown}"
    assert card.hardware.cpu != "unknown" and card.engine.build


def test_reproducible_mode_is_on_the_card(at: Any) -> None:
    card = stackcard.collect(at, reproducible=True)
    assert card.serving.reproducible_mode is True and card.serving.prompt_cache is False
    assert card.serving.parallel_slots == 1


def test_a_bill_of_materials_is_valid_cyclonedx(at: Any) -> None:
    text = cyclonedx(stackcard.collect(at))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    data = json.loads(text)
    model = data["metadata"]["component"]
    assert model["type"] == "machine-learning-model" and model["hashes"][0]["alg"] == "SHA-256"
    assert any(c["name"] == "llama.cpp" for c in data["components"])
    names = {p["name"] for p in data["metadata"]["properties"]}
    assert "selfhost:settings:temperature" in names


def test_an_experiment_replays_byte_for_byte_here(at: Any, tmp_path: Path) -> None:
    client = HttpClient.of(at)
    rows = run(GRID, client, tmp_path / "first.jsonl")
    client.close()
    path = tmp_path / "card.json"
    stackcard.write(with_run(stackcard.collect(at), GRID, rows), path)
    found = replay(stackcard.read(path), at, tmp_path / "second.jsonl")
    assert len(found.same) == 4 and not found.other
    assert "All 4 generations are the same" in found.sentence()


def test_a_replay_that_differs_names_a_field(at: Any, tmp_path: Path) -> None:
    client = HttpClient.of(at)
    rows = run(GRID, client, tmp_path / "first.jsonl")
    client.close()
    theirs = with_run(card_for(at, GRID), GRID, rows)
    quantized = SimpleNamespace(**{**vars(at), "model": "aprendiz:q8_0"})
    found = replay(theirs, quantized, tmp_path / "other.jsonl")
    fields = [d.field for d in found.fields]
    assert fields[0] == "model.sha256" and any(f.startswith("model.quantization") for f in fields)
    if found.other:
        assert "model.sha256" in found.sentence()


def test_a_card_without_an_experiment_cannot_be_replayed(at: Any, tmp_path: Path) -> None:
    with pytest.raises(KitError, match="holds no experiment"):
        replay(stackcard.collect(at), at, tmp_path / "x.jsonl")


def test_an_endpoint_that_is_not_there_is_one_sentence() -> None:
    nobody = SimpleNamespace(
        ollama_url="http://127.0.0.1:9", model="x", api_key="", apis=("ollama",)
    )
    with pytest.raises(KitError, match="does not answer"):
        stackcard.collect(nobody)


def test_the_command_compares_two_cards(at: Any, tmp_path: Path) -> None:
    card = stackcard.collect(at)
    a, b = tmp_path / "a.json", tmp_path / "b.json"
    stackcard.write(card, a)
    other = card.model.model_copy(update={"sha256": "0" * 64})
    stackcard.write(card.model_copy(update={"model": other}), b)
    done = subprocess.run(
        [sys.executable, "-m", "selfhost", "stackcard", "diff", str(a), str(b), "--json"],
        capture_output=True, text=True, encoding="utf-8", check=True, timeout=60,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert [d["field"] for d in told["differences"]] == ["model.sha256"]
    assert "model.sha256" in told["reason"]

"""A card made here is replayed by another checkout, in a process that shares nothing with this."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from selfhost import stackcard
from selfhost.determinism.clients import HttpClient
from selfhost.determinism.experiment import Condition, Experiment
from selfhost.determinism.replay import card_for, with_run
from selfhost.determinism.runner import run

ROOT = Path(__file__).resolve().parents[2]
GRID = Experiment(
    ("Tell me a story.", "Why is the sky blue?"),
    {"pinned": {"temperature": 0, "top_k": 1, "seed": 7, "repeat_penalty": 1.0}},
    (Condition("alone", reproducible=True),),
    repeats=2,
    num_predict=24,
)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and the shipped model, copied to another folder: another clone."""
    folder = tmp_path_factory.mktemp("another") / "checkout"
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    model = folder / "models" / "aprendiz"
    model.mkdir(parents=True)
    for path in (ROOT / "models" / "aprendiz").iterdir():
        if path.is_file():
            shutil.copy(path, model / path.name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def card(server: Any, tmp_path_factory: pytest.TempPathFactory) -> stackcard.Card:
    at = SimpleNamespace(
        ollama_url=server.url, model="aprendiz", api_key="ollama", apis=("ollama", "openai")
    )
    client = HttpClient.of(at)
    rows = run(GRID, client, tmp_path_factory.mktemp("here") / "a.jsonl")
    client.close()
    return with_run(card_for(at, GRID), GRID, rows)


def replayed(elsewhere: Path, card: Path, *more: str) -> dict[str, Any]:
    """What `selfhost replay` prints there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SELFHOST_")}
    run_dir = card.parent / "run"
    done = subprocess.run(
        [sys.executable, "-m", "selfhost", "replay", str(card), "--json", *more],
        capture_output=True, text=True, encoding="utf-8", cwd=elsewhere, timeout=180,
        env={**kept, "PYTHONPATH": str(elsewhere / "src"), "SELFHOST_ROOT": str(elsewhere),
             "SELFHOST_RUN": str(run_dir), "SELFHOST_MODELS": str(card.parent / "models"),
             "SELFHOST_ENGINE": "embedded", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode == 1) == bool(found["different"])
    return found


def test_another_checkout_repeats_it_byte_for_byte(
    elsewhere: Path, card: stackcard.Card, tmp_path: Path
) -> None:
    stackcard.write(card, tmp_path / "card.json")
    found = replayed(elsewhere, tmp_path / "card.json")
    assert found["sentence"] == "All 4 generations are the same here, byte for byte."
    assert found["same"] == 4


def test_other_weights_there_are_named_as_the_reason(
    elsewhere: Path, card: stackcard.Card, tmp_path: Path
) -> None:
    stackcard.write(card, tmp_path / "card.json")
    found = replayed(elsewhere, tmp_path / "card.json", "--model", "aprendiz:q8_0")
    assert found["differences"][0]["field"] == "model.sha256"
    if found["different"]:
        assert "model.sha256" in found["sentence"]

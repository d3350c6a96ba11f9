"""What notebook 14 calls: trials, conditions against a reference, the engine's own settings."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from selfhost import KitError
from selfhost.determinism.bench import against, engine_settings, heat_map, select, trial
from selfhost.determinism.experiment import Condition
from selfhost.determinism.inprocess import Loading, largest_difference


@pytest.fixture()
def at(server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SELFHOST_RUN", str(tmp_path / "run"))
    return SimpleNamespace(
        ollama_url=server.url, model=server.model, api_key="ollama", apis=("ollama", "openai")
    )


def test_a_complete_trial_is_made_anew_and_a_cut_one_is_finished(at: Any, tmp_path: Path) -> None:
    first = trial(at, "Hello!", {"default": {}}, repeats=4, num_predict=4, name="x")
    path = tmp_path / "run" / "experiments" / "x.jsonl"
    again = trial(at, "Hello!", {"default": {}}, repeats=4, num_predict=4, name="x")
    assert [r["seconds"] for r in first] != [r["seconds"] for r in again]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:3]), encoding="utf-8")  # head and two generations
    finished = trial(at, "Hello!", {"default": {}}, repeats=4, num_predict=4, name="x")
    assert [r["seconds"] for r in finished[:2]] == [r["seconds"] for r in again[:2]]
    assert len(finished) == 4
    other = trial(at, "Adiós", {"default": {}}, repeats=1, num_predict=4, name="x")
    assert [r["prompt"] for r in other] == ["Adiós"]  # an older notebook's file gives way


def test_conditions_are_held_against_the_reference(at: Any) -> None:
    rows = trial(
        at, ["What is the capital of France?", "Hola"],
        {"pinned": {"temperature": 0, "top_k": 1, "seed": 1}},
        conditions=[Condition("alone", reproducible=True), Condition("amid 2", neighbours=2)],
        repeats=2, num_predict=8,
    )  # fmt: skip
    alone, amid = against(rows, reference="alone")
    assert alone == ("alone", "0 of 4", 0.0, "100.0%")
    assert amid[0] == "amid 2" and amid[1].endswith(" of 4")
    assert 0 <= amid[2] < 0.5  # company moves digits, not the model
    assert len(select(rows, condition="amid 2", repeat=1)) == 2


def test_the_engines_own_settings_are_compared_one_by_one() -> None:
    lines = {what: (difference, other) for what, difference, other in engine_settings(
        "aprendiz", ["What is the capital of France?"]
    )}  # fmt: skip
    [same] = [value for what, value in lines.items() if what.startswith("nothing")]
    assert same == (0.0, 0)
    assert 0 < lines["flash attention"][0] < 0.5


def test_a_batch_that_would_abort_the_process_is_refused() -> None:
    with pytest.raises(KitError, match="8 tokens or more"):
        Loading(batch=1)


def test_largest_difference_by_hand() -> None:
    a, b = [{1: -0.1, 2: -3.0}], [{1: -0.4, 9: -2.0}]
    assert largest_difference(a, b) == (pytest.approx(0.3), 0)
    assert largest_difference([{1: -0.1}], [{2: -0.1}])[1] == 1
    assert math.isnan(largest_difference([{1: -0.1}], [{2: -0.1}])[0])


def test_the_heat_map_writes_its_numbers() -> None:
    figure = heat_map([[1, 5], [2, 1]], ["a", "b"], ["x", "a long question here?"], "t", 5)
    assert [t.get_text() for t in figure.axes[0].texts] == ["1", "5", "2", "1"]
    figure.canvas.draw()


def test_a_build_for_this_machine_is_held_against_the_one_for_all() -> None:
    from selfhost import weights
    from selfhost.determinism.bench import native_build
    from selfhost.determinism.inprocess import builds, native_logprobs, next_token_logprobs

    pytest.importorskip("llama_cpp", reason="llama-cpp-python, a source build, is not installed")
    assert len(builds()) == 2 and all(builds().values())
    path = weights.find("aprendiz")
    assert path
    prompts = ["<start_of_turn>user\nHello!<end_of_turn>\n<start_of_turn>model\n"]
    largest, parted = largest_difference(
        next_token_logprobs(path, prompts, Loading()), native_logprobs(path, prompts)
    )
    assert largest < 0.1, "not the same model, or not the same prompt"
    assert parted == 0
    assert native_build("aprendiz", ["Hello!"]).startswith("largest difference")


def test_without_a_build_for_this_machine_the_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    from selfhost.determinism.bench import native_build
    from selfhost.determinism.inprocess import builds

    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    assert "llama-cpp-python is not installed here" in native_build("aprendiz", ["Hello!"])
    assert len(builds()) == 1

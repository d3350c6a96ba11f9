"""Lab 5's experiment on a real endpoint, and its self-checks on right and wrong answers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from selfhost import stackcard
from selfhost.checks import Hint
from selfhost.classroom import analyse, lab5
from selfhost.classroom.analysis import Result
from selfhost.determinism import at_most


@pytest.fixture()
def at(server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SELFHOST_RUN", str(tmp_path / "run"))
    return SimpleNamespace(
        ollama_url=server.url, model=server.model, api_key="ollama", kind="embedded",
        apis=("ollama", "openai"),
    )  # fmt: skip


def test_the_same_set_up_agrees_and_a_penalty_is_found(at: Any) -> None:
    first, again, _, penalty = lab5.set_ups(at)
    a, b, c = (lab5.run_here(at, each) for each in (first, again, penalty))
    assert a.run and b.run and c.run
    assert a.run.outputs == b.run.outputs and len(a.run.outputs) == len(lab5.PROMPTS)
    assert a.run.outputs.keys() == c.run.outputs.keys()
    assert stackcard.differences(a, b) == []
    assert stackcard.differences(a, c)[0].field == "settings.repeat_penalty"
    assert "repeat_penalty" in lab5.check_cause("settings.repeat_penalty", a, c)
    with pytest.raises(Hint, match="does not differ"):
        lab5.check_cause("hardware.cpu", a, c)
    with pytest.raises(Hint, match="still empty"):
        lab5.check_cause(None, a, c)  # type: ignore[arg-type]
    with pytest.raises(Hint, match="as text"):
        lab5.check_cause(stackcard.differences(a, c)[0], a, c)  # type: ignore[arg-type]
    with pytest.raises(Hint, match="agree on everything"):
        lab5.check_cause("hardware.cpu", a, b)
    board = analyse([Result(n, "", card) for n, card in enumerate((a, b, c), 1)])
    assert board.groups[0].members[:2] == (1, 2)


def test_another_model_plays_without_a_second_file() -> None:
    at = SimpleNamespace(kind="ollama", model="gemma3:1b")
    assert [s.model for s in lab5.set_ups(at)] == [None] * 4


@pytest.mark.parametrize(
    ("groups", "hint"),
    [
        ([[1, 2, 4], [3, 5]], "3 and 5"),
        ([[1, 2], [3]], "exactly one group"),
        ([[1], [2], [3], [4], [5]], "whole `outputs`"),
        (3, "list of groups"),
    ],
)
def test_wrong_groups_get_a_hint(groups: Any, hint: str) -> None:
    with pytest.raises(Hint, match=hint):
        lab5.check_groups(lambda results: groups)
    assert "right" in lab5.check_groups(lambda results: [[4, 2, 1], [5], [3]])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [(at_most(180), "independent"), (at_most(29 * 6), "independent"),
     (at_most(30), "one trial fewer"), (0.5, "How many"), ("x", "share")],
)  # fmt: skip
def test_wrong_claims_get_a_hint(answer: Any, hint: str) -> None:
    with pytest.raises(Hint, match=hint):
        lab5.check_claim(answer, 30, 6)
    assert "10%" in lab5.check_claim(at_most(29), 30, 6)


def test_the_board_for_one_starts_and_ends(at: Any) -> None:
    import httpx

    with lab5.own_board() as (address, _):
        assert httpx.get(address + "/api/board").json()["laptops"] == []
    with pytest.raises(httpx.TransportError):
        httpx.get(address, timeout=5)

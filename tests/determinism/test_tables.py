"""Experiments as Parquet: what comes back is what was saved, for any text and any setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfhost import KitError, files
from selfhost.determinism.experiment import Condition, Experiment
from selfhost.determinism.tables import load, save
from selfhost.stackcard import Card
from selfhost.stackcard.card import Setting, now

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
values = st.one_of(st.none(), st.booleans(), st.integers(-(2**31), 2**31), numbers, words)
row = st.fixed_dictionaries({
    "key": words, "prompt": words, "setting": words, "condition": words,
    "repeat": st.integers(0, 99), "asked": st.dictionaries(words, values, max_size=3),
    "text": words, "tokens": st.lists(words, max_size=3),
    "logprobs": st.lists(numbers, max_size=3),
    "top5": st.lists(st.lists(words, max_size=5), max_size=3), "finish": words,
    "seconds": numbers, "in_force": st.none() | st.dictionaries(words, values, max_size=3),
    "sha256": words,
})  # fmt: skip


@given(st.lists(row, max_size=4))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_rows_come_back_as_they_were(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    assert load(save(rows, tmp_path / "a.parquet")).rows == rows


def test_the_card_and_the_grid_travel_with_the_rows(tmp_path: Path) -> None:
    grid = Experiment(("Hi",), {"greedy": {"temperature": 0}}, (Condition("a", together=4),))
    card = Card(created=now(), settings={"seed": Setting(value=7, origin="request")})
    kept = load(save([], tmp_path / "new" / "a.parquet", card=card, experiment=grid))
    assert kept.card == card
    assert kept.experiment == grid
    assert load(save([], tmp_path / "b.parquet")).card is None


def test_other_readers_understand_the_file(tmp_path: Path) -> None:
    import pandas as pd

    one = {
        "key": "k", "prompt": "p", "setting": "s", "condition": "c", "repeat": 0,
        "asked": {"seed": 1}, "text": "¿Qué?", "tokens": ["¿", "Qué", "?"],
        "logprobs": [-0.5, -0.1, 0.0], "top5": [["¿"], ["Qué"], ["?"]], "finish": "stop",
        "seconds": 0.1, "in_force": None, "sha256": "0" * 64,
    }  # fmt: skip
    frame = pd.read_parquet(save([one], tmp_path / "a.parquet"))
    assert list(frame.loc[0, "tokens"]) == ["¿", "Qué", "?"]
    assert frame.loc[0, "asked"] == '{"seed": 1}'


def test_a_broken_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    for content in (b"", b"PAR1", b"not a table at all"):
        path.write_bytes(content)
        with pytest.raises(KitError, match=r"a\.parquet is not a Parquet file of results"):
            load(path)
    with pytest.raises(KitError, match="is not a Parquet file of results"):
        load(tmp_path / "absent.parquet")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save([], tmp_path / "a.parquet")
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "replace", full)
    with pytest.raises(KitError, match="No space left"):
        save([], path, card=Card(created=now()))
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.parquet"]

"""Lab 6: the three pairs tell what the lab says they tell, and its checks catch wrong answers."""

from __future__ import annotations

from typing import Any

import pytest

from selfhost import engines, stackcard
from selfhost.checks import Hint
from selfhost.engines import lab6
from selfhost.errors import KitError

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(scope="module")
def lab(store: Any) -> lab6.Lab:
    return lab6.Lab(engines.items(per_set=10))


def test_each_pair_shows_the_symptom_of_its_place(lab: lab6.Lab) -> None:
    after, inside, before = (lab6.symptoms(lab.pair(n)) for n in (1, 2, 3))
    first, rmse = "first token, largest difference", "RMSE of log-probabilities"
    assert after[rmse] == 0 and after[first] == 0
    assert after["answers that differ"] > 0
    assert inside[rmse] > 0
    assert before[first] > inside[first] > 0
    assert all(lab.pair(n).a.items == lab.pair(n).b.items for n in (1, 2, 3))


def test_the_cards_tell_what_the_lab_says(lab: lab6.Lab) -> None:
    def told(number: int) -> list[str]:
        pair = lab.pair(number)
        found = stackcard.differences(pair.a.card, pair.b.card)
        return [each.field for each in found if each.settled]

    assert told(1) == ["settings.repeat_penalty"]
    assert told(3) == ["model.add_bos"]
    assert told(2) == []


@pytest.mark.parametrize("number", [1, 2, 3])
def test_only_the_right_cause_proves_a_pair(lab: lab6.Lab, number: int) -> None:
    pair = lab.pair(number)
    proving = []
    for cause in lab6.CAUSES:
        try:
            lab6.check_proof(lab.with_cause(cause), pair)
        except Hint:
            with pytest.raises(Hint):
                lab6.check_cause(cause, number)
        else:
            proving.append(cause)
            assert lab6.check_cause(cause, number)
    assert len(proving) == 1


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        (lambda _a, _b: None, "returns nothing"),
        (lambda _a, _b: "all", "one number"),
        (lambda a, b: sum(x != y for x, y in zip(a, b, strict=True)), "the rate is 0.5"),
        (lambda a, b: len(set(a) ^ set(b)) / len(a) / 2, "in order"),
    ],
)
def test_wrong_rates_get_a_hint(lab: lab6.Lab, function: Any, hint: str) -> None:
    with pytest.raises(Hint, match=hint):
        lab6.check_rate(function, lab.pair(1))


def test_wrong_answers_get_a_hint(lab: lab6.Lab) -> None:
    for number in (1, 2, 3):
        good = 0
        for place in lab6.PLACES:
            try:
                lab6.check_place(place, number)
                good += 1
            except Hint:
                pass
        assert good == 1
    with pytest.raises(Hint, match="still empty"):
        lab6.check_place(None, 1)  # type: ignore[arg-type]
    with pytest.raises(Hint, match="should be a run"):
        lab6.check_proof("B", lab.pair(1))
    with pytest.raises(Hint, match="run A again"):
        lab6.check_proof(lab.with_cause("nothing"), lab.pair(2))
    with pytest.raises(KitError, match="There is no cause"):
        lab.with_cause("the moon")
    with pytest.raises(Hint, match="proof_3"):
        lab6.check_proof(None, lab.pair(3))
    assert lab6.check_report(
        "By llama.cpp with F32 weights, its own template, one BOS token and repeat penalty 1.0."
    )
    assert lab6.check_report(
        "Con llama.cpp, pesos en F32, la plantilla propia, un token BOS y sin penalización ninguna."
    )
    with pytest.raises(Hint, match="without the penalty"):
        lab6.check_report(
            "By llama.cpp with F16 weights, the model's own chat template and one BOS token."
        )

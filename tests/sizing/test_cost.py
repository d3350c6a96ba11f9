"""Money: by hand, by its rules, and through the widget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost import KitError
from selfhost.sizing import lab2
from selfhost.sizing.cost import (
    CASES,
    assumptions,
    break_even_demand,
    compare,
    sensitivity,
    verdict,
)


def example(**more: float) -> object:
    values: dict[str, float] = {
        "purchase": 1000, "power_load": 500, "power_idle": 100, "hours_on": 10, "electricity": 0.2,
        "throughput": 1000, "maintenance": 1, "wage": 30, "lifetime": 4, "api_price": 2,
        "demand": 72,
    }  # fmt: skip
    return assumptions().but(**{**values, **more})


def test_by_hand() -> None:
    found = verdict(example())  # type: ignore[arg-type]
    assert found.busy_hours == pytest.approx(20)  # 72 million at 1000 per second
    assert found.kwh == pytest.approx(0.5 * 20 + 0.1 * (304 - 20))
    assert found.energy == pytest.approx(38.4 * 0.2)
    assert found.api == pytest.approx(144) and found.work == pytest.approx(30)
    assert found.payback == pytest.approx(1000 / (144 - 30 - 7.68))
    assert "pays back after 9 months" in str(found)


def test_never_is_said_plainly() -> None:
    losing = verdict(example(maintenance=10))  # type: ignore[arg-type]
    assert losing.months is None and "NEVER PAYS BACK" in str(losing)
    slow = verdict(example(purchase=100_000))  # type: ignore[arg-type]
    assert slow.payback is None and slow.months is not None
    assert "NEVER PAYS BACK" in str(slow) and "replaced after 4.0 years" in str(slow)


def test_too_much_for_one_machine_takes_two() -> None:
    found = verdict(example(demand=72 * 304 / 20 + 1))  # type: ignore[arg-type]
    assert found.machines == 2 and found.purchase == 2000


def test_every_default_has_a_source_or_says_that_it_is_an_example() -> None:
    for quantity in assumptions().quantities.values():
        assert quantity.source and quantity.unit
        assert quantity.example == quantity.provenance.startswith("example value, edit it")
        assert quantity.example or quantity.date
    assert sum(not q.example for q in assumptions().quantities.values()) >= 3


def test_cases_are_ordered() -> None:
    found = compare()
    balances = [found[case].balance for case in CASES]
    assert balances == sorted(balances, reverse=True)


@given(
    demand=st.floats(0, 1e5), price=st.floats(0, 100), power=st.floats(0, 5000),
    work=st.floats(0, 100),
)  # fmt: skip
def test_rules(demand: float, price: float, power: float, work: float) -> None:
    given_ = example(demand=demand, api_price=price, power_load=power, maintenance=work)
    found = verdict(given_)  # type: ignore[arg-type]
    assert found.machines >= 1 and found.own >= 0
    assert (found.payback is None) == (found.balance < 0 or found.saving <= 0)
    dearer = verdict(given_.but(api_price=price + 1))  # type: ignore[attr-defined]
    assert dearer.balance >= found.balance


def test_break_even_is_where_it_turns() -> None:
    least = break_even_demand(assumptions())
    assert least is not None
    assert verdict(assumptions().but(demand=least)).payback is not None
    assert verdict(assumptions().but(demand=least / 1.02)).payback is None
    assert break_even_demand(assumptions().but(api_price=0)) is None


def test_sensitivity_is_sorted() -> None:
    spans = [abs(good - bad) for _, good, bad in sensitivity(assumptions())]
    assert spans == sorted(spans, reverse=True) and len(spans) == len(assumptions().quantities)


@pytest.mark.parametrize(
    "change",
    [{"nonsense": 1}, {"demand": -1}, {"throughput": 0}, {"hours_on": 25}, {"wage": float("nan")}],
)
def test_values_that_make_no_sense(change: dict[str, float]) -> None:
    with pytest.raises(KitError):
        assumptions().but(**change)


def test_the_widget_follows_its_sliders() -> None:
    from selfhost.widgets.cost import cost

    widget = cost()
    assert "typical: NEVER PAYS BACK" in widget.text()
    assert widget.text().splitlines()[0] in widget.said.value.replace("&#x27;", "'")
    before = widget.image.value
    widget.set(demand=5000, maintenance=1)
    assert "typical: pays back" in widget.text() and "typical: pays back" in widget.said.value
    assert 'role="status"' in widget.said.value and widget.image.value != before
    assert widget.assumptions.value("demand", "favourable") == pytest.approx(5000, rel=0.05)


def test_lab_2_accepts_right_answers_and_names_wrong_ones() -> None:
    from selfhost.checks import Hint
    from selfhost.sizing.shape import Shape

    def cache(shape: Shape, tokens: int) -> int:
        total = 0
        for layer, heads in enumerate(shape.kv_heads):
            seen = tokens if shape.is_global(layer) else min(tokens, shape.window or tokens)
            total += heads * shape.head_dim * 2 * 2 * seen
        return total

    assert lab2.check_cache(cache)
    for wrong, hint in (
        (lambda s, n: cache(s, n) // 2, "part is missing"),
        (lambda s, n: cache(s, n) // 16, "kv_heads"),
        (lambda s, n: s.layers * 16 * 2 * 128 * n * 2, "Without the window"),
        (lambda s, n: lab2._by_hand(s, n, swapped=True), "other way round"),
        (lambda s, n: cache(s, n) + 10**9, "it should be"),
    ):
        with pytest.raises(Hint, match=hint):
            lab2.check_cache(wrong)
    assert lab2.check_weights(lambda n, bits: n * bits / 8)
    with pytest.raises(Hint, match="bits"):
        lab2.check_weights(lambda n, bits: n * bits)
    months = lambda purchase, api, own: purchase / (api - own) if api > own else None  # noqa: E731
    assert lab2.check_months(months, assumptions())
    with pytest.raises(Hint, match="never pays back"):
        lab2.check_months(lambda p, a, o: p / (a - o + 1e-12), assumptions())
    with pytest.raises(Hint, match="nothing is ever saved"):
        lab2.check_months(lambda p, a, o: p / (a - o), assumptions())

"""The roofline, the fit of measured speeds, speculative decoding's formula, percentiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost.serving.reuse import per_pass, speed_up
from selfhost.serving.roofline import Limit, Machine, Step, fit, machine
from selfhost.serving.students import percentile

POSITIVE = st.floats(1e-6, 10)


def test_fifty_gigabytes_per_second_and_five_gigabytes_of_weights() -> None:
    limit = Limit(Machine(50e9, 1e12), 5_000_000_000, 2_500_000_000)
    assert limit.memory(1) == 10 and limit.memory(8) == 80
    assert limit.processor == 200 and limit.ridge == 20
    assert limit.both(8) == 80 and limit.both(100) == 200


@given(st.floats(1e9, 1e13), st.floats(1e9, 1e15), st.integers(1, 10**12), st.integers(1, 10**12))
def test_the_roof_never_falls_with_more_sequences(b: float, f: float, w: int, p: int) -> None:
    limit = Limit(Machine(b, f), w, p)
    roof = [limit.both(n) for n in (1, 2, 4, 8, 16, 32)]
    assert roof == sorted(roof) and roof[-1] <= limit.processor


def test_this_machine_reads_and_multiplies() -> None:
    found = machine(1_000_000, seconds=0.01)
    assert found.bandwidth > 1e8 and found.flops > 1e8


@given(POSITIVE, POSITIVE)
def test_finds_the_two_times_again(reading: float, sequence: float) -> None:
    step = Step(reading, sequence)
    found = fit({n: step.total(n) for n in (1, 2, 4, 8, 16, 32)})
    assert found.total(1) == pytest.approx(step.total(1), rel=1e-3)
    assert found.total(32) == pytest.approx(step.total(32), rel=1e-3)


@given(st.lists(st.floats(0.1, 1e5), min_size=2, max_size=6))
def test_noise_never_gives_negative_times(totals: list[float]) -> None:
    found = fit({2**n: total for n, total in enumerate(totals)})
    assert found.reading >= 0 and found.sequence >= 0 and found.reading + found.sequence > 0
    with pytest.raises(ValueError, match="two"):
        fit({1: 5.0})


@given(POSITIVE, POSITIVE, st.floats(0.01, 100))
def test_so_many_students_really_get_their_speed(a: float, b: float, speed: float) -> None:
    step = Step(a, b)
    count = step.students(speed)
    if count:
        assert step.total(count) / count >= speed * (1 - 1e-9)
    assert step.total(count + 1) / (count + 1) <= speed * (1 + 1e-6)


def test_scaling_multiplies_each_time() -> None:
    assert Step(2.0, 3.0).scaled(10, 100) == Step(20.0, 300.0)


def test_tokens_per_pass() -> None:
    assert per_pass(0, 4) == 1 and per_pass(1, 4) == 5 and per_pass(0.5, 1) == 1.5
    assert speed_up(0.9, 4, 0.1) == pytest.approx(2.925, abs=1e-3)
    assert speed_up(0.0, 4, 0.5) == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="share"):
        per_pass(1.5, 4)


@given(st.floats(0, 1), st.integers(0, 32))
def test_a_pass_yields_between_one_and_all(share: float, length: int) -> None:
    assert 1 <= per_pass(share, length) <= length + 1 + 1e-9


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.integers(0, 100))
def test_percentiles_are_nearest_ranks(values: list[float], percent: int) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(v <= found for v in values) * 100 >= percent * len(values)
    assert sum(v < found for v in values) * 100 <= max(percent * len(values), 0)


def test_known_percentiles() -> None:
    assert percentile([3, 1, 2, 4], 50) == 2 and percentile(range(1, 101), 95) == 95
    with pytest.raises(ValueError, match="values"):
        percentile([], 50)

"""The measures on constructed cases with known values, and their laws by hypothesis."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost import determinism as d

TOKENS = st.lists(st.integers(0, 5), max_size=8)
STEPS = st.lists(
    st.builds(
        d.Step,
        st.integers(0, 5),
        st.floats(-20, 0),
        st.lists(st.integers(0, 9), min_size=5, max_size=5, unique=True).map(tuple),
    ),
    max_size=8,
)


def steps(
    *tokens: int, logprob: float = -0.5, top5: tuple[int, ...] = (1, 2, 3, 4, 5)
) -> list[d.Step]:
    return [d.Step(t, logprob, top5) for t in tokens]


def test_ten_runs_by_hand() -> None:
    runs = ["a", "a", "b", "a", "c", "a", "a", "b", "a", "a"]
    assert d.distinct(runs) == 3
    assert d.groups(runs)[0] == ("a", 7)
    seen = d.agreement(runs)
    assert (seen.same, seen.compared) == (6, 9)
    assert seen.rate == pytest.approx(2 / 3)
    assert "3 different answers in 10 runs" in d.verdict(runs)


def test_equal_runs_are_a_bound_and_never_a_promise() -> None:
    sentence = d.verdict(["x"] * 21)
    assert "deterministic" not in sentence and "No difference observed in 21 runs" in sentence
    assert d.at_most(20) == pytest.approx(0.139, abs=1e-3)
    assert d.at_most(300) == pytest.approx(3 / 300, rel=0.02)  # the rule of three
    assert d.at_most(0) == 1.0
    assert "repeat it" in d.verdict(["x"])


def test_wilson_against_published_values() -> None:
    # Newcombe (Statistics in Medicine 1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
    for (k, n), (low, high) in {
        (81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718),
    }.items():  # fmt: skip
        assert d.wilson(k, n) == pytest.approx((low, high), abs=1e-4)
    assert d.wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="3 successes in 2"):
        d.wilson(3, 2)


@given(st.integers(0, 50), st.integers(0, 50))
def test_wilson_holds_the_share(k: int, more: int) -> None:
    n = k + more
    low, high = d.wilson(k, n)
    assert 0 <= low <= high <= 1
    if n:
        assert low - 1e-12 <= k / n <= high + 1e-12


def test_first_difference_by_hand() -> None:
    assert d.first_difference([1, 2, 3], [1, 2, 3]) is None
    assert d.first_difference([1, 2, 3], [1, 9, 3]) == 1
    assert d.first_difference([1, 2], [1, 2, 3]) == 2  # a prefix parts where it ends
    assert d.first_difference([], []) is None
    assert d.first_difference([], [1]) == 0


def test_two_engines_by_hand() -> None:
    pairs = [([1, 2, 3], [1, 2, 3]), ([1, 2, 3, 4], [1, 2, 9]), ([5], [6, 7, 8])]
    assert d.disagreement_rate([(tuple(a), tuple(b)) for a, b in pairs]) == pytest.approx(2 / 3)
    assert d.length_bias(pairs) == pytest.approx((0 - 1 + 2) / 3)
    assert d.length_magnitude(pairs) == pytest.approx((0 + 1 + 2) / 3)
    parted = d.token_divergence(pairs)
    assert parted.position == pytest.approx((2 + 0) / 2)
    assert parted.normalized == pytest.approx((1 + 2 / 4 + 0 / 3) / 3)
    assert d.edit_distance([1, 2, 3, 4], [1, 2, 9]) == 2


def test_logprobs_are_compared_only_where_both_saw_the_same_text() -> None:
    a = [d.Step(1, -0.1), d.Step(2, -0.2), d.Step(3, -0.3), d.Step(4, -9.0)]
    b = [d.Step(1, -0.4), d.Step(2, -0.2), d.Step(8, -5.0), d.Step(4, 0.0)]
    assert d.rmse_top1_logprob([(a, b)]) == pytest.approx(math.sqrt(0.3**2 / 2))
    assert math.isnan(d.rmse_top1_logprob([(steps(1), steps(2))]))


def test_jaccard_by_hand() -> None:
    a = steps(1, 2, top5=(1, 2, 3, 4, 5))
    b = steps(1, 9, top5=(1, 2, 3, 9, 8))
    # Two steps count (the second is where they part): 3 common of 7 in each.
    assert d.jaccard_top5([(a, b)]) == pytest.approx(3 / 7)
    # A third step lies behind the parting and is not looked at.
    assert d.jaccard_top5([(a + steps(1), b + steps(1, top5=(6, 7, 8, 9, 10)))]) == pytest.approx(
        3 / 7
    )


def test_score_shift_and_mcnemar() -> None:
    a = [True] * 10 + [False] * 10
    b = [True] * 8 + [False] * 2 + [True] * 9 + [False]
    shift = d.score_shift(a, b)
    assert shift.shift == pytest.approx(7 / 20)
    assert (shift.only_a, shift.only_b) == (2, 9)
    # 2 * (C(11,0) + C(11,1) + C(11,2)) / 2^11
    assert shift.p == pytest.approx(2 * 67 / 2048)
    assert shift.low < shift.shift < shift.high
    same = d.score_shift(a, a)
    assert same.shift == same.low == same.high == 0 and same.p == 1
    with pytest.raises(ValueError, match="must be the same"):
        d.score_shift([True], [True, False])


def test_nothing_to_compare_is_said() -> None:
    for measure in (d.disagreement_rate, d.length_bias, d.token_divergence, d.jaccard_top5):
        with pytest.raises(ValueError, match="No prompts"):
            measure([])


@given(st.lists(STEPS, min_size=1, max_size=4))
def test_identical_runs_show_no_difference(runs: list[list[d.Step]]) -> None:
    row = d.summary([(run, run) for run in runs])
    assert row["disagreement_rate"] == row["length_bias"] == row["length_magnitude"] == 0
    assert row["first_difference"] is None and row["first_difference_normalized"] == 1
    if any(runs):
        assert row["rmse_top1_logprob"] == 0 and row["jaccard_top5"] == 1


@given(st.lists(st.tuples(STEPS, STEPS), min_size=1, max_size=4))
def test_symmetric_where_it_should_be(pairs: list[tuple[list[d.Step], list[d.Step]]]) -> None:
    there, back = d.summary(pairs), d.summary([(b, a) for a, b in pairs])
    assert there["length_bias"] == pytest.approx(-back["length_bias"])  # type: ignore[operator]
    for name in set(there) - {"length_bias"}:
        assert there[name] == pytest.approx(back[name], nan_ok=True), name


@given(TOKENS, TOKENS)
def test_parting_and_distance_agree(a: list[int], b: list[int]) -> None:
    where = d.first_difference(a, b)
    assert (where is None) == (a == b) == (d.edit_distance(a, b) == 0)
    if where is not None:
        assert a[:where] == b[:where] and a[: where + 1] != b[: where + 1]
    assert abs(len(a) - len(b)) <= d.edit_distance(a, b) <= max(len(a), len(b))


@given(st.integers(0, 30), st.integers(0, 30))
def test_mcnemar_is_a_probability_and_symmetric(b: int, c: int) -> None:
    assert 0 < d.mcnemar(b, c) <= 1
    assert d.mcnemar(b, c) == d.mcnemar(c, b)

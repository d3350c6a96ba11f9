"""The arithmetic between scores and a chosen token."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost.anatomy import sampling

SCORES = [2.0, 1.0, 0.0, -1.0]
some_scores = st.lists(st.floats(-50, 50), min_size=1, max_size=40)


def test_softmax_is_the_textbook_formula() -> None:
    total = sum(math.exp(s) for s in SCORES)
    assert np.allclose(sampling.softmax(SCORES), [math.exp(s) / total for s in SCORES])


def test_softmax_survives_large_scores() -> None:
    assert np.allclose(sampling.softmax([1000.0, 1000.0]), [0.5, 0.5])


@given(some_scores, st.floats(0, 5), st.integers(0, 50), st.floats(0.01, 1))
def test_probabilities_are_probabilities(
    scores: list[float], temperature: float, top_k: int, top_p: float
) -> None:
    chances = sampling.probabilities(scores, temperature, top_k, top_p)
    assert math.isclose(chances.sum(), 1.0, rel_tol=1e-9)
    assert (chances >= 0).all()
    # Whatever is cut away, the likeliest token can be drawn.
    assert chances[int(np.argmax(scores))] > 0
    if top_k:
        assert (chances > 0).sum() <= top_k


@given(some_scores, st.floats(0.05, 5))
def test_temperature_never_changes_the_order(scores: list[float], temperature: float) -> None:
    chances = sampling.probabilities(scores, temperature)
    order = np.argsort(scores, kind="stable")
    assert (np.diff(chances[order]) >= -1e-12).all()


def test_temperature_sharpens_below_one_and_flattens_above() -> None:
    cold, plain, hot = (sampling.probabilities(SCORES, t)[0] for t in (0.5, 1.0, 2.0))
    assert cold > plain > hot > 0.25


def test_temperature_zero_is_greedy_even_with_a_tie() -> None:
    assert sampling.probabilities([1.0, 3.0, 3.0], 0).tolist() == [0.0, 1.0, 0.0]
    assert sampling.choose([1.0, 3.0, 3.0], 0) == 1


def test_negative_temperature_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        sampling.probabilities(SCORES, -1)


@pytest.mark.parametrize(
    ("top_k", "top_p", "expected"),
    [
        (0, 1.0, [1, 1, 1, 1]),
        (2, 1.0, [1, 1, 0, 0]),
        (9, 1.0, [1, 1, 1, 1]),
        # softmax(SCORES) is about 0.64, 0.24, 0.09, 0.03
        (0, 0.6, [1, 0, 0, 0]),
        (0, 0.7, [1, 1, 0, 0]),
        (0, 0.001, [1, 0, 0, 0]),
        # after top_k = 2 the two share everything: 0.73, 0.27
        (2, 0.7, [1, 0, 0, 0]),
    ],
)
def test_kept(top_k: int, top_p: float, expected: list[int]) -> None:
    assert sampling.kept(SCORES, top_k, top_p).astype(int).tolist() == expected


def test_top_p_is_decided_before_temperature() -> None:
    """llama.cpp's order: a high temperature does not let more tokens through."""
    hot = sampling.probabilities(SCORES, 5.0, top_p=0.7)
    assert (hot > 0).sum() == 2


def test_a_seed_repeats_the_draws() -> None:
    draws = [
        [sampling.choose(SCORES, rng=rng) for _ in range(50)]
        for rng in (np.random.default_rng(7), np.random.default_rng(7), np.random.default_rng(8))
    ]
    assert draws[0] == draws[1]
    assert draws[0] != draws[2]


def test_draws_follow_the_probabilities() -> None:
    rng = np.random.default_rng(1)
    drawn = np.bincount([sampling.choose(SCORES, rng=rng) for _ in range(4000)], minlength=4)
    assert np.allclose(drawn / 4000, sampling.softmax(SCORES), atol=0.03)


def test_top_lists_the_largest_first() -> None:
    assert sampling.top([0.1, 0.7, 0.2], 2) == [1, 2]

"""From scores to a choice: softmax, temperature, top-k, top-p, and the draw, in numpy.

The order is llama.cpp's (its default sampler chain, seen in its `common/sampling.cpp`): top-k,
then top-p on the probabilities *before* temperature, then temperature, then the draw. Other
engines apply temperature first, which is one reason why the same settings give other texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.floating[Any]]


def softmax(scores: Sequence[float] | Vector) -> Vector:
    """Scores (any real numbers) to probabilities (positive, sum 1). -inf becomes exactly 0."""
    values = np.asarray(scores, dtype=np.float64)
    powers = np.exp(values - values.max())  # minus the maximum: exp(1000) would overflow
    result: Vector = powers / powers.sum()
    return result


def kept(scores: Sequence[float] | Vector, top_k: int = 0, top_p: float = 1.0) -> NDArray[np.bool_]:
    """Which tokens may still be drawn.

    `top_k` keeps the k highest scores (0: all). `top_p` then keeps the smallest set of the
    likeliest tokens whose probabilities, at temperature 1, sum to at least p (1: all). The
    likeliest token always stays. Ties are decided by position, as a stable sort does.
    """
    values = np.asarray(scores, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    if 0 < top_k < len(order):
        order = order[:top_k]
    if top_p < 1.0:
        reached = np.cumsum(softmax(values[order]))
        order = order[: int(np.searchsorted(reached, top_p)) + 1]
    mask = np.zeros(len(values), dtype=bool)
    mask[order] = True
    return mask


def probabilities(
    scores: Sequence[float] | Vector,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
) -> Vector:
    """The probability of each token of being chosen, shape as `scores`, sum 1.

    Temperature divides the scores: below 1 the likeliest gain, above 1 all become more alike.
    0 would divide by zero; by convention it means greedy: the first of the highest scores has
    probability 1. Raises ValueError for a negative temperature.
    """
    values = np.asarray(scores, dtype=np.float64)
    if temperature < 0:
        raise ValueError("temperature cannot be negative")
    if temperature == 0:
        greedy = np.zeros(len(values))
        greedy[int(np.argmax(values))] = 1.0
        return greedy
    # The highest score becomes 0 first: it stays so however small the temperature is.
    allowed = np.where(kept(values, top_k, top_p), values - values.max(), -np.inf)
    with np.errstate(over="ignore"):  # a hopeless token's score may well become -inf
        return softmax(allowed / temperature)


def choose(
    scores: Sequence[float] | Vector,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    rng: np.random.Generator | None = None,
) -> int:
    """Draw the next token's id. With the same `rng` seed, the same draw."""
    chances = probabilities(scores, temperature, top_k, top_p)
    if temperature == 0:
        return int(np.argmax(chances))
    generator = rng if rng is not None else np.random.default_rng()
    return int(generator.choice(len(chances), p=chances))


def top(values: Sequence[float] | Vector, n: int = 10) -> list[int]:
    """The places of the `n` largest values, largest first."""
    return [int(i) for i in np.argsort(-np.asarray(values), kind="stable")[:n]]

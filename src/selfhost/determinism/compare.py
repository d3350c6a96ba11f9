"""Two conditions on the same prompts: how far do they disagree?

The measures follow *The Silent Hyperparameter* (arXiv 2605.19537, 2026-05), with A as the
reference (there: transformers) and B as the engine under test. Each function's docstring holds
the formula that is computed here; where the paper's captions leave room, the docstring says how
we read them. `pairs` are always (A, B) for the same prompt, in the same order.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

Tokens = Sequence[int]


@dataclass(frozen=True)
class Step:
    """One generated token: its id, its log-probability, and the ids of the five most likely.

    `logprob` is the natural logarithm of the most likely token's probability at this step (with
    greedy decoding: of the token taken), in nats.
    """

    token: int
    logprob: float
    top5: tuple[int, ...] = ()


def first_difference(a: Sequence[Hashable], b: Sequence[Hashable]) -> int | None:
    """Index of the first token that differs; None when the sequences are equal.

    Where one is a prefix of the other, they part where the shorter one ends: ending *is* a choice
    (the end-of-turn token was taken there).
    """
    for index, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return index
    return None if len(a) == len(b) else min(len(a), len(b))


def edit_distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Levenshtein distance: the fewest insertions, deletions and replacements from a to b."""
    from rapidfuzz.distance import Levenshtein

    return int(Levenshtein.distance(a, b))


def disagreement_rate(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """Share of prompts whose outputs differ: (1/N) Σ [Aᵢ ≠ Bᵢ]. 0 = all equal, 1 = all differ."""
    _need(pairs)
    return sum(a != b for a, b in pairs) / len(pairs)


def length_bias(pairs: Sequence[tuple[Tokens, Tokens]]) -> float:
    """Mean signed difference of lengths in tokens: (1/N) Σ (|Bᵢ| - |Aᵢ|).

    Positive: B writes more than the reference. Longer and shorter answers cancel out, which is
    what `length_magnitude` is for.
    """
    _need(pairs)
    return statistics.fmean(len(b) - len(a) for a, b in pairs)


def length_magnitude(pairs: Sequence[tuple[Tokens, Tokens]]) -> float:
    """Mean absolute difference of lengths in tokens: (1/N) Σ | |Bᵢ| - |Aᵢ| |."""
    _need(pairs)
    return statistics.fmean(abs(len(b) - len(a)) for a, b in pairs)


@dataclass(frozen=True)
class Divergence:
    """Where outputs part: mean position among those that do, and mean normalized position."""

    position: float | None
    normalized: float


def token_divergence(pairs: Sequence[tuple[Tokens, Tokens]]) -> Divergence:
    """Position of the first different token, and that position over the length.

    `position`: mean over the prompts that part (None when none does), counted from 0.
    `normalized`: mean over *all* prompts of dᵢ / max(|Aᵢ|, |Bᵢ|), where a pair that never parts
    counts as 1. Our reading: the paper normalizes by "the length"; with outputs of different
    lengths we take the longer one, so that a pair which parts always stays below 1.
    """
    _need(pairs)
    positions, shares = [], []
    for a, b in pairs:
        where = first_difference(a, b)
        if where is None:
            shares.append(1.0)
            continue
        positions.append(where)
        shares.append(where / max(len(a), len(b)))
    return Divergence(
        statistics.fmean(positions) if positions else None,
        statistics.fmean(shares),
    )


def rmse_top1_logprob(pairs: Sequence[tuple[Sequence[Step], Sequence[Step]]]) -> float:
    """Root mean squared difference of the top-1 log-probabilities along the common prefix, nats.

    √( mean over all steps t before the first different token of (log p_A,t - log p_B,t)² ).
    Only there do both engines see the same context; after it, the numbers answer different
    questions. The step at which they part is left out as well: their top-1 tokens differ there.
    NaN when no prompt has a common prefix.
    """
    _need(pairs)
    squares = [(x.logprob - y.logprob) ** 2 for a, b in pairs for x, y in _common(a, b)]
    return math.sqrt(statistics.fmean(squares)) if squares else math.nan


def jaccard_top5(pairs: Sequence[tuple[Sequence[Step], Sequence[Step]]]) -> float:
    """Mean Jaccard similarity |X ∩ Y| / |X ∪ Y| of the five most likely tokens per step.

    Taken along the common prefix and at the step where the outputs part (both still saw the same
    context there). 1 = the same five tokens everywhere, their order aside. NaN without steps.
    """
    _need(pairs)
    values = []
    for a, b in pairs:
        steps = len(_common(a, b)) + 1
        for x, y in zip(a[:steps], b[:steps], strict=False):
            union = set(x.top5) | set(y.top5)
            if union:
                values.append(len(set(x.top5) & set(y.top5)) / len(union))
    return statistics.fmean(values) if values else math.nan


def _common(a: Sequence[Step], b: Sequence[Step]) -> list[tuple[Step, Step]]:
    found = []
    for x, y in zip(a, b, strict=False):
        if x.token != y.token:
            break
        found.append((x, y))
    return found


def _need(pairs: Sequence[object]) -> None:
    if not pairs:
        raise ValueError("No prompts to compare: both conditions must have run the same prompts.")


@dataclass(frozen=True)
class ScoreShift:
    """B's benchmark score minus A's, on the same items.

    `low` and `high`: 95 % paired bootstrap interval. `only_a`, `only_b`: items that only one of
    the two got right. `p`: McNemar's exact two-sided p-value.
    """

    score_a: float
    score_b: float
    low: float
    high: float
    only_a: int
    only_b: int
    p: float

    @property
    def shift(self) -> float:
        """In points of the score, [-1, 1]."""
        return self.score_b - self.score_a


def score_shift(
    right_a: Sequence[bool], right_b: Sequence[bool], *, resamples: int = 10_000, seed: int = 0
) -> ScoreShift:
    """Shift of a benchmark score between two conditions, item by item.

    The bootstrap draws *items* with replacement and keeps each item's pair together, since the
    two conditions answered the same question (paired; percentile interval). McNemar's exact test
    asks whether, among the items that only one got right, A and B share them like a fair coin:
    p = min(1, 2 · P[Binomial(b + c, ½) ≤ min(b, c)]) (McNemar 1947).

    Raises ValueError when the two do not have the same number of items, or none.
    """
    import numpy as np

    if len(right_a) != len(right_b):
        raise ValueError(f"{len(right_a)} items for A, {len(right_b)} for B: they must be the same")
    _need(right_a)
    a, b = np.asarray(right_a, float), np.asarray(right_b, float)
    difference = b - a
    draw = np.random.default_rng(seed)
    picks = draw.integers(0, len(a), size=(resamples, len(a)))
    low, high = np.quantile(difference[picks].mean(axis=1), [0.025, 0.975])
    only_a, only_b = int(((a == 1) & (b == 0)).sum()), int(((a == 0) & (b == 1)).sum())
    return ScoreShift(
        float(a.mean()), float(b.mean()), float(low), float(high), only_a, only_b,
        mcnemar(only_a, only_b),
    )  # fmt: skip


def mcnemar(only_a: int, only_b: int) -> float:
    """McNemar's exact two-sided p-value from the two counts of disagreement."""
    n = only_a + only_b
    tail = sum(math.comb(n, k) for k in range(min(only_a, only_b) + 1)) / 2**n
    return min(1.0, 2 * tail)


def summary(
    pairs: Sequence[tuple[Sequence[Step], Sequence[Step]]],
) -> Mapping[str, float | None]:
    """All five measures at once, for one row of a table."""
    tokens = [([s.token for s in a], [s.token for s in b]) for a, b in pairs]
    parted = token_divergence(tokens)
    return {
        "disagreement_rate": disagreement_rate([(tuple(a), tuple(b)) for a, b in tokens]),
        "length_bias": length_bias(tokens),
        "length_magnitude": length_magnitude(tokens),
        "first_difference": parted.position,
        "first_difference_normalized": parted.normalized,
        "rmse_top1_logprob": rmse_top1_logprob(pairs),
        "jaccard_top5": jaccard_top5(pairs),
    }

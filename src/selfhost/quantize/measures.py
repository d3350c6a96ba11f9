"""How far a quantized model is from the original: perplexity, KL divergence, top-1 agreement.

All take log-probabilities (natural logarithm) of shape (positions, vocabulary).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SHARES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)


def log_softmax(logits: NDArray[Any]) -> Array:
    """Scores -> log-probabilities along the last axis, in float64.

    float64, since the divergence of a 16-bit file from a 32-bit one is below float32's rounding.
    """
    x = np.asarray(logits, np.float64)
    x = x - x.max(axis=-1, keepdims=True)
    result: Array = x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
    return result


def surprise(logprobs: Array, targets: NDArray[np.int64]) -> Array:
    """-log p of the token that really came, per position, in nats: (positions,)."""
    result: Array = -np.take_along_axis(logprobs, targets[:, None], axis=-1)[:, 0]
    return result


def divergence(reference: Array, other: Array) -> Array:
    """KL(reference ‖ other) per position, in nats: (positions,).

    The information that is lost when the other distribution is taken for the reference. Never
    negative but for rounding, which is cut off at zero.
    """
    result: Array = (np.exp(reference) * (reference - other)).sum(axis=-1).clip(min=0.0)
    return result


@dataclass(frozen=True)
class Quality:
    """The figures of one file. KL in nats; `same_top` is a share from 0 to 1.

    `curve`: the divergence that this share of positions stays below, for the shares of `SHARES`;
    `worst_at`: the position of the largest one, counted over all rows.
    """

    positions: int
    perplexity: float
    kl_mean: float
    kl_99: float
    kl_worst: float
    same_top: float
    curve: list[float]
    worst_at: int


class Running:
    """Collects positions row by row, so that a large vocabulary never lies in memory at once."""

    def __init__(self) -> None:
        self.surprises: list[Array] = []
        self.divergences: list[Array] = []
        self.same = 0

    def add(self, reference: Array, other: Array, targets: NDArray[np.int64]) -> None:
        """One row: two arrays of (positions, vocabulary), and the tokens that really came."""
        self.surprises.append(surprise(other, targets))
        self.divergences.append(divergence(reference, other))
        self.same += int((reference.argmax(-1) == other.argmax(-1)).sum())

    def quality(self) -> Quality:
        """The figures over everything added so far."""
        lost, kl = np.concatenate(self.surprises), np.concatenate(self.divergences)
        return Quality(
            positions=len(kl),
            perplexity=float(np.exp(lost.mean())),
            kl_mean=float(kl.mean()),
            kl_99=float(np.quantile(kl, 0.99)),
            kl_worst=float(kl.max()),
            same_top=self.same / len(kl),
            curve=[float(value) for value in np.quantile(kl, SHARES)],
            worst_at=int(kl.argmax()),
        )

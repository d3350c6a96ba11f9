"""The same request many times: how many answers, how often the same one, and what N runs can show.

An "answer" is anything that can be compared: a text, or a tuple of token ids.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """Share of repeats that equal the first run, with a confidence interval.

    `rate` = `same` / `compared`; `low` and `high` bound the rate that one would find with
    endless repeats.
    """

    same: int
    compared: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Observed share in [0, 1]; NaN when nothing could be compared."""
        return self.same / self.compared if self.compared else math.nan


def distinct(answers: Sequence[Hashable]) -> int:
    """How many different answers there are."""
    return len(set(answers))


def groups(answers: Sequence[Hashable]) -> list[tuple[Hashable, int]]:
    """Each different answer with how often it came, most frequent first."""
    return Counter(answers).most_common()


def wilson(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval for a share (Wilson 1927), by default at 95 %.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). Unlike the usual p ± z·s it stays inside
    [0, 1] and is not empty at 0 or n successes. Without trials it is (0, 1): nothing is known.

    Raises ValueError when the counts make no sense.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")
    if trials == 0:
        return 0.0, 1.0
    p = successes / trials
    middle = p + z * z / (2 * trials)
    spread = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def agreement(answers: Sequence[Hashable]) -> Agreement:
    """Compare runs 2..N with run 1: N - 1 yes-or-no trials, so that Wilson's interval applies."""
    same = sum(answer == answers[0] for answer in answers[1:])
    compared = max(0, len(answers) - 1)
    return Agreement(same, compared, *wilson(same, compared))


def at_most(trials: int, confidence: float = 0.95) -> float:
    """How often a difference may still occur although none was seen in `trials` comparisons.

    The largest p with (1-p)^n ≥ 1 - confidence, which is 1 - (1-confidence)^(1/n): about 3/n at
    95 % ("rule of three"; Hanley and Lippman-Hand, JAMA 1983). This, and never "deterministic",
    is what N equal runs show.
    """
    if trials <= 0:
        return 1.0
    return 1 - (1 - confidence) ** (1 / trials)


def verdict(answers: Sequence[Hashable]) -> str:
    """One sentence for a reader, with the bound instead of a promise."""
    n = len(answers)
    if n < 2:
        return "One run shows nothing about repeatability: repeat it."
    kinds = distinct(answers)
    if kinds == 1:
        return (
            f"No difference observed in {n} runs: at 95 % confidence, fewer than "
            f"{at_most(n - 1):.0%} of repeats differ from the first."
        )
    seen = agreement(answers)
    return (
        f"{kinds} different answers in {n} runs; {seen.same} of {seen.compared} repeats equal the "
        f"first ({seen.rate:.0%}, 95 % interval {seen.low:.0%} to {seen.high:.0%})."
    )

"""What changes in the course of training: learning rate, window kinds, disturbances.

Training runs in cycles. Each warms up, holds, and decays to almost nothing, so that a usable model
stands at the end of each; the next cycle starts again a little lower.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

WINDOW_SECONDS = {3.0: 9, 4.5: 7, 7.0: 4}
FULL_SECONDS = 30.0
FULL_SHARE = 0.02  # last part of a cycle with real 30 s windows
TAIL_SECONDS = 0.64
WARMUP_STEPS = 150
HOLD = 0.25
CYCLE_FACTOR = 0.6
FLOOR = 0.02
STRENGTH = 0.5  # of the disturbances; more slows a short training down


@dataclass(frozen=True)
class Plan:
    """Settings of one training step."""

    rate: float
    seconds: float
    tail: bool
    several: float
    strength: float


def learning_rate(progress: float, steps_in_cycle: int, cycle: int) -> float:
    """Factor on the peak learning rate: warm-up, plateau, cosine decay."""
    warm = min(1.0, (steps_in_cycle + 1) / WARMUP_STEPS)
    fall = max(0.0, progress - HOLD) / (1 - HOLD)
    shape = max(FLOOR, 0.5 * (1 + math.cos(math.pi * min(1.0, fall))))
    return warm * shape * CYCLE_FACTOR**cycle


def plan(progress: float, steps_in_cycle: int, cycle: int, rng: random.Random) -> Plan:
    """Draw the settings of a step; ``progress`` runs from 0 to 1 within the cycle."""
    rate = learning_rate(progress, steps_in_cycle, cycle)
    early = progress if cycle == 0 else 1.0
    strength = min(STRENGTH, max(0.0, (early - 0.08) / 0.5))
    if progress > 1 - FULL_SHARE:
        return Plan(rate, FULL_SECONDS, False, 0.5, strength)
    seconds = rng.choices(list(WINDOW_SECONDS), list(WINDOW_SECONDS.values()))[0]
    tail = early > 0.15 and rng.random() < 0.9
    several = 0.1 if early < 0.1 else 0.35
    return Plan(rate, seconds, tail, several, strength)

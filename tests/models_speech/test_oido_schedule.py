"""The course of training: warm-up, decay, restarts, window kinds."""

import random

from models.oido import schedule


def test_learning_rate_rises_holds_and_falls():
    assert schedule.learning_rate(0.0, 0, 0) < 0.01
    assert schedule.learning_rate(0.2, 1000, 0) == 1.0
    assert schedule.learning_rate(0.6, 1000, 0) < 1.0
    assert schedule.learning_rate(1.0, 1000, 0) == schedule.FLOOR


def test_each_cycle_starts_lower():
    first, second = (schedule.learning_rate(0.2, 1000, cycle) for cycle in (0, 1))
    assert second == first * schedule.CYCLE_FACTOR


def test_windows_end_at_full_length():
    rng = random.Random(1)
    early = [schedule.plan(0.02, 10, 0, rng) for _ in range(50)]
    assert {plan.seconds for plan in early} <= set(schedule.WINDOW_SECONDS)
    assert not any(plan.tail for plan in early)
    assert any(schedule.plan(0.5, 500, 0, rng).tail for _ in range(20))
    assert schedule.plan(0.99, 999, 0, rng).seconds == schedule.FULL_SECONDS

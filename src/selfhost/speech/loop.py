"""A loop of stages, timed: what lab 4 measures and draws.

A stage that computes is timed by the processor time of this process, so that other programs on a
busy computer do not disturb the comparison; a stage that waits (for a server) by the clock on the
wall.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Stage:
    """One stage of one run. `start` and `seconds` in seconds, from the beginning of its run."""

    run: str
    name: str
    start: float
    seconds: float


@dataclass
class Stopwatch:
    """Times stages: `with watch("question 1", "hear"): ...`; `stages` has them in order.

    `waiting` names the stages that wait. The stages of a run are laid one behind the other.
    `computed` and `now` tell the two times in seconds (others are for tests).
    """

    stages: list[Stage] = field(default_factory=list)
    waiting: tuple[str, ...] = ("think",)
    computed: Callable[[], float] = time.process_time
    now: Callable[[], float] = time.perf_counter

    @contextmanager
    def __call__(self, run: str, name: str) -> Iterator[None]:
        clock = self.now if name in self.waiting else self.computed
        begin = clock()
        try:
            yield
        finally:
            self._add(run, name, clock() - begin)

    def _add(self, run: str, name: str, seconds: float) -> None:
        before = [stage for stage in self.stages if stage.run == run]
        start = before[-1].start + before[-1].seconds if before else 0.0
        self.stages.append(Stage(run, name, start, seconds))

    def faster(self, other: Stopwatch) -> Stopwatch:
        """Of two watches over the same stages, the quicker run of each.

        A computer has other things to do in between, which only ever makes a run slower.
        """
        both = {(s.run, s.name): s for s in other.stages}
        found = Stopwatch(waiting=self.waiting)
        for stage in self.stages:
            twin = both.get((stage.run, stage.name), stage)
            found._add(stage.run, stage.name, min(stage.seconds, twin.seconds))
        return found

    def seconds(self, name: str) -> float:
        """Seconds spent in the stages of a name, over all runs."""
        return sum(stage.seconds for stage in self.stages if stage.name == name)

    def totals(self) -> dict[str, float]:
        """Seconds by stage, the longest first."""
        names = dict.fromkeys(stage.name for stage in self.stages)
        return dict(sorted(((n, self.seconds(n)) for n in names), key=lambda each: -each[1]))

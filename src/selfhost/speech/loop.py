"""A loop of stages, timed: what lab 4 measures and draws."""

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

    The first stage of a run starts its clock. `now` tells the time in seconds (for tests).
    """

    stages: list[Stage] = field(default_factory=list)
    now: Callable[[], float] = time.perf_counter
    _begins: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, run: str, name: str) -> Iterator[None]:
        begin = self.now()
        zero = self._begins.setdefault(run, begin)
        try:
            yield
        finally:
            self.stages.append(Stage(run, name, begin - zero, self.now() - begin))

    def seconds(self, name: str) -> float:
        """Seconds spent in the stages of a name, over all runs."""
        return sum(stage.seconds for stage in self.stages if stage.name == name)

    def totals(self) -> dict[str, float]:
        """Seconds by stage, the longest first."""
        names = dict.fromkeys(stage.name for stage in self.stages)
        return dict(sorted(((n, self.seconds(n)) for n in names), key=lambda each: -each[1]))

"""What memory and processor allow: the roofline of decoding.

For one token of each of N answers the weights are read once and used N times. So N answers at
once cost hardly more than one, as long as reading is what takes the time; then the arithmetic
does. Tokens per second of all together can exceed neither

    N x bandwidth / bytes of the weights      (memory)
    arithmetic per second / (2 x parameters)  (processor: a multiplication and an addition each)

(S. Williams, A. Waterman, D. Patterson, "Roofline", CACM 52(4), 2009, for the picture; the keys
and values that are read besides the weights are left out: they are small for short answers.)
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from selfhost.sizing.bandwidth import read_bandwidth


@dataclass(frozen=True)
class Machine:
    """One thread of this computer: bytes read per second (by block size), FLOP per second."""

    bandwidth: float
    flops: float


@dataclass(frozen=True)
class Limit:
    """What a machine allows for weights of so many bytes and parameters."""

    machine: Machine
    weights: int
    parameters: int

    def memory(self, sequences: int) -> float:
        """Tokens/s of all together that reading the weights allows."""
        return sequences * self.machine.bandwidth / self.weights

    @property
    def processor(self) -> float:
        """Tokens/s of all together that the arithmetic allows."""
        return self.machine.flops / (2 * self.parameters)

    def both(self, sequences: int) -> float:
        """The lower of the two: the roof."""
        return min(self.memory(sequences), self.processor)

    @property
    def ridge(self) -> float:
        """So many sequences make reading and arithmetic take equally long."""
        return self.processor / self.memory(1)


def machine(nbytes: int, seconds: float = 0.2) -> Machine:
    """Measure one thread: reading a block of `nbytes` (as large as the weights), and arithmetic."""
    return Machine(read_bandwidth(nbytes, seconds), arithmetic(seconds=seconds))


def arithmetic(size: int = 512, seconds: float = 0.2) -> float:
    """FLOP per second of a float32 matrix product with one thread, the best of all repeats."""
    import numpy as np
    from threadpoolctl import threadpool_limits

    a = np.ones((size, size), np.float32)
    out = np.empty_like(a)
    best = float("inf")
    with threadpool_limits(1):
        end, repeats = time.perf_counter() + seconds, 0
        while repeats < 3 or time.perf_counter() < end:
            start = time.perf_counter()
            np.matmul(a, a, out=out)
            best = min(best, time.perf_counter() - start)
            repeats += 1
    return 2.0 * size**3 / best


@dataclass(frozen=True)
class Step:
    """Seconds of one step for n sequences: `reading` once, and `sequence` for each of them."""

    reading: float
    sequence: float

    def total(self, sequences: int) -> float:
        """Tokens/s of all together."""
        return sequences / (self.reading + sequences * self.sequence)

    def students(self, speed: float) -> int:
        """So many at once get `speed` tokens/s each; 0 if not even one does."""
        room = 1 / speed - self.reading
        return max(0, int(room / self.sequence)) if self.sequence > 0 else 10**6 * (room > 0)

    def scaled(self, weights: float, parameters: float) -> Step:
        """The same engine and machine, with so many times the bytes and the parameters."""
        return Step(self.reading * weights, self.sequence * parameters)


def fit(decode: Mapping[int, float]) -> Step:
    """The two times that describe measured totals best: least squares of the relative errors.

    Neither is negative. Raises ValueError with fewer than two measurements.
    """
    import numpy as np

    if len(decode) < 2:
        raise ValueError("two measurements at least")
    counts = np.array(sorted(decode), float)
    seconds = counts / np.array([decode[int(n)] for n in counts])
    rows = np.stack([1 / seconds, counts / seconds], axis=1)  # each row times (a, b) should be 1
    both = np.linalg.lstsq(rows, np.ones(len(counts)), rcond=None)[0]
    if (both >= 0).all():
        return Step(float(both[0]), float(both[1]))
    alone = rows.sum(axis=0) / (rows**2).sum(axis=0)  # the best value of each without the other
    worse = ((rows * alone - 1) ** 2).sum(axis=0)
    return Step(float(alone[0]), 0.0) if worse[0] < worse[1] else Step(0.0, float(alone[1]))

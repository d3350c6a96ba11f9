"""How fast memory can be read, and what that allows.

To make one token of one answer every weight is read once. So memory bandwidth divided by the bytes
of the weights is a bound on tokens per second; nothing that reads all weights can be faster.
"""

from __future__ import annotations

import time


def read_bandwidth(nbytes: int, seconds: float = 0.2) -> float:
    """Bytes per second at which one thread reads a block of `nbytes` again and again.

    The best of all repeats in `seconds`, since other programs only slow it down. A block that
    fits the processor's caches is read from there.
    """
    import numpy as np

    block = np.ones(max(1024, nbytes // 4), np.float32)
    best = float("inf")
    end = time.perf_counter() + seconds
    repeats = 0
    while repeats < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        block.max()  # reads every number and writes none; numpy uses vector instructions for it
        best = min(best, time.perf_counter() - start)
        repeats += 1
    return block.nbytes / best


def curve(sizes: tuple[int, ...] = (1, 4, 16, 64, 256), seconds: float = 0.2) -> dict[int, float]:
    """Bandwidth (bytes/s) for blocks of so many MB (10^6 bytes)."""
    return {size: read_bandwidth(size * 10**6, seconds) for size in sizes}


def bound(bytes_per_token: int, bandwidth: float) -> float:
    """Tokens per second that no engine can exceed with this bandwidth (bytes/s), for one user."""
    return bandwidth / bytes_per_token

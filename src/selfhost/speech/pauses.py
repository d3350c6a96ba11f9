"""Where somebody speaks and where not, by loudness alone (a simple voice activity detection).

Long recordings are cut where it is quiet, so that no word is cut in two; and a model that was
trained on single sentences gets one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from selfhost.speech.sound import RATE, Samples

FRAME = 0.02  # seconds
SHORTEST_PAUSE = 0.6  # seconds; a comma is mostly shorter, the end of a sentence seldom
MARGIN = 0.25  # seconds kept around speech
_FLOOR = 1e-4  # root mean square below which nobody is heard (-80 dBFS)


def levels(samples: Samples, rate: int = RATE) -> NDArray[np.float64]:
    """Root mean square of each 20 ms."""
    size = int(FRAME * rate)
    whole = samples[: len(samples) // size * size].reshape(-1, size)
    return np.sqrt(np.mean(np.square(whole, dtype=np.float64), axis=1))


def utterances(
    samples: Samples, rate: int = RATE, pause: float = SHORTEST_PAUSE
) -> list[tuple[int, int]]:
    """Stretches of speech as (first, one past the last) sample, separated by pauses.

    A frame counts as speech when it is 10 dB above the quietest tenth of the recording, and less
    than 35 dB below its loudest part. Steady noise has no such frames: the list is empty then.
    """
    loud = levels(samples, rate)
    if not len(loud) or loud.max() < _FLOOR:
        return []
    quiet = float(np.percentile(loud, 10))
    threshold = max(quiet * 10 ** (10 / 20), float(loud.max()) * 10 ** (-35 / 20), _FLOOR)
    speech = np.flatnonzero(loud > threshold)
    if not len(speech):
        return []
    breaks = np.flatnonzero(np.diff(speech) * FRAME >= pause)
    firsts = speech[np.r_[0, breaks + 1]]
    lasts = speech[np.r_[breaks, len(speech) - 1]]
    size, margin = int(FRAME * rate), int(MARGIN * rate)
    return [
        (max(0, int(first) * size - margin), min(len(samples), (int(last) + 1) * size + margin))
        for first, last in zip(firsts, lasts, strict=True)
    ]


def quietest(samples: Samples, start: int, rate: int = RATE) -> int:
    """The sample after `start` in the middle of the quietest 0.2 s."""
    loud = levels(samples[start:], rate)
    width = max(1, int(0.2 / FRAME))
    if len(loud) <= width:
        return len(samples)
    sums = np.convolve(loud, np.ones(width), mode="valid")
    return start + int((int(np.argmin(sums)) + width / 2) * FRAME * rate)


def blocks(
    pieces: Iterable[Samples], seconds: float, rate: int = RATE
) -> Iterator[tuple[float, Samples]]:
    """(start in seconds, samples) of blocks of at most `seconds`, cut where it is quiet.

    The cut lies in the last fifth of a block; the rest goes to the next one. At no time is more
    than one block and one piece in memory.
    """
    size = int(seconds * rate)
    held: list[Samples] = []
    count, done = 0, 0
    for piece in pieces:
        held.append(piece)
        count += len(piece)
        while count > size:
            joined = np.concatenate(held)
            cut = quietest(joined[:size], int(size * 0.8), rate)
            yield done / rate, joined[:cut]
            done += cut
            held, count = [joined[cut:]], count - cut
    if count:
        yield done / rate, np.concatenate(held)

"""Sound as a small voice makes it: a picture of few bands, a little blurred, turned into sound.

The voices of ``voz`` draw such a picture, and the method of Griffin and Lim (1984) finds sound that
fits it. oido never hears these voices in training; it hears the loss that all such voices share.
"""

from __future__ import annotations

import random
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.signal import istft, stft

from .synth import RATE, Samples

FFT, WINDOW, HOP, BANDS = 1024, 800, 200, 80
SHARE = 0.3
ROUNDS = (4, 16)
BLUR_TIME, BLUR_BANDS = 1.2, 0.8  # in frames and bands, at most
FLOOR = 1e-3


@cache
def _filters() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Triangles on the mel scale, bands by frequencies, and their pseudo-inverse."""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    corners = 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)
    at = np.linspace(0, RATE / 2, FFT // 2 + 1)
    low, middle, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    slopes = np.minimum((at - low) / (middle - low), (high - at) / (high - middle))
    filters = np.maximum(0, slopes).astype(np.float32)
    return filters, np.linalg.pinv(filters).astype(np.float32)


def _to_frames(sound: NDArray[np.float32]) -> NDArray[np.complex64]:
    frames: NDArray[np.complex64] = stft(
        sound, RATE, nperseg=WINDOW, noverlap=WINDOW - HOP, nfft=FFT
    )[2]
    return frames


def _to_sound(frames: NDArray[np.complex64], samples: int) -> NDArray[np.float32]:
    sound = istft(frames, RATE, nperseg=WINDOW, noverlap=WINDOW - HOP, nfft=FFT)[1]
    result = np.zeros(samples, np.float32)
    result[: min(samples, len(sound))] = sound[:samples]
    return result


def vocoded(sound: Samples, rng: random.Random) -> Samples:
    """For a share of the recordings: the sound with only what the picture keeps of it."""
    if rng.random() >= SHARE or len(sound) < 2 * WINDOW:
        return sound
    filters, inverse = _filters()
    bands = np.log(np.maximum(FLOOR, filters @ np.abs(_to_frames(sound))))
    blur = (rng.uniform(0, BLUR_BANDS), rng.uniform(0, BLUR_TIME))
    loud = np.maximum(0, inverse @ np.exp(gaussian_filter(bands, blur))).astype(np.float32)
    noise = np.random.default_rng(rng.getrandbits(32))
    phase = np.exp(2j * np.pi * noise.random(loud.shape, dtype=np.float32)).astype(np.complex64)
    for _ in range(rng.randint(*ROUNDS)):
        again = _to_frames(_to_sound(loud * phase, len(sound)))[:, : loud.shape[1]]
        phase = again / np.maximum(1e-6, np.abs(again))
    return _to_sound(loud * phase, len(sound))

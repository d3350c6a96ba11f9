"""Speak text with espeak-ng and flite, in this process, as 16 kHz samples.

Both are ordinary Debian packages (``apt-get install espeak-ng flite``); their shared libraries are
called directly, which is many times faster than starting a program for each sentence.
"""

from __future__ import annotations

import ctypes
from ctypes import util
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from .voices import FLITE, HELD_OUT_FLITE, Voice

RATE = 16_000
Samples = NDArray[np.float32]
_ESPEAK_PARAMETERS = {"speed": 1, "pitch": 3, "range": 4}


class SynthesisError(RuntimeError):
    """The engine is missing or does not know the voice."""


def _library(name: str, *, everywhere: bool = False) -> ctypes.CDLL:
    mode = ctypes.RTLD_GLOBAL if everywhere else ctypes.DEFAULT_MODE
    try:
        return ctypes.CDLL(name, mode=mode)
    except OSError as error:
        hint = "install it with: apt-get install espeak-ng flite"
        raise SynthesisError(f"speech library {name} not found; {hint}") from error


def to_16k(samples: Samples, rate: int) -> Samples:
    """Resample to 16 kHz."""
    if rate == RATE:
        return samples
    step = gcd(rate, RATE)
    resampled: Samples = resample_poly(samples, RATE // step, rate // step).astype(np.float32)
    return resampled


def trim(samples: Samples, threshold: float = 60.0, keep: int = 160) -> Samples:
    """Cut silence at both ends, leaving 10 ms."""
    loud = np.flatnonzero(np.abs(samples) > threshold)
    if not len(loud):
        return samples[:0]
    return samples[max(0, int(loud[0]) - keep) : int(loud[-1]) + keep]


class Espeak:
    """espeak-ng: fast formant voices with many variants, English and Spanish."""

    _SYNCHRONOUS = 2
    _UTF8 = 1

    def __init__(self) -> None:
        self._lib = _library(util.find_library("espeak-ng") or "libespeak-ng.so.1")
        self._rate = self._lib.espeak_Initialize(self._SYNCHRONOUS, 0, None, 0)
        if self._rate <= 0:
            raise SynthesisError("espeak-ng does not start: is the package espeak-ng-data there?")
        self._chunks: list[NDArray[np.int16]] = []
        prototype = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
        )

        def collect(wave: Any, count: int, _events: Any) -> int:
            if wave and count > 0:
                self._chunks.append(np.ctypeslib.as_array(wave, shape=(count,)).copy())
            return 0

        self._callback = prototype(collect)
        self._lib.espeak_SetSynthCallback(self._callback)
        size, number, pointer = ctypes.c_size_t, ctypes.c_uint, ctypes.c_void_p
        self._lib.espeak_Synth.argtypes = [
            ctypes.c_char_p, size, number, ctypes.c_int, number, number, pointer, pointer
        ]  # fmt: skip
        self._voice = ""

    def say(self, text: str, voice: Voice) -> Samples:
        """Speak a text; samples on the 16-bit scale."""
        if voice.name != self._voice:
            if self._lib.espeak_SetVoiceByName(voice.name.encode("utf-8")) != 0:
                raise SynthesisError(f"espeak-ng has no voice {voice.name}")
            self._voice = voice.name
        for name, number in _ESPEAK_PARAMETERS.items():
            self._lib.espeak_SetParameter(number, int(getattr(voice, name)), 0)
        self._chunks.clear()
        data = text.encode("utf-8") + b"\0"
        self._lib.espeak_Synth(data, len(data), 0, 1, 0, self._UTF8, None, None)
        if not self._chunks:
            return np.zeros(0, np.float32)
        joined = np.concatenate(self._chunks).astype(np.float32)
        return trim(to_16k(joined, self._rate))


class _Wave(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


class Flite:
    """flite: recorded English voices (slt, rms, awb) and one diphone voice (kal16)."""

    def __init__(self) -> None:
        self._lib = _library("libflite.so.1", everywhere=True)
        self._lib.flite_init()
        for name in ("usenglish", "cmulex"):
            _library(f"libflite_{name}.so.1", everywhere=True)
        self._voices = {}
        for voice in (*FLITE, HELD_OUT_FLITE):
            module = _library(f"libflite_cmu_us_{voice}.so.1")
            register = getattr(module, f"register_cmu_us_{voice}")
            register.restype = ctypes.c_void_p
            register.argtypes = [ctypes.c_char_p]
            self._voices[voice] = register(None)
        self._lib.flite_text_to_wave.restype = ctypes.POINTER(_Wave)
        self._lib.flite_text_to_wave.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        self._lib.delete_wave.argtypes = [ctypes.c_void_p]

    def say(self, text: str, voice: Voice) -> Samples:
        """Speak an English text; samples on the 16-bit scale."""
        plain = text.encode("ascii", "ignore")
        pointer = self._lib.flite_text_to_wave(plain, self._voices[voice.name])
        if not pointer:
            return np.zeros(0, np.float32)
        wave = pointer.contents
        samples = np.ctypeslib.as_array(wave.samples, shape=(wave.num_samples,)).copy()
        rate = wave.sample_rate
        self._lib.delete_wave(ctypes.cast(pointer, ctypes.c_void_p))
        return trim(to_16k(samples.astype(np.float32), rate))


class Speaker:
    """Both engines behind one method."""

    def __init__(self) -> None:
        self._engines: dict[str, Espeak | Flite] = {"espeak": Espeak(), "flite": Flite()}

    def say(self, text: str, voice: Voice) -> Samples:
        """Speak a text with a voice; empty when the engine produced nothing."""
        return self._engines[voice.engine].say(text, voice)

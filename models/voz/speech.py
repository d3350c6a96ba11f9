"""The spoken sentences of a voice, made once and kept in one NumPy archive.

English speaks with flite's voice slt, Spanish with espeak-ng's plain Spanish voice.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.oido.synth import RATE, Samples, Speaker
from models.oido.voices import Voice

from .texts import sentences

VOICES = {"en": Voice("flite", "slt"), "es": Voice("espeak", "es", 150, 50, 50)}
LOUDNESS = 0.6
EDGE = int(0.06 * RATE)
SHORTEST, LONGEST = 0.5, 9.0


def level(sound: Samples) -> NDArray[np.int16]:
    """A short silence at both ends and the same peak for all."""
    peak = max(1.0, float(np.abs(sound).max()))
    framed = np.pad(sound * (LOUDNESS * 32767 / peak), EDGE)
    return framed.astype(np.int16)


def speak_all(language: str, count: int, seed: int, path: Path) -> None:
    """Speak ``count`` sentences and write the archive."""
    speaker, voice = Speaker(), VOICES[language]
    texts, sounds = [], []
    for text in sentences(language, count, seed):
        sound = speaker.say(text, voice)
        if SHORTEST * RATE < len(sound) < LONGEST * RATE:
            texts.append(text)
            sounds.append(level(sound))
    table = np.frombuffer(json.dumps(texts).encode("utf-8"), np.uint8)
    lengths = np.array([len(sound) for sound in sounds], np.int64)
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        np.savez(file, audio=np.concatenate(sounds), lengths=lengths, texts=table)
    partial.replace(path)


def read(path: Path) -> tuple[list[NDArray[np.int16]], list[str]]:
    """Sounds and their texts."""
    with np.load(path, allow_pickle=False) as archive:
        texts: list[str] = json.loads(archive["texts"].tobytes().decode("utf-8"))
        ends = archive["lengths"].cumsum()
        return np.split(archive["audio"], ends[:-1]), texts

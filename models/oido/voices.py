"""Which synthetic voices speak the training texts, and which are kept for evaluation only."""

from __future__ import annotations

import random
from dataclasses import dataclass

EN_ACCENTS = {"en-us": 3, "en": 2, "en-gb-x-rp": 1}
ES_ACCENTS = {"es": 1, "es-419": 1}
_NAMES = (
    "m1 m2 m3 m4 m5 m6 m8 f1 f2 f3 f4 adam belinda benjamin david ed Gene linda Mario paul pablo "
    "robert sandro steph zac"
)
VARIANTS = ("", *("+" + name for name in _NAMES.split()))
FLITE = ("slt", "rms", "kal16")
FLITE_SHARE = 0.14

HELD_OUT_VARIANTS = ("+m7", "+f5", "+Andy", "+Annie")
HELD_OUT_FLITE = "awb"


@dataclass(frozen=True)
class Voice:
    """A voice of one engine; speed, pitch and range only count for espeak-ng."""

    engine: str
    name: str
    speed: int = 160
    pitch: int = 50
    range: int = 50

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


def _espeak(name: str, rng: random.Random) -> Voice:
    speed = rng.randint(125, 195) if rng.random() < 0.85 else rng.randint(105, 220)
    return Voice("espeak", name, speed, rng.randint(25, 75), rng.randint(30, 70))


def training_voice(language: str, rng: random.Random) -> Voice:
    """A random voice for training."""
    if language == "en" and rng.random() < FLITE_SHARE:
        return Voice("flite", rng.choice(FLITE))
    accents = EN_ACCENTS if language == "en" else ES_ACCENTS
    accent = rng.choices(list(accents), list(accents.values()))[0]
    return _espeak(accent + rng.choice(VARIANTS), rng)


def held_out_voice(language: str, rng: random.Random) -> Voice:
    """A random voice that training never hears."""
    if language == "en" and rng.random() < 0.2:
        return Voice("flite", HELD_OUT_FLITE)
    accents = ("en-us", "en") if language == "en" else ("es", "es-419")
    name = rng.choice(accents) + rng.choice(HELD_OUT_VARIANTS)
    return Voice("espeak", name, rng.randint(135, 180), rng.randint(35, 65), 50)

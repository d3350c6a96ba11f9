"""Sentences that cannot be guessed, and voices shifted in pitch: what makes oido listen.

A grammar is easy to learn by heart: a network that half hears a sentence completes it. Shards from
number ``FIRST_LOOSE`` on hold, for the most part, halves of two sentences put together and strings
of words, spoken more often by flite, and their sound is often a little faster and higher, or slower
and lower, as if other people spoke.
"""

from __future__ import annotations

import random
import re
from functools import cache

import numpy as np
from scipy.signal import resample_poly

from .grammar import Grammar, Sentence, draw, held_out
from .numerals import spell
from .synth import Samples
from .voices import FLITE, Voice, training_voice

FIRST_LOOSE = 56
LOOSE_SHARE = 0.75
FLITE_SHARE = 0.3
SHIFTED_SHARE = 0.7
SHIFTS = range(86, 118, 2)  # per cent of the original length
NUMBER_SHARE = 0.12
POOL = 6000
MAX_CHARS = 80


@cache
def words(language: str) -> tuple[str, ...]:
    """Words as often as sentences use them, without the first of each (its capital is by place)."""
    grammar, rng = Grammar.load(language), random.Random(f"words-{language}")
    found: list[str] = []
    for _ in range(POOL):
        found += re.findall(r"[^\W\d_]+(?:'[a-z]+)?", grammar.sentence(rng).written)[1:]
    rare = sorted(set(found))  # each once more, so that none is too rare
    return (*found, *rare * (len(found) // (2 * len(rare))))


def _without_digits(grammar: Grammar, rng: random.Random) -> list[str]:
    while True:
        text = draw(grammar, rng).written
        if not re.search(r"\d", text) and len(text.split()) > 3:
            return text.split()


def _halves(grammar: Grammar, rng: random.Random) -> list[tuple[str, str]]:
    head, tail = _without_digits(grammar, rng), _without_digits(grammar, rng)
    kept = head[: rng.randint(1, len(head) - 1)] + tail[rng.randint(1, len(tail) - 1) :]
    return [(word, word) for word in kept]


def _string(grammar: Grammar, rng: random.Random) -> list[tuple[str, str]]:
    first = _without_digits(grammar, rng)[0]
    pairs = [(first, first)]
    for _ in range(rng.randint(1, 8)):
        after_number = pairs[-1][0].isdigit()  # "twenty one" would be one number
        if rng.random() < NUMBER_SHARE and not after_number:
            number = rng.randint(0, rng.choice((20, 99, 999)))
            pairs.append((str(number), spell(number, grammar.language)))
        else:
            word = rng.choice(words(grammar.language))
            pairs.append((word, word))
    return pairs


def _joined(parts: list[str], end: str) -> str:
    """The words with one sign at the end, and the sign at the start that Spanish wants."""
    first = parts[0]
    rest = [re.sub(r"[.?!¿¡]", "", part) for part in parts[1:]]
    if first[0] in "¿¡":
        end = {"¿": "?", "¡": "!"}[first[0]]
    return " ".join([first.rstrip(".?!"), *rest]).rstrip(", ") + end


def loose_sentence(grammar: Grammar, rng: random.Random) -> Sentence:
    """Halves of two training sentences, or a string of words and numbers."""
    while True:
        pairs = (_halves if rng.random() < 0.5 else _string)(grammar, rng)
        end = rng.choice("?..") if grammar.language == "en" else "."
        written, spoken = (_joined([pair[form] for pair in pairs], end) for form in (0, 1))
        if len(spoken) <= MAX_CHARS and not held_out(written):
            return Sentence(written, spoken)


def loose_voice(language: str, rng: random.Random) -> Voice:
    """A training voice; in English flite's more often."""
    if language == "en" and rng.random() < FLITE_SHARE:
        return Voice("flite", rng.choice(FLITE))
    return training_voice(language, rng)


def shifted(sound: Samples, rng: random.Random) -> Samples:
    """Often the same sound at another speed, and so at another pitch."""
    if rng.random() >= SHIFTED_SHARE or not len(sound):
        return sound
    result: Samples = resample_poly(sound, rng.choice(SHIFTS), 100).astype(np.float32)
    return result

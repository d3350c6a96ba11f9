# SPDX-License-Identifier: MIT
"""Short translations between English and Spanish."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from .people import NAMES
from .tables import NOUN_ADJECTIVES, NOUNS, PHRASES, WORDS
from .template import Answered, fill, held, pick


def sentence_pair(r: Random) -> Sequence[str]:
    """English and Spanish; some noun and adjective pairs are held out."""
    k = r.random()
    while True:
        if k < 0.3:
            w = pick(r, WORDS)
            return w[0], w[1]
        if k < 0.45:
            return pick(r, PHRASES)
        n, a = pick(r, NOUNS), pick(r, NOUN_ADJECTIVES)
        f = n[2] == "f"
        m = pick(r, NOUNS)
        g = m[2] == "f"
        art = "La" if f else "El"
        if held("tr", n[0], a[0], pct=12):
            continue
        an = ("an " if m[0][0] in "aeiou" else "a ") + m[0]
        una = ("una " if g else "un ") + m[1]
        adj = a[2 if f else 1]
        nm = pick(r, NAMES)[0]
        est = "está" if a[0] in ("open", "clean") else "es"
        return pick(
            r,
            [
                (f"The {n[0]} is {a[0]}.", f"{art} {n[1]} {est} {adj}."),
                (f"The {n[0]} is {a[0]}.", f"{art} {n[1]} {est} {adj}."),
                (f"The {n[0]} is not {a[0]}.", f"{art} {n[1]} no {est} {adj}."),
                (f"The {n[0]} is very {a[0]}.", f"{art} {n[1]} {est} muy {adj}."),
                (f"I have {an}.", f"Tengo {una}."),
                (f"{nm} has {an}.", f"{nm} tiene {una}."),
                (f"I see {an}.", f"Veo {una}."),
                (f"There is {an}.", f"Hay {una}."),
                (
                    f"Is the {n[0]} {a[0]}?",
                    f"¿{'Está' if est == 'está' else 'Es'} {adj} {art.lower()} {n[1]}?",
                ),
            ],
        )


def q_translate(r: Random, es: int) -> Answered:
    e, s = sentence_pair(r)
    if r.random() < 0.6:
        return (
            fill(
                r,
                '[Translate to Spanish: $e|Translate into Spanish: $e|How do you say "$e" in'
                ' Spanish?|Say this in Spanish: $e|What is "$e" in Spanish?|In Spanish: $e]',
                {"e": e},
            ),
            s,
            s,
        )
    if es:
        return fill(r, '[Traduce al inglés: $s|¿Cómo se dice "$s" en inglés?]', {"s": s}), e, e
    return (
        fill(
            r,
            '[Translate to English: $s|Translate into English: $s|How do you say "$s" in'
            ' English?|What does "$s" mean?]',
            {"s": s},
        ),
        e,
        e,
    )

# SPDX-License-Identifier: MIT
"""Documents and questions made of stories."""

from __future__ import annotations

from random import Random

from .people import make_cast
from .stories_en import english
from .stories_es import spanish
from .tables import CREATURES, OBJECTS, PLACES
from .template import Answered, fill, pick


def story(r: Random, es: int, about: str | None = None, max_episodes: int = 2) -> tuple[str, str]:
    """A story (``about``: a creature, an object or a place in it) and its summary."""
    cast = make_cast(r, es, about)
    return spanish(r, cast) if es else english(r, cast, about, max_episodes)


def doc_story(r: Random, es: int) -> str:
    """A story or two, as plain text."""
    s, _ = story(r, es)
    if r.random() < 0.25:
        s2, _ = story(r, es)
        s = s + "\n\n" + s2
    return s + "\n"


def chat_story(r: Random, es: int) -> Answered:
    if r.random() < 0.55:
        t = pick(r, CREATURES)
        about = t[1 if es else 0]
        ab = (
            (("una " if t[2] == "f" else "un ") + t[1])
            if es
            else (("an " if t[0][0] in "aeiou" else "a ") + t[0])
        )
    elif r.random() < 0.7:
        t = pick(r, OBJECTS)
        about = t[1 if es else 0]
        ab = about if es else (("an " if t[0][0] in "aeiou" else "a ") + t[0])
    else:
        t = pick(r, PLACES)
        about = t[1 if es else 0]
        ab = about if es else (("an " if t[0][0] in "aeiou" else "a ") + t[0])
    v = {"t": ab}
    topic: str | None = about
    if r.random() < 0.2:
        ab, topic = "", None
    s, _ = story(r, es, topic)
    if es:
        q = fill(
            r,
            "[Escribe|Cuéntame|Inventa] un [cuento|cuento corto|relato breve][ sobre $t|].".replace(
                "[ sobre $t|]", " sobre $t" if ab else ""
            ),
            v,
        )
    else:
        q = fill(
            r,
            "[Write|Tell me|Make up|Invent] a [|short |little |very short ]story[ about $t|][.|,"
            " please.|]".replace("[ about $t|]", " [about|with] $t" if ab else ""),
            v,
        )
    return q, None, s

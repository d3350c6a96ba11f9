# SPDX-License-Identifier: MIT
"""Short stories in Spanish: an opening, one episode, an end, and a summary."""

from __future__ import annotations

from random import Random

from .people import Cast
from .tables import ADJECTIVES_ES, ENDINGS_ES, EPISODES_ES
from .template import fill, pick

OPENINGS = [
    "[Había una vez|Érase una vez] $un $k $adj que se llamaba $n. Vivía en $pl.",
    "En $pl vivía $un $k muy $adj. Se llamaba $n.",
    "$n era $un $k $adj que vivía en $pl.",
]


def spanish(r: Random, cast: Cast) -> tuple[str, str]:
    """A story and its summary."""
    a, b, thing = cast.hero, cast.friend, cast.object
    she = int(a["f"])
    v = {
        "n": a["n"],
        "h": b["n"],
        "k": a["kind"],
        "kh": b["kind"],
        "o": thing[1],
        "lo": ("la " if thing[2] == "f" else "el ") + thing[1].split(" ", 1)[1],
        "pl": cast.place[1],
        "sp": cast.spot[1],
        "sk": cast.skill[1],
        "un": "una" if she else "un",
        "unh": "una" if b["f"] else "un",
        "adj": pick(r, ADJECTIVES_ES)[she],
        "w": cast.weather[1],
        "oa": "a" if she else "o",
        "loa": "la" if thing[2] == "f" else "lo",
    }
    s = [fill(r, pick(r, OPENINGS), v)]
    if r.random() < 0.5:
        s.append(fill(r, "[Un día|Una mañana|Una tarde], $n salió de casa. $w", v))
    first, second, summary = EPISODES_ES[int(r.random() * 4)]
    s += [fill(r, first, v), fill(r, second, v)]
    told = fill(r, summary, v)
    s.append(fill(r, pick(r, ENDINGS_ES), v))
    return " ".join(s), told

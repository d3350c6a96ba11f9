# SPDX-License-Identifier: MIT
"""Short stories in English: an opening, one or two episodes, an end, and a summary."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from .people import Cast, character
from .tables import ADJECTIVES, ENDINGS, EPISODES, OBJECTS, SPOTS
from .template import fill, pick, upper_first, with_article

OPENINGS = [
    "[Once upon a time|A long time ago|Once], there was $ak [named|called] $n. $He lived in $apl.",
    "In $apl[, far away,|] [there lived|lived] $ak. $His name was $n.",
    "$n was $ak who lived in $apl.",
    "There once was $ak whose name was $n. $n lived in $apl[ with $his family|].",
]
MOODS = [
    "[One day|One morning|One afternoon], $n went out to [play|walk|look around]. $w",
    "$w $n [looked out of the window|was in a good mood|felt like going out].",
    "$n liked [to sing|to read|to run|the rain|the sea|long walks], and most of all $he liked $his"
    " $o.",
]
LATER = (
    "[The next day|A week later|Later that day|Some days after that], something"
    " [new|else|strange] happened."
)


def _values(r: Random, cast: Cast) -> dict[str, Any]:
    a, b = cast.hero, cast.friend
    first, second = pick(r, ADJECTIVES), pick(r, ADJECTIVES)
    return {
        "n": a["n"],
        "h": b["n"],
        "k": a["kind"],
        "kh": b["kind"],
        "o": cast.object[0],
        "pl": cast.place[0],
        "sp": cast.spot[0],
        "sk": cast.skill[0],
        "w": cast.weather[0],
        "he": a["he"],
        "He": a["He"],
        "his": a["his"],
        "him": a["him"],
        "hh": b["he"],
        "Hh": b["He"],
        "hhis": b["his"],
        "ak": with_article(first) + " " + a["kind"],
        "akh": with_article(second) + " " + b["kind"],
        "apl": with_article(cast.place[0]),
        "ao": with_article(cast.object[0]),
    }


def _newcomer(r: Random, v: dict[str, Any], hero: str, keep: bool) -> dict[str, Any]:
    """The values for a second episode: a new companion, and a new object unless it is kept."""
    b = character(r, 0)
    while b["n"] in (hero, v["h"]):
        b = character(r, 0)
    v = {
        **v,
        "h": b["n"],
        "kh": b["kind"],
        "hh": b["he"],
        "Hh": b["He"],
        "hhis": b["his"],
        "akh": with_article(pick(r, ADJECTIVES)) + " " + b["kind"],
        "sp": pick(r, SPOTS)[0],
    }
    if not keep:
        v["o"] = pick(r, OBJECTS)[0]
        v["ao"] = with_article(v["o"])
    return v


def english(r: Random, cast: Cast, about: str | None, max_episodes: int) -> tuple[str, str]:
    """A story and its summary."""
    v = _values(r, cast)
    s = [fill(r, pick(r, OPENINGS), {**v, "His": upper_first(v["his"])})]
    if r.random() < 0.6:
        s.append(fill(r, pick(r, MOODS), v))
    first = v  # the summary tells the first episode, with its companion
    episodes = r.sample(range(9), pick(r, (1, 1, 2)) if max_episodes > 1 else 1)
    for i, k in enumerate(episodes):
        if i:
            s.append(fill(r, LATER, v))
            keep = cast.object[0] in s[-1] or bool(about)
            v = _newcomer(r, v, cast.hero["n"], keep)
        s += [fill(r, EPISODES[k][0], v), fill(r, EPISODES[k][1], v)]
    s.append(fill(r, pick(r, ENDINGS), v))
    if r.random() < 0.15:
        s.append("The end.")
    text = " ".join(s)
    for place in ("farm", "island"):  # one lives on a farm, not in it
        text = re.sub(rf"\b([Ii])n (an? |the )({place})\b", _on, text)
    return text, fill(r, EPISODES[episodes[0]][2], first)


def _on(m: re.Match[str]) -> str:
    return ("O" if m[1] == "I" else "o") + "n " + m[2] + m[3]

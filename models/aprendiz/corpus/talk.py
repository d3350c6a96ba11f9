# SPDX-License-Identifier: MIT
"""Small talk, identity and refusals."""

from __future__ import annotations

from random import Random

from .people import NAMES
from .tables import COUNTRIES, REFUSALS, REFUSALS_ES, TALK, TALK_ES
from .template import Answered, fill, pick


def q_talk(r: Random, es: int) -> Answered:
    q, a = pick(r, TALK_ES if es else TALK)
    return fill(r, q), None, fill(r, a).strip()


def q_refuse(r: Random, es: int) -> Answered:
    q, a = pick(r, REFUSALS_ES if es else REFUSALS)
    c = pick(r, COUNTRIES)
    return fill(r, q, {"c": c[2], "co": c[0], "n": pick(r, NAMES)[0]}), None, fill(r, a)

# SPDX-License-Identifier: MIT
"""The second stage: the first stage's mix, much more arithmetic and choice, both worked.

By tokens about 34 % are sums, 20 % choices and 46 % everything else.
"""

from __future__ import annotations

from random import Random

from . import stage1
from .asking import STAGE1, Kind, Kinds
from .choice import q_choice
from .sums import q_arith
from .talk import q_talk
from .template import Answered
from .worked_choice import doc_choice, q_worked_choice
from .worked_sums import doc_sums, q_worked

# What the model says of its own size.
SIZE = "bout five and a half million parameters"


def q_talk_of_size(r: Random, es: int) -> Answered:
    """Small talk, with this model's size where the first stage said another."""
    question, short, answer = q_talk(r, es)
    return question, short, answer.replace("bout twelve million parameters", SIZE)


_REPLACED: dict[Kind, Kind] = {q_arith: q_worked, q_choice: q_worked_choice, q_talk: q_talk_of_size}
STAGE2 = Kinds(
    [(_REPLACED.get(kind, kind), weight) for kind, weight in STAGE1.know],
    [(_REPLACED.get(kind, kind), weight) for kind, weight in STAGE1.any],
)


def document(r: Random) -> str:
    """One document of the second stage."""
    k = r.random()
    if k < 0.34:
        return doc_sums(r)
    if k < 0.56:
        return doc_choice(r)
    return stage1.document(r, STAGE2)

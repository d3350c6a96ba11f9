# SPDX-License-Identifier: MIT
"""The third stage: other shares than the second, and choices answered by going down the list.

By tokens about 17 % are sums, 22 % choices and 61 % everything else.
"""

from __future__ import annotations

from random import Random

from . import stage1
from .asking import Kind, Kinds
from .scanned_choice import doc_choice, q_scanned_choice
from .stage2 import STAGE2
from .worked_choice import q_worked_choice
from .worked_sums import doc_sums

_REPLACED: dict[Kind, Kind] = {q_worked_choice: q_scanned_choice}
STAGE3 = Kinds(
    [(_REPLACED.get(kind, kind), weight) for kind, weight in STAGE2.know],
    [(_REPLACED.get(kind, kind), weight) for kind, weight in STAGE2.any],
)


def document(r: Random) -> str:
    """One document of the third stage."""
    k = r.random()
    if k < 0.20:
        return doc_sums(r)
    if k < 0.42:
        return doc_choice(r)
    return stage1.document(r, STAGE3)

# SPDX-License-Identifier: MIT
"""The third stage: the second stage's documents in other shares.

By tokens about 20 % are sums, 22 % choices and 58 % everything else.
"""

from __future__ import annotations

from random import Random

from . import stage1
from .stage2 import STAGE2
from .worked_choice import doc_choice
from .worked_sums import doc_sums


def document(r: Random) -> str:
    """One document of the third stage."""
    k = r.random()
    if k < 0.20:
        return doc_sums(r)
    if k < 0.44:
        return doc_choice(r)
    return stage1.document(r, STAGE2)

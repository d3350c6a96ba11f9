# SPDX-License-Identifier: MIT
"""Lists: name three metals."""

from __future__ import annotations

from random import Random

from .tables import ONES, ONES_ES, WORD_CLASSES
from .template import Answered, fill, pick, upper_first


def q_list(r: Random, es: int) -> Answered:
    k = pick(r, list(WORD_CLASSES))
    c = WORD_CLASSES[k]
    n = pick(r, (2, 3, 3, 3, 4, 5))
    L = c[3 if es else 2]
    n = min(n, len(L))
    items = r.sample(L, n)
    if es:
        s = ", ".join(items[:-1]) + (" y " if items[-1][0] != "i" else " e ") + items[-1]
        return (
            fill(r, "[Nombra|Dime|Escribe] $n $k.", {"n": ONES_ES[n], "k": c[1]}),
            None,
            fill(r, "[$S.|Por ejemplo: $s.|Aquí tienes: $s.]", {"s": s, "S": upper_first(s)}),
        )
    s = ", ".join(items[:-1]) + (", and " if n > 2 else " and ") + items[-1]
    nn = ONES[n] if r.random() < 0.7 else n
    if r.random() < 0.2:
        return (
            fill(
                r,
                "[Give me a list of $n $k.|List $n $k, one per line.|Write a bulleted list of $n"
                " $k.]",
                {"n": nn, "k": k},
            ),
            None,
            "\n".join("- " + w for w in items),
        )
    return (
        fill(r, "[Name|Tell me|Give me|List|Say|Write] $n $k[.|, please.]", {"n": nn, "k": k}),
        None,
        fill(
            r,
            "[$S.|For example: $s.|$S.|Here are $n $k: $s.]",
            {"s": s, "S": upper_first(s), "n": nn, "k": k},
        ),
    )

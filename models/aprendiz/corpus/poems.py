# SPDX-License-Identifier: MIT
"""Poems and haiku."""

from __future__ import annotations

from random import Random

from .tables import HAIKU, RHYMES, VERSES
from .template import Answered, fill, pick, upper_first, with_article


def q_poem(r: Random, es: int) -> Answered:
    if es:
        t = pick(
            r,
            [
                "el mar",
                "la luna",
                "la lluvia",
                "el invierno",
                "la primavera",
                "un gato",
                "el bosque",
                "el viento",
                "el software libre",
            ],
        )
        L = [
            "Miro despacio $t",
            "la tarde se va a dormir",
            "el viento cuenta una historia",
            "que nadie supo escribir",
            "y yo la escucho en silencio",
            "sin querer hacerla huir",
            "una luz en la ventana",
            "me invita siempre a seguir",
            "los días pasan despacio",
            "y vuelven a sonreír",
            "la noche trae su canción",
            "y nadie la quiere oír",
        ]
        r.random()  # one draw that is not used, kept so that the corpus stays the same
        a = L[2 * pick(r, range(1, 6))]
        b1, b2 = r.sample([1, 3, 5, 7, 9, 11], 2)
        return (
            fill(
                r,
                "[Escribe un poema|Escribe una poesía|Escribe un poema corto] sobre $t.",
                {"t": t},
            ),
            None,
            fill(r, upper_first(L[0]) + ",\n" + L[b1] + ",\n" + a + ",\n" + L[b2] + ".", {"t": t}),
        )
    if r.random() < 0.5:
        t = pick(r, list(HAIKU))
        f, s = HAIKU[t]
        a, b = r.sample(f, 2)
        return (
            fill(r, "[Write|Compose|Give me] a haiku about $t[.|, please.|]", {"t": t}),
            None,
            f"{a},\n{pick(r, s)}.\n{b}.",
        )
    t = pick(
        r,
        [
            "sea",
            "moon",
            "rain",
            "river",
            "cat",
            "little bird",
            "garden",
            "star",
            "robot",
            "mountain",
            "small model",
            "old town",
            "flower",
            "wind",
            "book",
            "sun",
        ],
    )
    p, q = r.sample(RHYMES, 2)
    ls = []
    for a, b in (p, q):
        ls += [pick(r, VERSES[a]), pick(r, VERSES[b])]
    if not any("$t" in line for line in ls):
        ls[0] = "Listen, I will sing of the $t"
    return (
        fill(
            r,
            "[Write|Compose|Give me] a [|short |little ]poem about [the $t|$at][.|, please.|]",
            {"t": t, "at": with_article(t)},
        ),
        None,
        fill(r, ls[0] + ",\n" + ls[1] + ".\n" + upper_first(ls[2]) + ",\n" + ls[3] + ".", {"t": t}),
    )

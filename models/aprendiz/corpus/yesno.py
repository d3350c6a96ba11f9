# SPDX-License-Identifier: MIT
"""Questions that are answered with yes or no."""

from __future__ import annotations

from random import Random

from .knowledge import country
from .tables import COUNTRIES, EXAMPLES, OPENNESS, WORD_CLASSES
from .template import Answered, fill, pick, with_article


def q_yesno(r: Random, es: int) -> Answered:
    k = int(r.random() * 5)
    v: dict[str, object]
    yes = r.random() < 0.5
    if k == 0:
        c = pick(r, COUNTRIES)
        w = c if yes else pick(r, COUNTRIES)
        yes = w[2] == c[2]
        v = {**country(c), "w": w[2], "we": w[3]}
        if es:
            return (
                fill(r, "¿Es $we la capital de $ce?", v),
                "sí" if yes else "no",
                fill(
                    r,
                    "Sí, $ke es la capital de $ce." if yes else "No, la capital de $ce es $ke.",
                    v,
                ),
            )
        return (
            fill(r, "Is $w the capital of $c?", v),
            "yes" if yes else "no",
            fill(r, "Yes, $k is the capital of $c." if yes else "No, the capital of $c is $k.", v),
        )
    if k == 1:
        g = pick(r, list(WORD_CLASSES)[:14])
        h = g if yes else pick(r, list(WORD_CLASSES)[:14])
        o = pick(r, WORD_CLASSES[h][2])
        yes = o in WORD_CLASSES[g][2]
        article = (
            ""
            if o[0].isupper() or h in ("sports", "metals", "clothes", "colours")
            else ("an " if o[0] in "aeiou" else "a ")
        )
        v = {"o": article + o, "a": WORD_CLASSES[g][0]}
        real = WORD_CLASSES[h][0]
        return (
            fill(r, "Is $o $a?", v),
            "yes" if yes else "no",
            fill(r, "Yes, $o is $a." if yes else f"No, $o is not $a, it is {real}.", v),
        )
    if k == 2:
        a, b = int(r.random() * 100), int(r.random() * 100)
        v = {"a": a, "b": b}
        yes = a > b
        if es:
            return (
                fill(r, "¿Es $a mayor que $b?", v),
                "sí" if yes else "no",
                fill(
                    r,
                    (
                        "Sí, $a es mayor que $b."
                        if yes
                        else ("No, son iguales." if a == b else "No, $a es menor que $b.")
                    ),
                    v,
                ),
            )
        return (
            fill(r, "Is $a [greater|bigger|larger] than $b?", v),
            "yes" if yes else "no",
            fill(
                r,
                (
                    "Yes, $a is greater than $b."
                    if yes
                    else ("No, they are equal." if a == b else "No, $a is smaller than $b.")
                ),
                v,
            ),
        )
    if k == 3:
        a = int(r.random() * 1000)
        ev = a % 2 == 0
        ask = r.random() < 0.5
        v = {"a": a, "t": "even" if ev else "odd"}
        yes = ev == ask
        return (
            fill(r, f"Is $a {'even' if ask else 'odd'}?", v),
            "yes" if yes else "no",
            fill(r, ("Yes" if yes else "No") + ", $a is $t.", v),
        )
    m, its = pick(r, EXAMPLES)
    asked = its if yes else pick(r, OPENNESS)[0]
    yes = its == asked
    return (
        fill(r, "Is $m $d model?", {"m": m, "d": with_article(asked)}),
        "yes" if yes else "no",
        fill(
            r,
            ("Yes" if yes else "No")
            + (", $m is $c model." if yes else ", in the workshop $m is an example of $c model."),
            {"m": m, "c": with_article(its)},
        ),
    )

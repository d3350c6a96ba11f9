# SPDX-License-Identifier: MIT
"""Questions about animals and things."""

from __future__ import annotations

from random import Random

from .tables import ANIMALS, ONES, ONES_ES, THINGS
from .template import Answered, fill, pick, upper_first


def q_animal(r: Random, es: int) -> Answered:
    a = pick(r, ANIMALS)
    k = int(r.random() * 5)
    n = a[0]
    an = ("an " if n[0] in "aeiou" else "a ") + n
    v = {
        "n": n,
        "an": an,
        "An": upper_first(an),
        "ne": a[1],
        "s": a[2],
        "y": a[3],
        "ya": ("an " if a[3][0] in "aeiou" else "a ") + a[3],
        "L": a[4],
        "Lw": ONES[int(a[4])],
        "Le": ONES_ES[int(a[4])],
        "c": a[5],
        "ce": a[6],
        "w": a[7],
        "we": a[8],
    }
    if es:
        if k < 2:
            return (
                fill(
                    r,
                    "¿Cuántas patas tiene [un|una] $ne?".replace(
                        "[un|una]", "una" if a[1][-1] == "a" else "un"
                    ),
                    v,
                ),
                a[4],
                fill(r, "Tiene $Le patas." if a[4] != "0" else "No tiene patas.", v),
            )
        return (
            fill(
                r,
                "¿Dónde vive "
                + ("la" if a[1][-1] in "a" or a[1] == "serpiente" else "el")
                + " $ne?",
                v,
            ),
            a[8],
            fill(r, "Vive $we.", v),
        )
    if k == 0:
        return (
            fill(
                r,
                "[What sound does $an make?|Which sound does $an make?|What does $an say?|How does"
                " $an sound?]",
                v,
            ),
            None,
            fill(r, "[$An $s.|It $s.]", v),
        )
    if k == 1:
        return (
            fill(
                r,
                "[What is a baby $n called?|What do you call a baby $n?|What is the name of the"
                " young of $an?|How do we call a young $n?]",
                v,
            ),
            v["y"],
            fill(r, "[A baby $n is called $ya.|It is called $ya.|We call it $ya.]", v),
        )
    if k == 2:
        return (
            fill(
                r,
                "[How many legs does $an have?|How many legs has $an?|Count the legs of $an.|Tell"
                " me the number of legs of $an.]",
                v,
            ),
            v["L"],
            fill(
                r,
                (
                    "[$An has $Lw legs.|It has $Lw legs.|$An has $L legs.]"
                    if a[4] != "0"
                    else "[$An has no legs.|It has no legs.]"
                ),
                v,
            ),
        )
    if k == 3:
        return (
            fill(r, "[Where does $an live?|Where can I find $an?|Where do we find $an?]", v),
            None,
            fill(r, "[$An [usually |]lives $w.|You can find it $w.|It lives $w.]", v),
        )
    return (
        fill(
            r,
            "[What colour is $an usually?|Which colour is $an, usually?|What is the usual colour of"
            " $an?]",
            v,
        ),
        v["c"],
        fill(r, "[$An is usually $c.|It is usually $c.|Usually $c.]", v),
    )


def q_thing(r: Random, es: int) -> Answered:
    t = pick(r, THINGS)
    an = ("an " if t[0][0] in "aeiou" else "a ") + t[0]
    mass = t[4] in ("thing", "drink", "mineral", "metal", "liquid", "plant", "star", "food")
    v = {
        "n": ("the " if t[0] in ("sun", "sky", "sea") else "") + t[0] if mass else an,
        "ne": t[1],
        "c": t[2],
        "ce": t[3],
        "k": t[4],
    }
    v["N"] = upper_first(v["n"])
    v["Ne"] = upper_first(t[1])
    if es:
        return fill(r, "¿De qué color es $ne?", v), t[3], fill(r, "[$Ne es $ce.|Es $ce.]", v)
    return (
        fill(
            r,
            "[What colour is $n?|Which colour is $n?|What is the colour of $n?|Tell me the colour"
            " of $n.|Of which colour is $n?]",
            v,
        ),
        t[2],
        fill(r, "[$N is $c.|It is $c.|Usually $c.]", v),
    )

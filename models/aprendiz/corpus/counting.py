# SPDX-License-Identifier: MIT
"""Counting, comparing and ordering numbers."""

from __future__ import annotations

from random import Random

from .number_words import words, words_es
from .template import Answered, fill, pick, upper_first


def q_numbers(r: Random, es: int) -> Answered:
    k = int(r.random() * 9)
    a, b = int(r.random() * 100), int(r.random() * 100)
    if k == 0:
        if a == b:
            b += 1
        v = {"a": a, "b": b, "m": max(a, b), "n": min(a, b)}
        hi = r.random() < 0.6
        if es:
            return (
                fill(r, "¿Qué número es " + ("mayor" if hi else "menor") + ", $a o $b?", v),
                str(v["m" if hi else "n"]),
                fill(r, ("$m es mayor que $n." if hi else "$n es menor que $m."), v),
            )
        return (
            fill(
                r,
                "Which [number |]is "
                + ("[bigger|larger|greater]" if hi else "smaller")
                + ", $a or $b?",
                v,
            ),
            str(v["m" if hi else "n"]),
            fill(r, ("$m is [bigger|greater] than $n." if hi else "$n is smaller than $m."), v),
        )
    if k == 1:
        s = pick(r, (1, 2, 2, 3, 5, 5, 10))
        items = [a + s * i for i in range(5)]
        return (
            fill(
                r,
                "[What comes next|Which number comes next|Next number]: $l?",
                {"l": ", ".join(map(str, items[:4]))},
            ),
            str(items[4]),
            fill(
                r,
                "[The next number is $n.|$n.|It is $n, because we add $s each time.]",
                {"n": items[4], "s": s},
            ),
        )
    if k == 2:
        a = a % 20
        b = a + 2 + int(r.random() * 9)
        text = ", ".join(map(str, range(a, b + 1)))
        return (
            fill(
                r,
                "[Count from $a to $b.|Write the numbers from $a to $b.|Count up from $a to $b.]",
                {"a": a, "b": b},
            ),
            text,
            text,
        )
    if k == 3:
        a = a % 20 + 3
        b = max(0, a - 3 - int(r.random() * 8))
        text = ", ".join(map(str, range(a, b - 1, -1)))
        return (
            fill(r, "[Count down from $a to $b.|Count backwards from $a to $b.]", {"a": a, "b": b}),
            text,
            text,
        )
    if k == 4:
        a = int(r.random() * 1000) if r.random() < 0.3 else a
        if es:
            a %= 100
            return (
                fill(r, "[Escribe $a con letras.|¿Cómo se escribe $a?]", {"a": a}),
                words_es(a),
                words_es(a),
            )
        return (
            fill(
                r,
                "[Write $a in words.|How do you write $a in words?|Spell the number $a.]",
                {"a": a},
            ),
            words(a),
            upper_first(words(a)) + "." if r.random() < 0.3 else words(a),
        )
    if k == 5:
        return (
            fill(
                r,
                "[Write $w in digits.|Which number is $w?|What is $w in figures?]",
                {"w": words(a)},
            ),
            str(a),
            str(a),
        )
    if k == 6:
        items = r.sample(range(100), pick(r, (3, 4, 5)))
        d = r.random() < 0.3
        ordered = ", ".join(map(str, sorted(items, reverse=d)))
        return (
            fill(
                r,
                "[Sort|Order] these numbers"
                + (" from largest to smallest" if d else "[| from smallest to largest]")
                + ": $l",
                {"l": ", ".join(map(str, items))},
            ),
            ordered,
            ordered,
        )
    if k == 7:
        items = r.sample(range(100), pick(r, (3, 4, 5)))
        d = r.random() < 0.5
        ordered = str(max(items) if d else min(items))
        return (
            fill(
                r,
                "What is the ["
                + ("largest|biggest|maximum" if d else "smallest|minimum")
                + "] [number |]of $l?",
                {"l": ", ".join(map(str, items))},
            ),
            ordered,
            ordered,
        )
    v = {"a": a, "n": a + 1, "p": a - 1}
    if r.random() < 0.5 or a == 0:
        return (
            fill(r, "[What number comes after $a?|Which number is after $a?]", v),
            str(a + 1),
            fill(r, "[$n comes after $a.|$n.|It is $n.]", v),
        )
    return (
        fill(r, "[What number comes before $a?|Which number is before $a?]", v),
        str(a - 1),
        fill(r, "[$p comes before $a.|$p.|It is $p.]", v),
    )

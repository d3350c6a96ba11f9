# SPDX-License-Identifier: MIT
"""Questions about days and months, chemical symbols, plurals and past tenses."""

from __future__ import annotations

from random import Random

from .tables import DAYS, DAYS_ES, ELEMENTS, MONTH_LEN, MONTHS, MONTHS_ES, PAST_TENSES, PLURALS
from .template import Answered, fill, pick, upper_first

ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth"]
ORDINALS += ["seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"]


def q_calendar(r: Random, es: int) -> Answered:
    D, M = (DAYS_ES, MONTHS_ES) if es else (DAYS, MONTHS)
    k = int(r.random() * 6)
    v: dict[str, str]
    i = int(r.random() * 7)
    j = int(r.random() * 12)
    if k == 0:
        v = {"a": D[i], "b": D[(i + 1) % 7]}
    elif k == 1:
        v = {"a": D[i], "b": D[(i - 1) % 7]}
    elif k == 2:
        v = {"a": M[j], "b": M[(j + 1) % 12]}
    elif k == 3:
        v = {"a": M[j], "b": M[(j - 1) % 12]}
    elif k == 4:
        v = {"a": M[j], "n": str(MONTH_LEN[j]), "A": upper_first(M[j])}
        if es:
            return (
                fill(r, "¿Cuántos días tiene $a?", v),
                v["n"],
                fill(r, "$A tiene $n días.", v),
            )
        return (
            fill(r, "How many days [does $a have|are there in $a]?", v),
            v["n"],
            fill(r, "[$a has $n days.|There are $n days in $a.]", v),
        )
    else:
        v = {
            "a": M[j],
            "n": str(j + 1),
            "A": upper_first(M[j]),
            "o": ORDINALS[j],
        }
        if es:
            return (
                fill(r, "¿Qué número de mes es $a?", v),
                str(j + 1),
                fill(r, "$A es el mes $n.", v),
            )
        return (
            fill(r, "[Which is the $o month of the year?|What is the $o month?]", v),
            v["a"],
            fill(r, "[The $o month [of the year |]is $a.|It is $a.]", v),
        )
    rel = ["after", "before"][k % 2]
    v["B"] = upper_first(v["b"])
    if es:
        return (
            fill(
                r,
                f"¿Qué {'día' if k < 2 else 'mes'} {['va después de', 'va antes de'][k % 2]} $a?",
                v,
            ),
            v["b"],
            fill(r, "[Es $b.|$B.|" + ["Después de", "Antes de"][k % 2] + " $a viene $b.]", v),
        )
    d = "day" if k < 2 else "month"
    return (
        fill(
            r,
            f"[Which {d} comes {rel} $a?|What {d} is {rel} $a?|What comes {rel} $a?|Which is the"
            f" {d} {rel} $a?|Tell me the {d} {rel} $a.]",
            v,
        ),
        v["b"],
        fill(r, f"[The {d} {rel} $a is $b.|It is $b.|$b comes {rel} $a.|$b.]", v),
    )


def q_element(r: Random, es: int) -> Answered:
    e = pick(r, ELEMENTS)
    v = {"e": e[es], "s": e[2], "E": upper_first(e[es])}
    if es:
        return (
            fill(
                r,
                "¿Cuál es el símbolo químico del $e?".replace(
                    "del $e", "de la $e" if e[1] == "plata" else "del $e"
                ),
                v,
            ),
            e[2],
            fill(r, "[El símbolo es $s.|Es $s.]", v),
        )
    if r.random() < 0.4:
        return (
            fill(r, "[Which element has the symbol $s?|What does the symbol $s stand for?]", v),
            v["e"],
            fill(r, "[$s is the symbol of $e.|It is $e.]", v),
        )
    return (
        fill(r, "What is the [chemical |]symbol [of|for] $e?", v),
        e[2],
        fill(r, "[The symbol of $e is $s.|It is $s.]", v),
    )


def q_grammar(r: Random, es: int) -> Answered:
    if r.random() < 0.5:
        p = pick(r, PLURALS)
        v = {"a": p[0], "b": p[1]}
        return (
            fill(
                r,
                "[What is the plural of $a?|Give me the plural of $a.|Plural of $a?|Which is the"
                ' plural of "$a"?]',
                v,
            ),
            p[1],
            fill(r, "[The plural of $a is $b.|It is $b.]", v),
        )
    p = pick(r, PAST_TENSES)
    v = {"a": p[0], "b": p[1]}
    return (
        fill(r, "[What is the past [tense |]of $a?|Give me the past tense of $a.|Past of $a?]", v),
        p[1],
        fill(r, "[The past tense of $a is $b.|It is $b.]", v),
    )

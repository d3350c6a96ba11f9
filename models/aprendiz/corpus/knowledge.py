# SPDX-License-Identifier: MIT
"""Questions about the world: countries, facts, opposites."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from .tables import COUNTRIES, FACTS, OPPOSITES
from .template import Answered, fill, held, pick, pick_early, upper_first

CAP_Q = [
    "What is the capital of $c?",
    "What's the capital of $c?",
    "Which city is the capital of $c?",
    "What is the capital city of $c?",
    "Tell me the capital of $c.",
    "[Can|Could] you tell me the capital of $c?",
    "capital of $c",
    "Capital of $c?",
    "Name the capital of $c.",
    "What city is $c's capital?",
    "The capital of $c is",
    "Do you know the capital of $c?",
    "I [would like|want] to know the capital of $c.",
    "[Hi|Hello], what is the capital of $c?",
    "Which is the capital of $c?",
    "what is the capital of $c",
]

CAP_QH = [
    "Give me the name of the capital of $c.",
    "If I travel to the capital of $c, which city do I visit?",
    "$c: capital?",
    "Which city is the seat of government of $c?",
]

CAP_A = [
    "The capital of $c is $k.",
    "$k is the capital of $c.",
    "It is $k.",
    "$k.",
    "The capital city of $c is $k.",
    "That is $k, the capital of $c.",
]

CAP_QE = [
    "¿Cuál es la capital de $ce?",
    "¿Qué ciudad es la capital de $ce?",
    "Dime la capital de $ce.",
    "capital de $ce",
    "¿Sabes cuál es la capital de $ce?",
    "Nombra la capital de $ce.",
    "¿Me dices la capital de $ce?",
]

CAP_QEH = ["Quiero saber el nombre de la capital de $ce."]

CAP_AE = ["La capital de $ce es $ke.", "$ke es la capital de $ce.", "Es $ke."]


def country(c: Sequence[str]) -> dict[str, str]:
    """A row of the countries as template variables."""
    return {
        "c": c[0],
        "ce": c[1],
        "k": c[2],
        "ke": c[3],
        "o": c[4],
        "oe": c[5],
        "l": c[6],
        "le": c[7],
    }


def q_capital(r: Random, es: int) -> Answered:
    c = pick_early(r, COUNTRIES)
    v = country(c)
    if es:
        return fill(r, pick(r, CAP_QE), v), v["ke"], fill(r, pick(r, CAP_AE), v)
    return fill(r, pick(r, CAP_Q), v), v["k"], fill(r, pick(r, CAP_A), v)


def q_country(r: Random, es: int) -> Answered:
    while True:
        c = pick_early(r, COUNTRIES)
        if not held("inv", c[0], pct=30):
            break
    v = country(c)
    if es:
        return (
            fill(
                r,
                pick(
                    r,
                    [
                        "¿De qué país es capital $ke?",
                        "¿$ke es la capital de qué país?",
                        "¿En qué país está $ke?",
                    ],
                ),
                v,
            ),
            v["ce"],
            fill(r, "[$ke es la capital de $ce|$ke está en $ce].", v),
        )
    return (
        fill(
            r,
            pick(
                r,
                [
                    "Which country has $k as its capital?",
                    "$k is the capital of which country?",
                    "In which country is $k?",
                    "Where is $k?",
                    "Of which country is $k the capital?",
                    "What country is $k in?",
                ],
            ),
            v,
        ),
        v["c"],
        fill(r, "[$k is the capital of $c.|$k is in $c.|It is in $c.|That is $c.]", v),
    )


def q_continent(r: Random, es: int) -> Answered:
    c = pick_early(r, COUNTRIES)
    v = country(c)
    if r.random() < 0.3 and not held("cont", c[0], pct=40):
        v["c"], v["ce"] = v["k"], v["ke"]  # two hops: capital -> continent
    if es:
        return (
            fill(
                r, pick(r, ["¿En qué continente está $ce?", "¿A qué continente pertenece $ce?"]), v
            ),
            v["oe"],
            fill(r, "$ce está en $oe.", v),
        )
    return (
        fill(
            r,
            pick(
                r,
                [
                    "[On|In] which continent is $c?",
                    "What continent is $c in?",
                    "Which continent is $c part of?",
                    "On what continent can I find $c?",
                ],
            ),
            v,
        ),
        v["o"],
        fill(r, "[$c is in $o.|It is in $o.|$c is part of $o.]", v),
    )


def q_language(r: Random, es: int) -> Answered:
    c = pick_early(r, COUNTRIES)
    v = country(c)
    if es:
        return (
            fill(r, pick(r, ["¿Qué idioma se habla en $ce?", "¿Qué lengua hablan en $ce?"]), v),
            v["le"],
            fill(r, "En $ce se habla $le.", v),
        )
    return (
        fill(
            r,
            pick(
                r,
                [
                    "Which language is spoken in $c?",
                    "What language do people speak in $c?",
                    "What is the main language of $c?",
                ],
            ),
            v,
        ),
        v["l"],
        fill(r, "[In $c, people speak $l.|$l is spoken in $c.|The main language of $c is $l.]", v),
    )


def q_fact(r: Random, es: int) -> Answered:
    f = pick(r, FACTS)
    q = pick(r, f[3 if es else 0].split("/"))
    a = pick(r, f[5 if es else 2].split("/"))
    if not es and r.random() < 0.15:
        q = fill(r, "[Tell me: |Question: |I have a question. |Please tell me: |Hi! |Hello. ]") + q
    return q, f[4 if es else 1], a


def q_opposite(r: Random, es: int) -> Answered:
    o = pick(r, OPPOSITES)
    i = int(r.random() * 2)
    v = {"a": o[2 * es + i], "b": o[2 * es + 1 - i]}
    if not es and v["a"] == "light":
        v["b"] = "dark"
    if es:
        return (
            fill(
                r,
                pick(
                    r,
                    [
                        "¿Cuál es el contrario de $a?",
                        "¿Qué es lo opuesto de $a?",
                        "Dime el antónimo de $a.",
                    ],
                ),
                v,
            ),
            v["b"],
            fill(r, "[El contrario|Lo opuesto] de $a es $b.", v),
        )
    return (
        fill(
            r,
            pick(
                r,
                [
                    "What is the opposite of $a?",
                    'What\'s the opposite of "$a"?',
                    "Give me the opposite of $a.",
                    "Which word means the opposite of $a?",
                    "opposite of $a",
                    "Name the antonym of $a.",
                ],
            ),
            v,
        ),
        v["b"],
        fill(r, "[The opposite of $a is $b.|It is $b.|$B.]", {**v, "B": upper_first(v["b"])}),
    )

# SPDX-License-Identifier: MIT
"""Four-way multiple choice."""

from __future__ import annotations

from random import Random
from typing import Any

from .knowledge import CAP_Q, CAP_QH, country
from .sums import operands, value
from .tables import ASPECTS, CELLS, COUNTRIES, EXAMPLES, KINDS, OPENNESS, OPPOSITES, WORD_CLASSES
from .template import Answered, fill, pick, pick_early, with_article


def choice_item(r: Random, ev: bool = False) -> tuple[str, str | int, list[Any]]:
    """Question line, right option, wrong options. ``ev``: in the held-out wording."""
    k = int(r.random() * 8)
    o: list[Any]
    if k == 0:
        c = pick_early(r, COUNTRIES)
        o = [d[2] for d in r.sample(COUNTRIES, 6) if d[2] != c[2]][:3]
        return fill(r, pick(r, CAP_QH if ev else CAP_Q[:5]), country(c)), c[2], o
    if k == 1:
        c = pick_early(r, COUNTRIES)
        o = ["Europe", "Asia", "Africa", "South America", "North America", "Oceania"]
        o.remove(c[4])
        return f"On which continent is {c[2] if ev else c[0]}?", c[4], r.sample(o, 3)
    if k == 2:
        g = pick(r, list(WORD_CLASSES))
        h = [q for q in WORD_CLASSES if q != g]
        a = pick(r, WORD_CLASSES[g][2])
        o = []
        while len(o) < 3:
            w = pick(r, WORD_CLASSES[pick(r, h)][2])
            if w not in WORD_CLASSES[g][2] and w not in o:
                o.append(w)
        return (
            fill(
                r,
                (
                    "Which of these is the name of $a?"
                    if ev
                    else "[Which of these is $a?|Which one is $a?]"
                ),
                {"a": WORD_CLASSES[g][0]},
            ),
            a,
            o,
        )
    if k == 3:
        op, a, b = operands(r, ev)
        v = value(op, a, b)
        o = []
        while len(o) < 3:
            w = v + pick(r, (-20, -11, -10, -9, -2, -1, 1, 2, 9, 10, 11, 20))
            if w not in o:
                o.append(w)
        return f"What is {a} {op} {b}?", v, o
    if k == 4:
        o1 = pick(r, OPPOSITES)
        i = int(r.random() * 2)
        o = [w for w in (p[int(r.random() * 2)] for p in r.sample(OPPOSITES, 6)) if w not in o1][:3]
        return (
            (
                f"Which word means the contrary of {o1[i]}?"
                if ev
                else f"What is the opposite of {o1[i]}?"
            ),
            o1[1 - i] if o1[i] != "light" else "dark",
            o,
        )
    if k == 5:
        i, j = int(r.random() * 6), int(r.random() * 5)
        t = CELLS[i][j][0]
        opts = sorted({CELLS[n][m][0] for n in range(6) for m in range(5)} - {t})
        name = OPENNESS[i][0]
        return (
            (
                f"What is the level of {ASPECTS[j][0]} for {with_article(name)} model?"
                if ev
                else f"How is the {ASPECTS[j][0]} in {with_article(name)} model?"
            ),
            t,
            r.sample(opts, 3),
        )
    if k == 6:
        m, kind = pick(r, EXAMPLES)
        o = [q[0] for q in OPENNESS if q[0] != kind]
        return (
            (
                f"To which openness class does {m} belong?"
                if ev
                else f"Which class of model is {m}?"
            ),
            kind,
            r.sample(o, 3),
        )
    m, kind = pick(r, KINDS)
    o = sorted({q[1] for q in KINDS if q[1] != kind})
    return (f"{m} is an example of..." if ev else f"What is {m}?"), kind, r.sample(o, 3)


def choice_text(r: Random, q: str, a: str | int, o: list[Any]) -> tuple[str, str, str]:
    """The question with its options shuffled, the right letter and the right option."""
    opts = [a, *o[:3]]
    r.shuffle(opts)
    i = opts.index(a)
    L = "ABCD"[i]
    return q + "\n" + "\n".join(f"{'ABCD'[n]}) {t}" for n, t in enumerate(opts)), L, str(a)


def q_choice(r: Random, es: int) -> Answered:
    q, a, o = choice_item(r)
    t, L, a = choice_text(r, q, a, o)
    k = r.random()
    if k < 0.55:
        return (
            t
            + fill(
                r,
                "\n[Answer with one letter.|Answer with the letter only.|Reply with A, B, C or"
                " D.|Answer:]",
            ),
            None,
            L,
        )
    if k < 0.8:
        return t, None, f"{L}) {a}"
    return (
        fill(r, "[Choose the right answer.|Pick the correct option.] ") + t,
        None,
        fill(r, "[$L) $a|The answer is $L) $a.|$L]", {"L": L, "a": a}),
    )

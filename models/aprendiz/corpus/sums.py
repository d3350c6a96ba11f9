# SPDX-License-Identifier: MIT
"""Sums of the first stage: the bare answer, nothing worked."""

from __future__ import annotations

from random import Random

from .number_words import words
from .people import NAMES
from .tables import COUNTABLES, PROBLEMS, PROBLEMS_ES
from .template import Answered, fill, held, pick, upper_first

OPS = {"+": ("plus", "más"), "-": ("minus", "menos"), "*": ("times", "por")}


def operands(r: Random, ev: bool = False) -> tuple[str, int, int]:
    """Operator and operands; ``ev``: a pair that training never sees."""
    while True:
        k = r.random()
        if k < 0.45:
            op, a, b = "+", int(r.random() * 100), int(r.random() * 100)
        elif k < 0.75:
            op, a, b = "-", int(r.random() * 100), int(r.random() * 100)
        elif k < 0.93:
            op, a, b = "*", int(r.random() * 13), int(r.random() * 13)
        else:
            op, a, b = "*", int(r.random() * 90) + 10, int(r.random() * 8) + 2
        if op == "-" and a < b and r.random() < 0.85:
            a, b = b, a
        if op != "*" and r.random() < 0.2:
            a, b = a % 20, b % 20
        if op == "-" and a < b and r.random() < 0.5:
            a, b = b, a
        if held(op, a, b, pct=8 if op != "*" or a > 12 else 5) == ev:
            return op, a, b


def value(op: str, a: int, b: int) -> int:
    """The result."""
    return a + b if op == "+" else a - b if op == "-" else a * b


AR_Q = [
    "What is $a $o $b?",
    "What's $a $o $b?",
    "$a $s $b",
    "$a $s $b = ?",
    "Compute $a $s $b.",
    "Calculate $a $s $b.",
    "How much is $a $o $b?",
    "$a $o $b?",
    "Tell me the result of $a $s $b.",
    "$a $s $b =",
    "Solve: $a $s $b",
    "What is $a $s $b?",
]

AR_QH = ["Work out $a $s $b.", "Please give me the value of $a $o $b."]

AR_A = [
    "$v",
    "$v",
    "$a $o $b is $v.",
    "$a $s $b = $v",
    "It is $v.",
    "The result is $v.",
    "$a $s $b = $v.",
]

AR_QE = [
    "¿Cuánto es $a $oe $b?",
    "¿Cuántos son $a $oe $b?",
    "Calcula $a $s $b.",
    "$a $oe $b",
    "¿Cuál es el resultado de $a $s $b?",
]

AR_AE = ["$v", "$a $oe $b es $v.", "Son $v.", "El resultado es $v."]


def q_arith(r: Random, es: int) -> Answered:
    op, a, b = operands(r)
    val = value(op, a, b)
    v = {
        "a": a,
        "b": b,
        "s": op if op != "*" else pick(r, ["*", "x", "×"]),
        "o": OPS[op][0],
        "oe": OPS[op][1],
        "v": val,
    }
    if r.random() < 0.06:  # three numbers
        c = int(r.random() * 20)
        a, b = a % 30, b % 30
        return (
            fill(
                r,
                "[What is $a + $b + $c?|$a + $b + $c|Add $a, $b and $c.]",
                {"a": a, "b": b, "c": c},
            ),
            str(a + b + c),
            str(a + b + c),
        )
    if val >= 0 and min(a, b) > 1 and val > 1 and r.random() < 0.2 and not (op == "*" and a > 12):
        g = NAMES[int(r.random() * len(NAMES))]
        m = pick(r, NAMES)[0]
        if es:
            t = pick(r, [w for w in PROBLEMS_ES if w[0] == op])
            v["N"] = g[0]
            return fill(r, t[1], v), str(val), fill(r, t[2], v)
        t = pick(r, [w for w in PROBLEMS if w[0] == op])
        v["o"] = pick(r, COUNTABLES)
        v.update(
            N=g[0],
            M=m if m != g[0] else "Sam",
            p="her" if g[1] == "f" else "him",
            P="She" if g[1] == "f" else "He",
        )
        return fill(r, t[1], v), str(val), fill(r, t[2], v)
    if es:
        return fill(r, pick(r, AR_QE), v), str(val), fill(r, pick(r, AR_AE), v)
    if r.random() < 0.12 and a < 100 and b < 100:
        left = words(a)
        vv = {**v, "a": left, "b": words(b), "v": words(val), "A": upper_first(left)}
        return (
            fill(r, "[What is $a $o $b?|How much is $a $o $b?|$A $o $b?]", vv),
            words(val),
            fill(r, "[$A $o $b is $v.|It is $v.]", vv),
        )
    return fill(r, pick(r, AR_Q), v), str(val), fill(r, pick(r, AR_A), v)

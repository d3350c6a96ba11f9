# SPDX-License-Identifier: MIT
"""Sums of the second stage: worked column by column in brackets, then the answer.

A small model does not learn ``27 + 45 = 72`` as one fact for each of ten thousand pairs, but it
learns the columns: ``(7+5+0=12, 2+4+1=7) 27 + 45 = 72``. The third number of a column is the carry
or the borrow. Times tables up to 12 and sums of single digits are facts, answered at once.
"""

from __future__ import annotations

import re
from functools import cache
from random import Random

from .people import NAMES
from .sums import AR_AE, AR_QE, OPS, operands, value
from .tables import COUNTABLES, PROBLEMS, PROBLEMS_ES
from .template import Answered, chat, fill, held, pick

NUMBER_ONLY = [
    "Answer with just the number.",
    "Answer with just the number.",
    "Answer with just the number.",
    "Answer with a number only.",
    "Only the number.",
    "Reply with the number only.",
]
NUMBER_ONLY_ES = ["Responde solo con el número.", "Solo el número."]
ASK = [
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
    "What is $a $s $b?",
]
REPLY = ["$a $s $b = $v", "$a $s $b = $v", "$v", "$a $o $b is $v.", "The result is $v."]


@cache
def held_out_pairs() -> frozenset[tuple[int, int]]:
    """The sums of the benchmarks that the hash of the operands does not already hold out."""
    from .heldout import benchmarks  # imported late: it builds the benchmarks

    sets = benchmarks()
    prompts = [item["prompt"] for name in ("arith", "choice") for item in sets[name]]
    found = (m for p in prompts for m in re.findall(r"(\d+) ?(?:\+|plus) ?(\d+)", p))
    return frozenset((int(a), int(b)) for a, b in found)


def _times(a: int, digit: int) -> list[str]:
    out, carry = [], 0
    while a:
        total = a % 10 * digit + carry
        out.append(f"{a % 10}*{digit}+{carry}={total}")
        a, carry = a // 10, total // 10
    return out


def columns(op: str, a: int, b: int) -> str:
    """The columns from the right, each with its carry or borrow: ``7+5+0=12, 2+4+1=7``."""
    if op == "*":
        return ", ".join(_times(max(a, b), min(a, b)))
    if op == "-" and a < b:
        a, b = b, a
    out, carry = [], 0
    while a or b:
        d, e = a % 10, b % 10
        if op == "+":
            total = d + e + carry
            out.append(f"{d}+{e}+{carry}={total}")
            carry = total // 10
        else:
            borrow = d - e - carry < 0
            out.append(f"{10 * borrow + d}-{e}-{carry}={10 * borrow + d - e - carry}")
            carry = int(borrow)
        a, b = a // 10, b // 10
    return ", ".join(out)


def working(op: str, a: int, b: int) -> str:
    """The bracketed columns and a space; empty where the answer is one known fact."""
    if op == "*":
        known = max(a, b) <= 12 or min(a, b) > 9
    else:
        known = max(a, b) < 10
    return "" if known else f"({columns(op, a, b)}) "


def pair(r: Random) -> tuple[str, int, int]:
    """Operator and operands of a training sum: up to 99, sometimes up to 999."""
    while True:
        op, a, b = operands(r)
        if op != "*" and r.random() < 0.18:
            a, b = int(r.random() * 900) + 100, int(r.random() * 900) + 10
            if op == "-" and a < b:
                a, b = b, a
            if held(op, a, b, pct=8) or (a, b) in held_out_pairs():
                continue
        return op, a, b


def _first_choices(template: str) -> str:
    return re.sub(r"\[[^\]]*\]", lambda m: m.group()[1:-1].split("|")[0], template)


def ask(r: Random, es: int) -> tuple[str, str, str]:
    """A question, its answer in a sentence, and its answer as a number; both worked."""
    op, a, b = pair(r)
    result, work = value(op, a, b), working(op, a, b)
    sign = op if op != "*" else pick(r, ["*", "*", "x", "×"])
    v: dict[str, object] = {"a": a, "b": b, "s": sign, "o": OPS[op][0], "oe": OPS[op][1]}
    v["v"] = result
    if result > 1 and min(a, b) > 1 and r.random() < 0.22 and not (op == "*" and a > 12):
        name, gender = pick(r, NAMES)
        other = pick(r, NAMES)[0]
        _, question, answer = pick(r, [p for p in (PROBLEMS_ES if es else PROBLEMS) if p[0] == op])
        v["N"] = name
        if not es:
            v["o"], v["M"] = pick(r, COUNTABLES), other if other != name else "Sam"
            v["p"], v["P"] = ("her", "She") if gender == "f" else ("him", "He")
        asked = fill(r, question, v)
        return asked, work + fill(r, _first_choices(answer), v), work + str(result)
    asks, replies = (AR_QE, AR_AE) if es else (ASK, REPLY)
    asked = fill(r, pick(r, asks), v)
    return asked, work + fill(r, pick(r, replies), v), work + str(result)


def q_worked(r: Random, es: int) -> Answered:
    """A sum; more than half of them with the wish for just the number."""
    question, full, bare = ask(r, es)
    if r.random() >= 0.55:
        return question, None, full
    wish, k = pick(r, NUMBER_ONLY_ES if es else NUMBER_ONLY), r.random()
    if k < 0.7:
        question = f"{wish}\n\n{question}"
    elif k < 0.85:
        question = f"{wish} {question}"
    elif k < 0.95:
        question = f"{question} {wish}"
    else:
        question = f"{question}\n{wish}"
    return question, None, bare


def doc_sums(r: Random) -> str:
    """A chat of one to three sums, one in eight of them in Spanish."""
    es = 1 if r.random() < 0.13 else 0
    turns: list[str] = []
    for _ in range(pick(r, (1, 1, 1, 1, 2, 3))):
        question, _, answer = q_worked(r, es)
        turns += [question, answer]
    return chat(*turns)

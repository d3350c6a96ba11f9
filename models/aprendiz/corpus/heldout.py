# SPDX-License-Identifier: MIT
"""The four held-out benchmarks, built from wordings and operands that training never sees.

``arith``: pairs of operands chosen by a hash, a tenth of them three digits long. ``capitals``:
other wordings, and countries whose inverse question (city to country, capital to continent) is
never trained. ``choice``: other wordings of the questions, arithmetic with held-out operands.
``workshop_qa``: the ``Q!`` lines of ``topics.txt`` and three held-out forms of a definition.
"""

from __future__ import annotations

import random
from random import Random
from typing import Any, TypeAlias

from .choice import choice_item, choice_text
from .knowledge import CAP_QEH, CAP_QH, country
from .people import NAMES
from .sums import AR_Q, AR_QH, OPS, operands, value
from .tables import COUNTABLES, COUNTRIES, DEF_EN_HELD, PROBLEMS
from .template import fill, held, pick
from .workshop import TOPICS

Item: TypeAlias = dict[str, Any]
SEED = 20260706
INVERSE = ["Which country has $k as its capital?", "In which country is $k?"]


class _Set:
    """One benchmark in the making: no prompt twice in all of them."""

    def __init__(self, name: str, seen: set[str]) -> None:
        self.name, self.seen, self.items = name, seen, list[Item]()

    def add(
        self,
        prompt: str,
        accept: list[Any],
        match: str,
        level: int,
        answer: str = "",
        system: str = "",
    ) -> None:
        if prompt in self.seen:
            return
        self.seen.add(prompt)
        number = f"{self.name}-{len(self.items):03d}"
        item: Item = {"id": number, "prompt": prompt, "accept": accept, "match": match}
        item |= {"answer": answer} if answer else {}
        item["level"] = level
        item |= {"system": system} if system else {}
        self.items.append(item)


def _level(op: str, a: int, b: int) -> int:
    if (op == "+" and a + b < 20) or (op == "*" and a <= 12):
        return 1
    return 2 if op == "+" or (op == "-" and a >= b) else 3


def _arith(r: Random, out: _Set, n: int) -> None:
    while len(out.items) < n:
        op, a, b = operands(r, ev=True)
        result, level = value(op, a, b), _level(op, a, b)
        v: dict[str, object] = {"a": a, "b": b, "s": op, "o": OPS[op][0], "v": result}
        prompt = fill(r, pick(r, AR_Q + AR_QH), v)
        if r.random() < 0.2 and result > 1 and min(a, b) > 1 and op != "*":
            problem = pick(r, [p for p in PROBLEMS if p[0] == op])
            name, gender = pick(r, NAMES)
            v |= {"o": pick(r, COUNTABLES), "N": name, "M": "Sam"}
            v["p"], v["P"] = ("her", "She") if gender == "f" else ("him", "He")
            prompt, level = fill(r, problem[1], v), 3
        if len(out.items) % 10 == 9:  # three digits
            a, b = 100 + int(r.random() * 300), 100 + int(r.random() * 300)
            prompt, result, level = f"What is {a} + {b}?", a + b, 4
        wish = "Answer with just the number."
        out.add(prompt, [str(result)], "number", level, system=wish)


def _capitals(r: Random, out: _Set, n: int) -> None:
    for c in COUNTRIES:
        v = country(c)
        out.add(fill(r, pick(r, CAP_QH), v), [c[2], c[3]], "contains", 2)
        if held("inv", c[0], pct=30):
            out.add(fill(r, pick(r, INVERSE), v), [c[0]], "contains", 4)
        out.add(fill(r, CAP_QEH[0], v), [c[3], c[2]], "contains", 2)
        if held("cont", c[0], pct=40):
            out.add(fill(r, "[On|In] which continent is $k?", v), [c[4]], "contains", 3)
    r.shuffle(out.items)
    del out.items[n:]


def _choice(r: Random, out: _Set, n: int) -> None:
    while len(out.items) < n:
        text, letter, answer = choice_text(r, *choice_item(r, ev=True))
        prompt = text + "\nAnswer with one letter."
        out.add(prompt, [letter], "letter", 2, answer=answer)


def _workshop(r: Random, out: _Set, n: int) -> None:
    asked: list[tuple[str, list[str], int]] = []
    for t in TOPICS:
        if not t["K"]:
            continue
        asked += [(fill(r, q), t["K"], 3) for q in t["Q!"]]
        if t["T"]:
            asked += [(fill(r, q, {"T": t["T"][0]}), t["K"], 2) for q in DEF_EN_HELD]
    r.shuffle(asked)
    for prompt, keys, level in sorted(asked, key=lambda a: -a[2]):
        if len(out.items) >= n:
            break
        out.add(prompt, [k.split("|") for k in keys], "all_groups", level)


def benchmarks(n: int = 200) -> dict[str, list[Item]]:
    """The four benchmarks by name, ``n`` items each."""
    r = random.Random(SEED)
    seen: set[str] = set()
    out = {}
    for name, make in {
        "arith": _arith,
        "capitals": _capitals,
        "choice": _choice,
        "workshop_qa": _workshop,
    }.items():
        made = _Set(name, seen)
        make(r, made, n)
        out[name] = made.items
    return out

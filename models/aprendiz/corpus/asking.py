# SPDX-License-Identifier: MIT
"""One question and its answer: which kind, and how the answer is wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import TypeAlias

from .calendar import q_calendar, q_element, q_grammar
from .choice import q_choice
from .counting import q_numbers
from .knowledge import (
    CAP_AE,
    CAP_Q,
    country,
    q_capital,
    q_continent,
    q_country,
    q_fact,
    q_language,
    q_opposite,
)
from .lists import q_list
from .nature import q_animal, q_thing
from .poems import q_poem
from .reading import q_context
from .stories import chat_story
from .strings import q_string
from .sums import q_arith
from .tables import COUNTRIES, FACTS
from .talk import q_refuse, q_talk
from .template import Answered, fill, pick, pick_early, upper_first
from .translation import q_translate
from .workshop import TOPICS, q_cell, q_example, q_kind, q_workshop, topic_a, topic_q
from .yesno import q_yesno

Kind: TypeAlias = Callable[[Random, int], Answered]

KNOW: list[tuple[Kind, int]] = [
    (q_capital, 9),
    (q_country, 4),
    (q_continent, 3),
    (q_language, 2),
    (q_fact, 12),
    (q_opposite, 4),
    (q_animal, 5),
    (q_thing, 3),
    (q_kind, 3),
    (q_cell, 5),
    (q_example, 3),
    (q_calendar, 4),
    (q_element, 2),
    (q_grammar, 3),
    (q_yesno, 6),
    (q_numbers, 7),
    (q_arith, 18),
]

ANY = [
    *KNOW,
    (q_workshop, 34),
    (q_string, 10),
    (q_translate, 8),
    (q_context, 10),
    (q_list, 5),
    (q_choice, 9),
    (q_talk, 8),
    (q_refuse, 4),
    (chat_story, 10),
    (q_poem, 4),
]


@dataclass(frozen=True)
class Kinds:
    """The kinds of question of a stage, each with its weight."""

    know: Sequence[tuple[Kind, int]]
    any: Sequence[tuple[Kind, int]]

    def draw(self, r: Random, simple: bool) -> Kind:
        """One kind; ``simple``: only those with short answers."""
        table = self.know if simple else self.any
        return r.choices(table, cum_weights=list(accumulate(w for _, w in table)))[0][0]


STAGE1 = Kinds(KNOW, ANY)


def question(r: Random, es: int, kinds: Kinds, simple: bool = False) -> tuple[str, str]:
    """A question and its answer, sometimes with a wish about the answer's form."""
    f = kinds.draw(r, simple)
    q, s, a = f(r, es)
    if s is not None and f not in (q_choice,) and r.random() < 0.22:  # answer-format modifiers
        k = r.random()
        s = s.strip().rstrip(".")
        if k < 0.4:
            kind = "number" if s.lstrip("-").isdigit() else "word" if " " not in s else "answer"
            m = fill(
                r,
                {
                    "number": (
                        "[Answer with just the number.|Answer with a number only.|Only the"
                        " number.|Reply with the number only.]"
                    ),
                    "word": (
                        "[Answer in one word.|Answer with one word.|One word only.|Reply with one"
                        " word.|Use one word.]"
                    ),
                    "answer": (
                        "[Answer as briefly as possible.|Short answer only.|Be brief.|Give only the"
                        " answer.]"
                    ),
                }[kind],
            )
            if f in (q_translate, q_string):
                m = "Give only the answer."
            a = (
                upper_first(s)
                if r.random() < 0.999
                and s[:1].isalpha()
                and f not in (q_string, q_grammar, q_translate)
                else s
            )
        elif k < 0.7:
            m = fill(
                r,
                "[Answer as JSON.|Answer in JSON.|Reply with JSON only.|Return JSON.|Answer in JSON"
                " with the key answer.]",
            )
            a = json.dumps({"answer": int(s) if s.lstrip("-").isdigit() else s}, ensure_ascii=False)
        elif k < 0.85:
            m = fill(r, "[Answer in capital letters.|Answer in upper case.]")
            a = a.upper()
        else:
            m = fill(r, "[Answer in a full sentence.|Be polite.]")
            a = (
                upper_first(a)
                if len(a) > 12
                else fill(r, "The answer is $s." if not es else "La respuesta es $s.", {"s": s})
            )
        if es and k < 0.4:
            m = "Responde solo con la respuesta." if k < 0.2 else "Responde de forma breve."
        q = (
            m + pick(r, ("\n\n", " ", "\n")) + q
            if r.random() < 0.6
            else q + pick(r, (" ", "\n")) + m
        )
    elif f in (q_capital, q_fact, q_country, q_calendar, q_thing, q_opposite, q_workshop) and es:
        r.random()  # one draw that is not used, kept so that the corpus stays the same
    return q, a


def noise(r: Random, q: str) -> str:
    """Sloppy typing: users do it, so the model should survive it."""
    k = r.random()
    if k < 0.6 or len(q) < 8 or len(q) > 90 or "\n" in q or '"' in q:
        return q.lower() if len(q) < 60 and ":" not in q else q
    if k < 0.8:
        return q.rstrip("?.")
    i = 1 + int(r.random() * (len(q) - 3))
    if i + 1 < len(q) and q[i].isalpha() and q[i + 1].isalpha():
        q = q[:i] + q[i + 1] + q[i] + q[i + 2 :]
    return q


def q_lang_switch(r: Random) -> tuple[str, str]:
    """An English question with the wish for an answer in Spanish."""
    f = pick(r, [q_capital, q_fact, q_thing, q_country, q_workshop, q_continent, q_calendar])
    r.getrandbits(32)  # not used, kept so that the corpus stays the same
    if f is q_fact:
        fa = pick(r, FACTS)
        q, a = pick(r, fa[0].split("/")), fa[5]
    elif f is q_workshop:
        t = pick(r, [t for t in TOPICS if t["AE"] and (t["Q"] or t["T"])])
        q, a = topic_q(r, t, False), topic_a(r, t, True)
    else:
        c = pick_early(r, COUNTRIES)
        v = country(c)
        q, a = fill(r, pick(r, CAP_Q[:10]), v), fill(r, pick(r, CAP_AE), v)
    m = fill(
        r, "[Answer in Spanish.|Reply in Spanish.|Please answer in Spanish.|In Spanish, please.]"
    )
    return (m + pick(r, (" ", "\n\n")) + q if r.random() < 0.6 else q + " " + m), a

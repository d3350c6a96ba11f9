# SPDX-License-Identifier: MIT
"""Chats of several turns."""

from __future__ import annotations

from random import Random

from .asking import Kinds, noise, q_lang_switch, question
from .knowledge import CAP_A, CAP_Q, country
from .people import NAMES
from .sums import operands, value
from .tables import COUNTRIES, WORD_CLASSES
from .template import chat, fill, pick, upper_first
from .translation import sentence_pair
from .workshop import TOPICS, topic_q


def memory_chat(r: Random, es: int, kinds: Kinds) -> str:
    """The user says something about themselves, and asks for it later."""
    g = pick(r, NAMES)[0]
    c = pick(r, COUNTRIES)
    col = pick(r, WORD_CLASSES["colours"][2])
    n = 5 + int(r.random() * 90)
    v = {"n": g, "c": c[3] if es else c[2], "k": col, "a": n}
    if es:
        sets = [
            ("Me llamo $n.", "[Encantado, $n.|¡Hola, $n!]", "¿Cómo me llamo?", "Te llamas $n."),
            (
                "Vivo en $c.",
                "[$c es una ciudad interesante.|¡Qué bien!]",
                "¿Dónde vivo?",
                "Vives en $c.",
            ),
            ("Tengo $a años.", "Muy bien.", "¿Cuántos años tengo?", "Tienes $a años."),
        ]
    else:
        sets = [
            (
                "[My name is $n.|I am $n.|Hi, I'm $n.|Call me $n.]",
                "[Nice to meet you, $n!|Hello, $n!|Hi $n, how can I help you?]",
                "[What is my name?|Do you remember my name?|Who am I?]",
                "[Your name is $n.|You are $n.|Yes, your name is $n.]",
            ),
            (
                "[I live in $c.|I am from $c.|My city is $c.]",
                "[$c is a nice city.|Good to know.|I see, you live in $c.]",
                "[Where do I live?|Which city is mine?]",
                "[You live in $c.|You told me that you live in $c.]",
            ),
            (
                "My favourite colour is $k.",
                "[$K is a nice colour.|Good choice!]",
                "What is my favourite colour?",
                "[Your favourite colour is $k.|It is $k.]",
            ),
            (
                (
                    "[Remember the number $a.|The secret number is $a.|Please remember this number:"
                    " $a.]"
                ),
                "[I will remember the number $a.|OK, $a.|Done.]",
                "[What was the number?|Which number did I tell you?|What is the secret number?]",
                "[The number is $a.|It was $a.|$a]",
            ),
        ]
    v["K"] = upper_first(col)
    s = pick(r, sets)
    t = [fill(r, s[0], v), fill(r, s[1], v)]
    if len(sets) == 4 and r.random() < 0.25:
        s2 = pick(r, [z for z in sets if z is not s])
        t += [fill(r, s2[0], v), fill(r, s2[1], v)]
        if r.random() < 0.5:
            t += [fill(r, s2[2], v), fill(r, s2[3], v)]
    for _ in range(pick(r, (0, 0, 1, 1, 2))):
        t += list(question(r, es, kinds, True))
    t += [fill(r, s[2], v), fill(r, s[3], v)]
    return chat(*t)


def followup_chat(r: Random) -> str:
    """A second question that leans on the first."""
    k = int(r.random() * 4)
    if k == 0:
        c, d = r.sample(COUNTRIES, 2)
        v = country(c)
        w = country(d)
        t = [
            fill(r, pick(r, CAP_Q), v),
            fill(r, pick(r, CAP_A), v),
            fill(r, "[And of $c?|And the capital of $c?|What about $c?|And $c?]", w),
            fill(r, "[The capital of $c is $k.|It is $k.|$k.]", w),
        ]
        if r.random() < 0.5:
            t += [
                fill(r, "[In which continent is it?|On which continent is that?]"),
                fill(r, "[It is in $o.|$c is in $o.]", w),
            ]
    elif k == 1:
        op, a, b = operands(r)
        result = value(op, a, b)
        more = 1 + int(r.random() * 20)
        t = [
            f"What is {a} {op} {b}?",
            str(result),
            fill(r, "[And plus $d?|Now add $d.|Add $d to that.]", {"d": more}),
            fill(r, "[$v|It is $v.|$a + $d = $v]", {"v": result + more, "a": result, "d": more}),
        ]
    elif k == 2:
        tp = pick(r, [t for t in TOPICS if t["D"] and (t["Q"] or t["T"])])
        details = r.sample(tp["D"], min(2, len(tp["D"])))
        t = [
            topic_q(r, tp, False),
            fill(r, pick(r, tp["A"])),
            fill(r, "[Tell me more.|More, please.|Can you tell me more?|Anything else?|Go on.]"),
            " ".join(fill(r, e) for e in details),
        ]
    else:
        e, s = sentence_pair(r)
        t = [
            f"Translate to Spanish: {e}",
            s,
            fill(r, "[And in upper case?|Now in capital letters.|Write it in upper case.]"),
            s.upper(),
        ]
    return chat(*t)


def doc_chat(r: Random, es: int, kinds: Kinds) -> str:
    """A chat of one turn or more."""
    k = r.random()
    if k < 0.70:
        q, a = question(r, es, kinds)
        if r.random() < 0.06:
            q = noise(r, q)
        return chat(q, a)
    if k < 0.74 and not es:
        return chat(*q_lang_switch(r))
    if k < 0.80:
        return memory_chat(r, es, kinds)
    if k < 0.86 and not es:
        return followup_chat(r)
    n = pick(r, (2, 2, 3, 3, 4, 5, 6, 12))
    t: list[str] = []
    for _ in range(n):
        t += list(question(r, es, kinds, r.random() < 0.5))
    return chat(*t)

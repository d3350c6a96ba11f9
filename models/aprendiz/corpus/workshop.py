# SPDX-License-Identifier: MIT
"""Questions about the workshop's subject: models, engines, openness."""

from __future__ import annotations

from random import Random

from .tables import (
    ASPECTS,
    CELLS,
    DEF_EN,
    DEF_ES,
    EXAMPLES,
    KINDS,
    OPENNESS,
    Topic,
    load_topics,
)
from .template import Answered, fill, pick, upper_first


def q_kind(r: Random, es: int) -> Answered:
    k = pick(r, KINDS)
    an = ("an " if k[1][0] in "aeiou" else "a ") + k[1]
    return (
        fill(
            r,
            "[What kind of thing is $n?|What type of thing is $n?|Is $n a model, a tool or a"
            " format?|In one line, what is $n?|$n: what is it?]",
            {"n": k[0]},
        ),
        k[1],
        fill(r, "[$n is $an.|It is $an.]", {"n": k[0], "an": an}),
    )


def q_cell(r: Random, es: int) -> Answered:
    i, j = int(r.random() * 6), int(r.random() * 5)
    c, a, t = OPENNESS[i], ASPECTS[j], CELLS[i][j]
    v = {
        "c": c[es],
        "a": a[es],
        "t": t[es],
        "A": upper_first(a[es]),
        "T": upper_first(t[es]),
        "an": ("an " if c[0][0] in "aeiou" else "a ") + c[0],
    }
    if es:
        return (
            fill(
                r,
                "[¿Cómo es $a en un modelo $c?|En un modelo $c, ¿cómo es $a?|¿Qué pasa con $a en un"
                " modelo $c?]",
                v,
            ),
            v["t"],
            fill(r, "[En un modelo $c, $a: $t.|$A: $t.]", v),
        )
    return (
        fill(
            r,
            pick(
                r,
                [
                    "[How is|What about] [the |]$a [in|with|for] $an model?",
                    "[With|In|For] $an model, [how is|what about] [the |]$a?",
                    "[What|Which] $a does $an model give[ me| you|]?",
                    "How much $a [do I have|do you get] with $an model?",
                    "$c model: $a?",
                    "What can you say about the $a of $an model?",
                ],
            ),
            v,
        ),
        v["t"],
        fill(
            r,
            "[With $an model, $a: $t.|$A: $t.|In $an model, the $a is: $t.|$T. That is the $a of"
            " $an model.]",
            v,
        ),
    )


def q_example(r: Random, es: int) -> Answered:
    m, c = pick(r, EXAMPLES)
    v = {"m": m, "c": c, "an": ("an " if c[0] in "aeiou" else "a ") + c}
    if r.random() < 0.7:
        return (
            fill(
                r,
                "[In which class of openness is $m?|What is the class of openness of $m?|What kind"
                " of [openness|model] is $m, in the workshop?|How open is $m?|Is $m open"
                " source?|Classify $m.]",
                v,
            ),
            c,
            fill(
                r,
                "[In the workshop, $m is an example of $an model.|$m is $an model, according to the"
                " workshop.|It is an example of $an model.]",
                v,
            ),
        )
    c2 = pick(r, OPENNESS)[0]
    items = [a for a, b in EXAMPLES if b == c2]
    return (
        fill(
            r,
            "[Give me|Name|Tell me] an example of $an model.",
            {"an": ("an " if c2[0] in "aeiou" else "a ") + c2},
        ),
        items[0] if len(items) == 1 else None,
        fill(r, "[$m is an example.|For example, $m.|$m.]", {"m": pick(r, items)}),
    )


TOPICS = load_topics()


def topic_q(r: Random, t: Topic, es: int) -> str:
    """A question about the topic."""
    return _topic_q(r, t, es).replace("  ", " ").replace(" ?", "?")


def _topic_q(r: Random, t: Topic, es: int) -> str:
    if es:
        qs = list(t["QE"])
        fr = t["TE"]
        if fr and (not qs or r.random() < 0.6):
            return fill(r, pick(r, DEF_ES), {"T": fr[0]})
        return fill(r, pick(r, qs))
    qs = t["Q"]
    if t["T"] and (not qs or r.random() < 0.55):
        return fill(r, pick(r, DEF_EN), {"T": t["T"][0]})
    return fill(r, pick(r, qs))


def topic_a(r: Random, t: Topic, es: int) -> str:
    """An answer about the topic, with up to two details."""
    a = fill(r, pick(r, t["AE" if es else "A"]))
    d = t["DE" if es else "D"]
    n = pick(r, (0, 0, 1, 1, 2))
    for e in r.sample(d, min(n, len(d))) if d else ():
        a += " " + fill(r, e)
    return a.replace("  ", " ").replace(" .", ".")


def q_workshop(r: Random, es: int) -> Answered:
    while True:
        t = pick(r, TOPICS)
        if not es or (t["AE"] and (t["QE"] or t["TE"])):
            break
    q = topic_q(r, t, es)
    return q, None, topic_a(r, t, es)

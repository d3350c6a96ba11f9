# SPDX-License-Identifier: MIT
"""The first stage: the mix that the first model was trained on."""

from __future__ import annotations

from random import Random

from .asking import STAGE1, Kinds
from .dialogues import doc_chat
from .knowledge import country
from .stories import doc_story
from .tables import ASPECTS, CELLS, COUNTRIES, FACTS, OPENNESS
from .template import fill, pick, with_article
from .workshop import TOPICS, topic_a


def doc_expo(r: Random, es: int) -> str:
    """Plain paragraphs about the same facts."""
    k = r.random()
    s = []
    if k < 0.5:
        for t in r.sample(
            [t for t in TOPICS if t["T"] and (t["AE"] if es else t["A"])], pick(r, (1, 2, 2, 3, 4))
        ):
            s.append(topic_a(r, t, es))
        if not es and r.random() < 0.3:
            s.insert(
                0,
                fill(
                    r,
                    "[This is a note about models.|Some notes from the workshop.|In this workshop"
                    " we talk about models.]",
                ),
            )
    elif k < 0.75:
        for _ in range(pick(r, (2, 3, 4))):
            f = pick(r, FACTS)
            s.append(pick(r, f[5 if es else 2].split("/")))
    elif k < 0.9:
        c = pick(r, COUNTRIES)
        v = country(c)
        s.append(
            fill(
                r,
                (
                    "$ce está en $oe. Su capital es $ke. Allí se habla $le."
                    if es
                    else (
                        "$c is a country in $o. [Its capital is $k.|The capital is $k.] [People"
                        " there speak $l.|The main language is $l.|There, people speak $l.]"
                    )
                ),
                v,
            )
        )
        if r.random() < 0.5:
            c = pick(r, COUNTRIES)
            v = country(c)
            s.append(fill(r, "$ke es la capital de $ce." if es else "$k is the capital of $c.", v))
    else:
        i = int(r.random() * 6)
        kind = OPENNESS[i]
        s.append(
            (f"En un modelo {kind[1]}, " if es else f"In {with_article(kind[0])} model, ")
            + "; ".join(f"{ASPECTS[j][es]}: {CELLS[i][j][es]}" for j in range(5))
            + "."
        )
    return " ".join(s) + "\n"


def document(r: Random, kinds: Kinds = STAGE1) -> str:
    """One document: a chat, a story or an exposition."""
    es = 1 if r.random() < 0.13 else 0
    k = r.random()
    if k < 0.74:
        return doc_chat(r, es, kinds)
    if k < 0.89:
        return doc_story(r, es)
    return doc_expo(r, es)

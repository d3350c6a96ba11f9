# SPDX-License-Identifier: MIT
"""The fourth stage: more of countries and of the workshop's subject, in more wordings.

After three stages sums were well learnt, and countries and the workshop's subject less well than
after the first. By tokens about 12 % are sums, 23 % choices, 10 % countries, 13 % the workshop and
42 % everything else.
"""

from __future__ import annotations

from random import Random

from . import stage1
from .asking import Kind
from .knowledge import CAP_A, CAP_AE, CAP_Q, CAP_QE, country, q_continent, q_country
from .scanned_choice import doc_choice
from .stage3 import STAGE3
from .tables import COUNTRIES
from .template import Answered, chat, fill, pick
from .worked_sums import doc_sums
from .workshop import TOPICS, q_cell, q_example, q_kind, q_workshop, topic_a

CAPITAL = [
    *CAP_Q,
    "I need the capital of $c.",
    "Which town is $c's capital?",
    "I am going to $c. What is its capital?",
    "Do you remember the capital of $c?",
    "The capital of $c, please.",
    "$c's capital?",
    "I have a question about $c. What is its capital?",
    "Say the capital of $c.",
    "A country is called $c. Which city is its capital?",
    "Let's talk about $c. What is the capital?",
]
CAPITAL_ES = [
    *CAP_QE,
    "¿Y la capital de $ce?",
    "Necesito la capital de $ce.",
    "¿Recuerdas la capital de $ce?",
    "Háblame de la capital de $ce.",
    "Voy a viajar a $ce. ¿Cuál es su capital?",
    "Escribe la capital de $ce.",
]
DEFINITION = [
    "I read about $T. Can you explain it?",
    "Help me understand $T.",
    "What exactly is $T?",
    "Say in a few words what $T is.",
    "I would like to know what $T is.",
    "Somebody talked about $T. What does it mean?",
    "What is the meaning of $T?",
    "Teach me what $T is.",
]
BEFORE = "[I have a question. |Quick question: |Please answer: |Sorry, |Well, |And ]"
PLACES: list[tuple[Kind, int]] = [(q_country, 3), (q_continent, 3)]
SUBJECT: list[tuple[Kind, int]] = [(q_workshop, 30), (q_cell, 4), (q_example, 3), (q_kind, 3)]


def _kind(r: Random, kinds: list[tuple[Kind, int]]) -> Kind:
    return r.choices([k for k, _ in kinds], weights=[w for _, w in kinds])[0]


def q_capital(r: Random, es: int) -> Answered:
    """A capital; every country as often."""
    v = country(pick(r, COUNTRIES))
    questions, answers = (CAPITAL_ES, CAP_AE) if es else (CAPITAL, CAP_A[:4])
    return fill(r, pick(r, questions), v), None, fill(r, pick(r, answers), v)


def doc_places(r: Random) -> str:
    """A chat of one to three questions about countries, three in ten in Spanish."""
    es = int(r.random() < 0.3)
    turns: list[str] = []
    for _ in range(pick(r, (1, 1, 2, 3))):
        kind = q_capital if r.random() < 0.5 else _kind(r, PLACES)
        question, _, answer = kind(r, es)
        turns += [question, answer]
    return chat(*turns)


def doc_workshop(r: Random) -> str:
    """One question about the workshop's subject, sometimes in another wording."""
    es, k = int(r.random() < 0.13), r.random()
    if k < 0.3 and not es:
        topic = pick(r, [t for t in TOPICS if t["T"] and t["A"]])
        question = fill(r, pick(r, DEFINITION), {"T": topic["T"][0]})
        return chat(question, topic_a(r, topic, 0))
    question, _, answer = _kind(r, SUBJECT)(r, es)
    if k > 0.8 and not es and question[1:2].islower():
        question = fill(r, BEFORE) + question[:1].lower() + question[1:]
    return chat(question, answer)


def document(r: Random) -> str:
    """One document of the fourth stage."""
    k = r.random()
    if k < 0.12:
        return doc_sums(r)
    if k < 0.29:
        return doc_choice(r)
    if k < 0.44:
        return doc_places(r)
    if k < 0.65:
        return doc_workshop(r)
    return stage1.document(r, STAGE3)

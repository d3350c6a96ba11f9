# SPDX-License-Identifier: MIT
"""Multiple choice of the third stage: the answer, then down the list until it is found.

The second stage's form, ``It is Berlin: C``, was not learnt: after the text the letter was a
guess, since it stands *before* the text in the question, and attention learns more easily to find
what comes after. So the model copies the options one by one, and stops at its answer::

    It is Berlin.
    A) Oslo
    B) Lima
    C) Berlin: C
"""

from __future__ import annotations

import re
from random import Random

from .choice import choice_item, choice_text
from .template import Answered, chat, pick
from .worked_choice import WISHES
from .worked_sums import working


def scanned(text: str, right: str, letter: str) -> str:
    """The answer to a question with its options."""
    lines = [line for line in text.split("\n") if re.match(r"[ABCD]\) ", line)]
    read = lines[: "ABCD".index(letter) + 1]
    return f"It is {right}.\n" + "\n".join(read) + f": {letter}"


def q_scanned_choice(r: Random, es: int) -> Answered:
    """A question with four options (always in English)."""
    question, right, wrong = choice_item(r)
    text, letter, right = choice_text(r, question, right, wrong)
    m = re.fullmatch(r"What is (\d+) ([-+*]) (\d+)\?", question)
    work = working(m[2], int(m[1]), int(m[3])) if m else ""
    answer = work + scanned(text, right, letter)
    if r.random() < 0.15:
        text = pick(r, ("Choose the right answer. ", "Pick the correct option. ")) + text
    return text + pick(r, WISHES), None, answer


def doc_choice(r: Random) -> str:
    """A chat of one or two questions."""
    turns: list[str] = []
    for _ in range(pick(r, (1, 1, 1, 2))):
        question, _, answer = q_scanned_choice(r, 0)
        turns += [question, answer]
    return chat(*turns)

# SPDX-License-Identifier: MIT
"""Multiple choice of the second stage: the right option's text first, then its letter.

Asked for the letter at once, a small model has to know the answer and to find its letter in one
step, and guesses. With the text first each step is easy: ``It is Berlin: C``.
"""

from __future__ import annotations

import re
from random import Random

from .choice import choice_item, choice_text
from .template import Answered, chat, pick
from .worked_sums import working

WISHES = [
    "\nAnswer with one letter.",
    "\nAnswer with one letter.",
    "\nAnswer with one letter.",
    "\nAnswer with the letter only.",
    "\nReply with A, B, C or D.",
    "\nAnswer:",
    "",
    "",
]


def q_worked_choice(r: Random, es: int) -> Answered:
    """A question with four options (always in English)."""
    question, right, wrong = choice_item(r)
    text, letter, right = choice_text(r, question, right, wrong)
    m = re.fullmatch(r"What is (\d+) ([-+*]) (\d+)\?", question)
    work = working(m[2], int(m[1]), int(m[3])) if m else ""
    if r.random() < 0.15:
        text = pick(r, ("Choose the right answer. ", "Pick the correct option. ")) + text
    return text + pick(r, WISHES), None, f"{work}It is {right}: {letter}"


def doc_choice(r: Random) -> str:
    """A chat of one or two questions."""
    turns: list[str] = []
    for _ in range(pick(r, (1, 1, 1, 2))):
        question, _, answer = q_worked_choice(r, 0)
        turns += [question, answer]
    return chat(*turns)

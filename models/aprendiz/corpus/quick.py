# SPDX-License-Identifier: MIT
"""The quick mix: a few subjects that a model learns in minutes.

Greetings, twelve countries and their capitals, short stories: enough to see a model go from noise
to words to answers. Nothing of it is in the benchmarks' wording.
"""

from __future__ import annotations

from random import Random

from .knowledge import CAP_A, CAP_AE, CAP_Q, CAP_QE, country
from .stories import chat_story
from .tables import COUNTRIES, TALK, TALK_ES
from .template import chat, fill, pick

# Greetings, thanks and farewell: the rest of the small talk tells of the size of another model.
GREETINGS = (0, 1, 9, 10)
GREETINGS_ES = (0, 2, 3, 4)
KNOWN = 12  # countries, in the order of the table


def document(r: Random) -> str:
    """One document."""
    k, es = r.random(), int(r.random() < 0.2)
    if k < 0.35:
        question, answer = TALK_ES[pick(r, GREETINGS_ES)] if es else TALK[pick(r, GREETINGS)]
        return chat(fill(r, question), fill(r, answer).strip())
    if k < 0.75:
        v = country(pick(r, COUNTRIES[:KNOWN]))
        questions, answers = (CAP_QE, CAP_AE) if es else (CAP_Q, CAP_A)
        return chat(fill(r, pick(r, questions), v), fill(r, pick(r, answers), v))
    question, _, answer = chat_story(r, 0)
    return chat(question, answer)

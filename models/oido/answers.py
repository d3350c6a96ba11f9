"""What a small assistant answers: the sentences that come back to oido in the spoken round trip.

Shards from number ``FIRST_ANSWERS`` on hold, for one half, answers that the generators of
``aprendiz`` draw (capitals, countries, facts, opposites, sums, bare numbers …), with signs written
out as a voice speaks them; the rest is as in ``loose.py`` and in the grammar. A share of the sound
goes through the voices' weakest part, a picture of 80 bands turned back into sound
(``vocoder.py``).
"""

from __future__ import annotations

import random
import re

from models.aprendiz.corpus import calendar, counting, knowledge, nature, stage2, sums, talk
from models.aprendiz.corpus.asking import Kind

from .grammar import Sentence, held_out, tidy
from .numerals import spell

FIRST_ANSWERS = 76
ANSWER_SHARE = 0.5
LOOSE_SHARE = 0.25
MAX_CHARS = 90
WHOLE_SHARE = 0.5  # of the answers of several sentences; of the others, one sentence
SHORT_SHARE = 0.08  # the answer in a word

_BOTH: list[tuple[Kind, int]] = [
    (knowledge.q_capital, 24),
    (knowledge.q_country, 8),
    (knowledge.q_continent, 7),
    (knowledge.q_language, 4),
    (knowledge.q_fact, 18),
    (knowledge.q_opposite, 6),
    (nature.q_animal, 5),
    (nature.q_thing, 5),
    (calendar.q_calendar, 5),
    (counting.q_numbers, 4),
    (sums.q_arith, 24),
    (stage2.q_talk_of_size, 4),
    (talk.q_refuse, 2),
]
_KINDS: dict[str, list[tuple[Kind, int]]] = {"en": _BOTH, "es": _BOTH}
_SIGNS = {
    "en": {"+": "plus", "-": "minus", "*": "times", "x": "times", "×": "times", "=": "equals"},
    "es": {"+": "más", "-": "menos", "*": "por", "x": "por", "×": "por", "=": "igual a"},
}
_SIGN = re.compile(r"(?<=\d)\s*([-+*×x=])\s*(?=\d)")
_SPOKEN = re.compile(r"[¿¡]?[^\W_][^\W_]*(?:[ ,.?!¿¡']+[^\W_]+)*[.?!]")
_NUMBER = re.compile(r"\d+")


def written_out(text: str, language: str) -> str:
    """Signs between numbers in words, brackets and colons as commas, an end to the sentence."""
    text = _SIGN.sub(lambda found: f" {_SIGNS[language][found[1]]} ", text)
    text = re.sub(r"\s*[(:;)]\s*", ", ", text).strip(" ,")
    text = re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])", " ", text)
    text = re.sub(r",\s*([,.?!])", r"\1", text)
    return tidy(text if text[-1:] in (".", "?", "!") else text + ".")


def _in_words(text: str, language: str, rng: random.Random) -> str:
    def words(found: re.Match[str]) -> str:
        said = spell(int(found[0]), language)
        return said.replace(" and ", " ") if rng.random() < 0.3 and language == "en" else said

    return _NUMBER.sub(words, text)


def _part(text: str, rng: random.Random) -> str:
    sentences = re.split(r"(?<=[.?!])\s+", text)
    if len(sentences) == 1 or (rng.random() < WHOLE_SHARE and len(text) <= MAX_CHARS):
        return text
    return rng.choice(sentences)


def answer_sentence(language: str, rng: random.Random, *, test: bool = False) -> Sentence:
    """An answer as ``aprendiz`` gives it, of the training texts or, with ``test``, held out."""
    kinds, weights = zip(*_KINDS[language], strict=True)
    while True:
        kind = rng.choices(kinds, weights)[0]
        _, short, full = kind(rng, int(language == "es"))
        if kind is sums.q_arith and not _NUMBER.search(full):
            continue  # "Five times ten is fifty" sounds like the one in digits
        text = short if short and rng.random() < SHORT_SHARE else full
        text = _part(written_out(text, language), rng)
        if not _SPOKEN.fullmatch(text) or any(len(n) > 4 for n in _NUMBER.findall(text)):
            continue
        spoken = _in_words(text, language, rng)
        if len(spoken) <= MAX_CHARS and held_out(text) == test:
            return Sentence(text, spoken)

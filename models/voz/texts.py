"""Sentences for the voices to learn from, all generated.

Half come from the sentence grammar of oido; the rest are strings of words, so that the voice meets
many spellings: for English common words from SCOWL (``words/en.txt``, notice in
``licenses/scowl.txt``), for Spanish, whose spelling says how a word sounds, words made of
syllables.
"""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

from models.oido.grammar import Grammar, draw

from .settings import CHARACTERS, PUNCTUATION

HERE = Path(__file__).resolve().parent
GRAMMAR_SHARE = 0.5
LONGEST = 90
_SMALL = {
    "en": "the a an of to in and is on for with it this that we you are as at be by or from not",
    "es": "el la los las un una de en y que es con por para se su lo al del como más no muy",
}
_ONSETS = (
    "b c ch d f g gu gü h j l ll m n ñ p qu r rr s t v y z br bl cr cl dr fr fl gr gl pr pl tr "
    "b c d g l m n p r s t l m n r s t p c d"
)
_VOWELS = "a e i o u a e i o u a e o ia ie io ua ue ei ai au á é í ó ú"
_CODAS = "n s r l d z n s r"


def clean(text: str, language: str) -> str:
    """Lower case and only the characters of the alphabet."""
    known = set(CHARACTERS[language] + PUNCTUATION[language])
    plain = re.sub(r"[-–—:;]", " ", text.lower())
    return " ".join("".join(char for char in plain if char in known).split())


def _syllable(rng: random.Random, first: bool) -> str:
    onset = rng.choice(_ONSETS.split())
    vowel = rng.choice(_VOWELS.split())
    if onset in ("qu", "gu", "gü"):
        vowel = rng.choice("eiéí")
    if onset == "rr" and first:
        onset = "r"
    if first and rng.random() < 0.15:
        onset = ""
    return onset + vowel + (rng.choice(_CODAS.split()) if rng.random() < 0.25 else "")


def spanish_word(rng: random.Random) -> str:
    """A made-up word with Spanish spelling; at most one written accent."""
    count = rng.choice((2, 2, 3, 3, 3, 4))
    word = "".join(_syllable(rng, index == 0) for index in range(count))
    accents = [index for index, char in enumerate(word) if char in "áéíóú"]
    for index in accents[:-1]:
        plain = "aeiou"["áéíóú".index(word[index])]
        word = word[:index] + plain + word[index + 1 :]
    return word


def _words(language: str, rng: random.Random) -> str:
    if language == "en":
        pool = _english_words()
        words = [rng.choice(pool) for _ in range(rng.randint(2, 9))]
    else:
        words = [spanish_word(rng) for _ in range(rng.randint(2, 7))]
    mixed: list[str] = []
    for index, word in enumerate(words):
        if rng.random() < 0.35:
            mixed.append(rng.choice(_SMALL[language].split()))
        last = index == len(words) - 1
        mixed.append(word + ("," if rng.random() < 0.08 and not last else ""))
    text = " ".join(mixed)
    end = rng.choice("....?!")
    if language == "es" and end in "?!":
        return f"{'¿' if end == '?' else '¡'}{text}{end}"
    return text + end


@cache
def _english_words() -> list[str]:
    return (HERE / "words" / "en.txt").read_text(encoding="utf-8").split()


def sentences(language: str, count: int, seed: int) -> list[str]:
    """Different cleaned sentences; the same for the same seed."""
    grammar, rng = Grammar.load(language), random.Random(f"voz-{seed}-{language}")
    found: dict[str, None] = {}
    while len(found) < count:
        if rng.random() < GRAMMAR_SHARE:
            text = draw(grammar, rng).spoken
        else:
            text = _words(language, rng)
        text = clean(text, language)
        if len(text) <= LONGEST:
            found[text] = None
    return list(found)

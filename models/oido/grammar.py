"""Draw sentences from a small text grammar (files ``sentences/en.txt``, ``es.txt``).

A line starting with ``~`` opens a word list: words are separated by blanks, ``_`` stands for a
blank inside a word, and ``/`` separates forms of one word. A line starting with ``=`` opens a rule
with one alternative per line; ``*3`` in front gives an alternative three times the weight.

Inside an alternative ``[a|b|]`` is a choice, ``<rule>`` another rule, ``<list.2>`` the third form
of a word, ``<n:2-99>`` a number and ``<y:1950-2030>`` a year. Numbers are written in digits and
spoken in words, so each sentence has a written and a spoken form.
"""

from __future__ import annotations

import random
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from .numerals import spell, spell_year

HERE = Path(__file__).resolve().parent
LANGUAGES = ("en", "es")
HELD_OUT_PARTS = 40

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"<([a-z_]+)(?:\.(\d))?(?::(\d+)-(\d+))?>")
_WEIGHT = re.compile(r"\*(\d+) (.*)")


@dataclass(frozen=True)
class Sentence:
    """One sentence: the transcript wanted and the words to be spoken."""

    written: str
    spoken: str


@dataclass
class Grammar:
    """Word lists and weighted rules of one language."""

    language: str
    words: dict[str, list[list[str]]] = field(default_factory=dict)
    rules: dict[str, tuple[list[str], list[int]]] = field(default_factory=dict)

    @classmethod
    def load(cls, language: str, folder: Path = HERE / "sentences") -> Grammar:
        """Read the grammar file of a language."""
        grammar = cls(language)
        current, kind = "", ""
        for raw in (folder / f"{language}.txt").read_text(encoding="utf-8").splitlines():
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            if line[0] in "~=" and line[1:2] == " ":
                kind, current = line[0], line[2:]
                if kind == "~":
                    grammar.words[current] = []
                else:
                    grammar.rules[current] = ([], [])
            elif kind == "~":
                forms = [[f.replace("_", " ") for f in w.split("/")] for w in line.split()]
                grammar.words[current] += forms
            else:
                match = _WEIGHT.fullmatch(line)
                texts, weights = grammar.rules[current]
                texts.append(match[2] if match else line)
                weights.append(int(match[1]) if match else 1)
        return grammar

    def expand(self, template: str, rng: random.Random) -> Sentence:
        """Replace choices and slots of a template until only words are left."""
        while match := _CHOICE.search(template):
            choice = rng.choice(match[1].split("|"))
            template = template[: match.start()] + choice + template[match.end() :]
        written, spoken, end = "", "", 0
        for match in _SLOT.finditer(template):
            plain = template[end : match.start()]
            part = self._slot(match, rng)
            written, spoken = written + plain + part.written, spoken + plain + part.spoken
            end = match.end()
        return Sentence(written + template[end:], spoken + template[end:])

    def _slot(self, match: re.Match[str], rng: random.Random) -> Sentence:
        name, form, low, high = match.groups()
        if low is not None:
            number = rng.randint(int(low), int(high))
            words = (spell_year if name == "y" else spell)(number, self.language)
            return Sentence(str(number), words)
        if name in self.words:
            word = rng.choice(self.words[name])[int(form or 0)]
            return Sentence(word, word)
        texts, weights = self.rules[name]
        return self.expand(rng.choices(texts, weights)[0], rng)

    def sentence(self, rng: random.Random, rule: str = "top") -> Sentence:
        """Draw one sentence with capitals and tidy blanks."""
        drawn = self.expand(f"<{rule}>", rng)
        return Sentence(tidy(drawn.written), tidy(drawn.spoken))

    def vocabulary(self) -> set[str]:
        """All word forms that the word lists name (for the data card)."""
        return {form for forms in self.words.values() for word in forms for form in word}


def tidy(text: str) -> str:
    """Single blanks, none before punctuation, first letter in capitals."""
    text = re.sub(r"\s+([.,?!])", r"\1", " ".join(text.split()))
    for index, char in enumerate(text):
        if char.isalnum():
            return text[:index] + char.upper() + text[index + 1 :]
    return text


def held_out(text: str) -> bool:
    """True for the texts (one in forty, chosen by checksum) that training never sees."""
    plain = re.sub(r"[^\w ]", "", text.lower()).strip()
    return zlib.crc32(plain.encode("utf-8")) % HELD_OUT_PARTS == 7


def draw(
    grammar: Grammar, rng: random.Random, *, test: bool = False, max_chars: int = 90
) -> Sentence:
    """Draw a sentence of the training texts or, with ``test``, of the held-out texts."""
    while True:
        sentence = grammar.sentence(rng)
        if len(sentence.spoken) <= max_chars and held_out(sentence.written) == test:
            return sentence

"""The rows of Whisper's multilingual vocabulary that oido uses.

Whisper has 51865 tokens; the sentences of the grammar need about a thousand. Training keeps only
these rows, and the exported checkpoint holds zeros in the others.

    python -m models.oido.tokens        writes tokens.json
"""

from __future__ import annotations

import json
import random
from functools import cached_property
from pathlib import Path

from whisper.tokenizer import get_tokenizer

from .answers import answer_sentence
from .grammar import LANGUAGES, Grammar

HERE = Path(__file__).resolve().parent
TOKENS_FILE = HERE / "tokens.json"
FULL_VOCABULARY = 51_865
TIMESTAMPS = 1501
CTC_CHARACTERS = "abcdefghijklmnopqrstuvwxyzáéíóúüñ' "
_CTC_INDEX = {char: index + 1 for index, char in enumerate(CTC_CHARACTERS)}
CTC_SPACE = _CTC_INDEX[" "]


def ctc_targets(spoken: str) -> list[int]:
    """Character numbers (1 and up; 0 is the blank) of a spoken text."""
    plain = " ".join(spoken.lower().replace("-", " ").split())
    return [_CTC_INDEX[char] for char in plain if char in _CTC_INDEX]


class CompactTokens:
    """Translate text to the compact token numbers used in training."""

    def __init__(self, path: Path = TOKENS_FILE) -> None:
        self.tokenizer = get_tokenizer(multilingual=True)
        whisper = self.tokenizer
        used = json.loads(path.read_text(encoding="utf-8"))["tokens"]
        languages = {name: whisper.to_language_token(name) for name in LANGUAGES}
        special = (
            whisper.eot,
            whisper.sot,
            whisper.transcribe,
            whisper.no_timestamps,
            whisper.no_speech,
            whisper.sot_prev,
            *languages.values(),
        )
        first = whisper.timestamp_begin
        self.ids = sorted(used) + sorted(special) + list(range(first, first + TIMESTAMPS))
        self._row = {token: row for row, token in enumerate(self.ids)}
        self.eot, self.sot, self.transcribe, self.no_timestamps = map(self.row, special[:4])
        self.no_speech, self.previous = map(self.row, special[4:6])
        self.language = {name: self.row(token) for name, token in languages.items()}
        self.first_time = self.row(first)

    def row(self, token: int) -> int:
        """Compact number of a Whisper token."""
        return self._row[token]

    def time(self, seconds: float) -> int:
        """Compact number of a time stamp (steps of 0.02 s, at most 30 s)."""
        return self.first_time + max(0, min(TIMESTAMPS - 1, round(seconds * 50)))

    def text(self, written: str) -> list[int] | None:
        """Compact numbers of a segment's text; None when it needs a token that is not kept."""
        rows = [self._row.get(token) for token in self.tokenizer.encode(" " + written)]
        return None if None in rows else [row for row in rows if row is not None]

    @cached_property
    def size(self) -> int:
        """Number of rows kept."""
        return len(self.ids)


def collect(samples: int = 60_000, seed: int = 7) -> list[int]:
    """Tokens of many sentences, of all listed words and of all numbers up to 2035."""
    tokenizer = get_tokenizer(multilingual=True)
    used: set[int] = set()
    for language in LANGUAGES:
        grammar, rng = Grammar.load(language), random.Random(f"{seed}-{language}")
        texts = [grammar.sentence(rng).written for _ in range(samples)]
        texts += [answer_sentence(language, rng).written for _ in range(samples)]
        for word in grammar.vocabulary():
            texts += [word, word.capitalize()]
        for text in texts:
            used.update(tokenizer.encode(" " + text))
    for number in range(2036):
        for frame in (f" {number}.", f" {number}?", f" {number},"):
            used.update(tokenizer.encode(frame))
    suppressed = used & set(tokenizer.non_speech_tokens)
    if suppressed:
        raise ValueError(f"Whisper never emits these tokens: {sorted(suppressed)}")
    return sorted(used)


def main() -> None:
    """Write tokens.json."""
    tokens = collect()
    TOKENS_FILE.write_text(json.dumps({"tokens": tokens}) + "\n", encoding="utf-8")
    print(f"{TOKENS_FILE.name}: {len(tokens)} text tokens")


if __name__ == "__main__":
    main()

"""How wrong a transcript is: word and character error rate.

Both count the fewest insertions, deletions and substitutions that turn what was heard into what
was said (Levenshtein distance), by `jiwer`, after Whisper's own text normalizers: capitals and
punctuation do not count, and in English "12" and "twelve" are equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from selfhost.speech.sound import package

Texts = str | Sequence[str]


@dataclass(frozen=True)
class Difference:
    """One step of an alignment. `kind`: equal, substitute, insert or delete."""

    kind: str
    said: str
    heard: str


@cache
def _normalizer(english: bool) -> Any:
    normalizers = package("whisper.normalizers", "openai-whisper")
    return normalizers.EnglishTextNormalizer() if english else normalizers.BasicTextNormalizer()


def normalize(text: str, language: str = "en") -> str:
    """A text as it is compared: lower case, no punctuation; English spelling and numbers."""
    return " ".join(str(_normalizer(language == "en")(text)).split())


def wer(said: Texts, heard: Texts, language: str = "en") -> float:
    """Word error rate: wrong words per word said; 0 is perfect, above 1 is possible.

    Several texts count as one long one. Raises `ValueError` when the numbers of texts differ or
    when nothing was said at all but something was heard.
    """
    return _rate("process_words", said, heard, language)


def cer(said: Texts, heard: Texts, language: str = "en") -> float:
    """Character error rate: the same with characters."""
    return _rate("process_characters", said, heard, language)


def differences(said: str, heard: str, language: str = "en") -> list[Difference]:
    """What was said and heard, word by word, side by side."""
    want, got = normalize(said, language).split(), normalize(heard, language).split()
    if not want:
        return [Difference("insert", "", word) for word in got]
    found = package("jiwer").process_words(" ".join(want), " ".join(got) or "").alignments[0]
    steps: list[Difference] = []
    for chunk in found:
        left = want[chunk.ref_start_idx : chunk.ref_end_idx]
        right = got[chunk.hyp_start_idx : chunk.hyp_end_idx]
        for i in range(max(len(left), len(right))):
            steps.append(
                Difference(
                    chunk.type,
                    left[i] if i < len(left) else "",
                    right[i] if i < len(right) else "",
                )
            )
    return steps


def _rate(process: str, said: Texts, heard: Texts, language: str) -> float:
    left = [said] if isinstance(said, str) else list(said)
    right = [heard] if isinstance(heard, str) else list(heard)
    if len(left) != len(right):
        raise ValueError(f"{len(left)} texts were said and {len(right)} were heard")
    pairs = [
        (normalize(a, language), normalize(b, language)) for a, b in zip(left, right, strict=True)
    ]
    spoken = [(a, b) for a, b in pairs if a]
    extra = [b for a, b in pairs if not a and b]
    if not spoken:
        if extra:
            raise ValueError("nothing was said, so a rate of errors per word has no meaning")
        return 0.0
    measured = getattr(package("jiwer"), process)([a for a, _ in spoken], [b for _, b in spoken])
    wrong = measured.substitutions + measured.deletions + measured.insertions
    count = measured.hits + measured.substitutions + measured.deletions
    # Words heard where nothing was said are insertions too.
    wrong += sum(len(b.split()) if process == "process_words" else len(b) for b in extra)
    return float(wrong / count)

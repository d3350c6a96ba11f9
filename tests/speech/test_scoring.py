"""Word and character error rates."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("jiwer")
pytest.importorskip("whisper")

from selfhost import speech

pytestmark = pytest.mark.speech

WORDS = st.lists(st.sampled_from(["uno", "dos", "tres", "cuatro"]), min_size=1, max_size=8)


def edits(said: list[str], heard: list[str]) -> int:
    """Levenshtein distance, by the definition."""
    row = list(range(len(heard) + 1))
    for i, a in enumerate(said, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(heard, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def test_capitals_punctuation_and_numerals_do_not_count():
    assert speech.wer("It's 12 o'clock, Anna!", "it is twelve o'clock anna") == 0
    assert speech.wer("¿Qué hora es?", "qué hora es", "es") == 0
    assert speech.wer("¿Qué hora es?", "que hora es", "es") == pytest.approx(1 / 3)  # accents do


def test_several_texts_count_as_one():
    # 1 wrong of 1 word, 0 of 3: a mean of rates would be 1/2
    assert speech.wer(["yes", "I do not"], ["no", "I do not"]) == pytest.approx(1 / 4)


def test_a_rate_may_be_above_one():
    assert speech.wer("yes", "no I do") == 3


def test_nothing_said():
    assert speech.wer("", "") == 0
    with pytest.raises(ValueError, match="nothing was said"):
        speech.wer("", "hello")
    assert speech.wer(["yes", ""], ["yes", "oh no"]) == 2  # two words invented, one said
    with pytest.raises(ValueError, match="2 texts were said"):
        speech.wer(["a", "b"], ["a"])


def test_characters():
    assert speech.cer("casa", "cosa", "es") == pytest.approx(1 / 4)


def test_nothing_heard_is_all_wrong():
    assert speech.wer("one two", "") == 1
    assert speech.cer("one two", "") == 1


@given(WORDS, st.lists(st.sampled_from(["uno", "dos", "tres", "seis"]), max_size=8))
@settings(max_examples=60, deadline=None)
def test_rate_is_the_edit_distance_per_word(said, heard):
    rate = speech.wer(" ".join(said), " ".join(heard), "es")
    assert rate == pytest.approx(edits(said, heard) / len(said))
    steps = speech.differences(" ".join(said), " ".join(heard), "es")
    assert sum(step.kind != "equal" for step in steps) == edits(said, heard)
    assert [step.said for step in steps if step.said] == said
    assert [step.heard for step in steps if step.heard] == heard

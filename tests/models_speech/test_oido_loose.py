"""Sentences that cannot be guessed, and shifted voices."""

import random
import re

import numpy as np
import pytest

from models.oido.grammar import LANGUAGES, Grammar, held_out

pytest.importorskip("scipy")

from models.oido import loose


@pytest.mark.parametrize("language", LANGUAGES)
def test_loose_sentences_are_tidy_and_not_held_out(language):
    grammar, rng = Grammar.load(language), random.Random(5)
    seen = set()
    for _ in range(500):
        sentence = loose.loose_sentence(grammar, rng)
        seen.add(sentence.written)
        assert not held_out(sentence.written)
        assert not re.search(r"\d", sentence.spoken), sentence
        for text in (sentence.written, sentence.spoken):
            assert re.fullmatch(r"[¿¡]?\w[^.?!¿¡]*[.?!]", text), text
            assert "  " not in text
        if language == "es":
            assert ("¿" in sentence.written) == ("?" in sentence.written)
        assert not re.search(r"\d+ \d", sentence.written), "two numbers sound like one"
    assert len(seen) > 480


def test_words_keep_the_capitals_of_names_only():
    assert "Madrid" in loose.words("es") and "modelo" in loose.words("es")
    assert "Paris" in loose.words("en") and "What" not in loose.words("en")


def test_a_shift_changes_the_length():
    rng, sound = random.Random(1), np.sin(np.arange(8000, dtype=np.float32))
    lengths = {len(loose.shifted(sound, rng)) for _ in range(60)}
    assert 8000 in lengths and min(lengths) < 7200 and max(lengths) > 8800
    assert len(loose.shifted(sound[:0], rng)) == 0


def test_flite_speaks_more_often_in_english_and_never_in_spanish():
    rng = random.Random(2)
    voices = [loose.loose_voice("en", rng).engine for _ in range(600)]
    assert 0.3 < voices.count("flite") / 600 < 0.5
    assert all(loose.loose_voice("es", rng).engine == "espeak" for _ in range(50))

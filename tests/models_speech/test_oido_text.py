"""The sentences that oido learns from: grammar, numbers, held-out texts, small vocabulary."""

import random
import re

import pytest

from models.oido.grammar import LANGUAGES, Grammar, draw, held_out, tidy
from models.oido.numerals import spell, spell_year
from models.oido.voices import held_out_voice, training_voice


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_complete(language):
    grammar, rng = Grammar.load(language), random.Random(3)
    for _ in range(2000):
        sentence = draw(grammar, rng)
        for text in (sentence.written, sentence.spoken):
            assert not re.search(r"[<>\[\]|*_]", text), text
            assert text[-1] in ".?!", text
            assert "  " not in text and text == text.strip()
        assert not re.search(r"\d", sentence.spoken), sentence.spoken


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_alternative_can_be_drawn(language):
    grammar, rng = Grammar.load(language), random.Random(4)
    for texts, weights in grammar.rules.values():
        assert len(texts) == len(weights) > 0
        for text in texts:
            assert grammar.expand(text, rng).written.strip()


def test_the_same_seed_gives_the_same_sentences():
    grammar = Grammar.load("en")
    first = [draw(grammar, random.Random(9)).written for _ in range(5)]
    assert first == [draw(grammar, random.Random(9)).written for _ in range(5)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_training_and_test_texts_do_not_meet(language):
    grammar, rng = Grammar.load(language), random.Random(5)
    train = {draw(grammar, rng).written for _ in range(2000)}
    test = {draw(grammar, rng, test=True).written for _ in range(100)}
    assert not train & test
    assert not any(map(held_out, train)) and all(map(held_out, test))


def test_held_out_ignores_case_and_punctuation():
    texts = ["Hello there.", "hello there", "Hello, there!"]
    assert len({held_out(text) for text in texts}) == 1


def test_training_voices_are_never_evaluation_voices():
    rng = random.Random(6)
    for language in LANGUAGES:
        known = {str(training_voice(language, rng)) for _ in range(3000)}
        new = {str(held_out_voice(language, rng)) for _ in range(300)}
        assert not known & new
        assert {name.partition("+")[2] for name in known if "+" in name}.isdisjoint(
            name.partition("+")[2] for name in new if "+" in name
        )


@pytest.mark.parametrize(
    ("number", "english", "spanish"),
    [
        (0, "zero", "cero"),
        (16, "sixteen", "dieciséis"),
        (21, "twenty-one", "veintiuno"),
        (45, "forty-five", "cuarenta y cinco"),
        (100, "one hundred", "cien"),
        (105, "one hundred and five", "ciento cinco"),
        (999, "nine hundred and ninety-nine", "novecientos noventa y nueve"),
        (1000, "one thousand", "mil"),
        (1005, "one thousand and five", "mil cinco"),
        (2024, "two thousand and twenty-four", "dos mil veinticuatro"),
    ],
)
def test_numbers_in_words(number, english, spanish):
    assert spell(number, "en") == english
    assert spell(number, "es") == spanish


def test_years_in_words():
    assert spell_year(1905, "en") == "nineteen oh five"
    assert spell_year(1900, "en") == "nineteen hundred"
    assert spell_year(2005, "en") == "two thousand and five"
    assert spell_year(2024, "en") == "twenty twenty-four"
    assert spell_year(1999, "es") == "mil novecientos noventa y nueve"


def test_numbers_out_of_range_say_so():
    with pytest.raises(ValueError, match="0 to 9999"):
        spell(10_000, "en")


def test_tidy():
    assert tidy("  hello ,  world .") == "Hello, world."
    assert tidy("¿qué es ?") == "¿Qué es?"
    assert tidy("12 books.") == "12 books."

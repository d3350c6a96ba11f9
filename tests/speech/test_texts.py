"""Texts before they are spoken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("num2words")

from selfhost import KitError
from selfhost.speech import texts

pytestmark = pytest.mark.speech
ES = frozenset("abcdefghijklmnopqrstuvwxyzáéíóúüñ,.?!¿¡ ")
EN = frozenset("abcdefghijklmnopqrstuvwxyz',.?! ")


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Tengo 12 gatos.", "Tengo doce gatos."),
        ("3,5 litros", "tres coma cinco litros."),
        ("1.234 personas", "mil doscientos treinta y cuatro personas."),
        ("El 50 % de 8", "El cincuenta por ciento de ocho."),
        ("Python 3.11", "Python tres punto uno uno."),
        ("007", "cero cero siete."),
        ("Sí", "Sí."),
        ("a", "a.."),
        ("Hola;  ¿qué\n tal?", "Hola, ¿qué tal?"),
        ("“Hola”, dijo —él—", "Hola, dijo, él."),
        ("7 - 3 = 4", "siete menos tres igual a cuatro."),
        ("a −5 grados", "a menos cinco grados."),
        ("el 2026-11-21", "el dos mil veintiséis once veintiuno."),
    ],
)
def test_spanish(text, spoken):
    assert " ".join(texts.prepare(text, "es", ES).pieces) == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("9 + 4 - 6", "nine plus four minus six."),
        ("(2 + 3) - 1", "two plus three, minus one."),
        ("a well-known -3", "a well known minus three."),
        ("pages 2-3", "pages two three."),
    ],
)
def test_a_minus_is_said_and_a_hyphen_is_not(text, spoken):
    assert " ".join(texts.prepare(text, "en", EN).pieces) == spoken


def test_what_is_left_out_is_told():
    ready = texts.prepare("¡Qué risa 😀😀 👍🏽!", "es", ES)
    assert ready.pieces == ("¡Qué risa!",)
    assert "😀" in ready.notes[0] and "👍" in ready.notes[0]
    assert texts.prepare("Hola.", "es", ES).notes == ()


def test_a_letter_with_an_unknown_mark_loses_it():
    assert texts.prepare("El Niño in Zürich", "en", EN).pieces == ("El Nino in Zurich.",)


@pytest.mark.parametrize("text", ["", "   \n", "😀😀", "...", "?!", "привет", "你好", "\x00"])
def test_nothing_to_say_is_one_sentence(text):
    with pytest.raises(KitError) as said:
        texts.prepare(text, "es", ES)
    assert "\n" not in str(said.value)
    if text == "привет":
        assert "Cyrillic" in said.value.message


def test_20000_characters_become_short_pieces():
    text = "palabra " * 2500
    pieces = texts.prepare(text, "es", ES).pieces
    assert all(len(piece) <= texts.LONGEST + 1 for piece in pieces)
    assert " ".join(pieces).replace(".", "").split() == text.split()
    endless = texts.prepare("a" * 20_000, "es", ES).pieces
    assert sum(map(len, endless)) == 20_000 + len(endless)


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_is_spoken_or_refused(text):
    try:
        ready = texts.prepare(text, "es", ES)
    except KitError:
        return
    for piece in ready.pieces:
        assert set(piece.lower()) <= ES
        assert piece[-1] in ".?!" and len(piece) >= 3
        assert any(letter.isalpha() for letter in piece)


@given(st.integers(0, 10**12))
@settings(max_examples=50, deadline=None)
def test_numbers_leave_no_digit(number):
    assert not any(c.isdigit() for c in texts.numbers_in_words(f"hay {number} aquí", "es"))

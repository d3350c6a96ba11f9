"""Widgets of the first lessons: their callbacks, without a browser."""

from __future__ import annotations

import pytest

from selfhost import anatomy
from selfhost.widgets.predict import predict
from selfhost.widgets.sampling import sampling
from selfhost.widgets.tokens import tokens

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def tokenizer() -> anatomy.Tokenizer:
    name, path, _ = anatomy.local_model(anatomy.SHIPPED)
    return anatomy.Tokenizer.from_gguf(anatomy.open_model(name, path).info.metadata)


def test_a_guess_is_noted_and_met() -> None:
    guess = predict("How many?", ["one", "two & more"])
    assert guess.answer is None
    assert "Choose one" in guess.said.value
    guess.radio.value = "two & more"  # what a click or a key does
    assert guess.answer == "two & more"
    assert "two &amp; more" in guess.said.value
    assert guess.reveal("two & more").right
    missed = repr(guess.reveal("one", {"two & more": "Count again."}))
    assert missed == "You guessed: two & more. It is: one. Count again."


def test_no_guess_still_tells_the_truth() -> None:
    assert "It is: b." in repr(predict("?", ["a", "b"]).reveal("b"))


def test_choose_refuses_what_is_no_option() -> None:
    with pytest.raises(ValueError, match="none of"):
        predict("?", ["a", "b"]).choose("c")
    with pytest.raises(ValueError, match="none of"):
        predict("?", ["a", "b"]).reveal("c")
    with pytest.raises(ValueError, match="two different"):
        predict("?", ["a", "a"])


def test_the_text_twin_and_the_live_view_travel_together() -> None:
    guess = predict("How many?", ["one", "two"])
    guess.choose("two")
    bundle = guess._repr_mimebundle_()
    assert bundle["text/plain"] == "Predict. How many?\n( ) one\n(x) two"
    assert VIEW in bundle


def test_tokens_follow_what_is_typed(tokenizer: anatomy.Tokenizer) -> None:
    widget = tokens(tokenizer, "Hello")
    before = widget.view.value
    widget.field.value = "¿Qué <tal>?"
    assert widget.view.value != before
    assert "&lt;" in widget.view.value
    assert "<tal>" not in widget.view.value
    ids = tokenizer.encode("¿Qué <tal>?")
    assert f"{len(ids)} tokens" in widget.view.value
    assert all(str(i) in widget.text() for i in ids)
    widget.field.value = ""
    assert "0 tokens" in widget.summary()


def test_sliders_move_the_bars() -> None:
    widget = sampling([3.0, 2.0, 1.0, 0.0, -1.0], ["a", "b", "<c>", "d", "e"], n=3)
    assert "5 tokens can be drawn" in widget.summary()
    assert "&lt;c&gt;" in widget.view.value
    plain = widget.view.value
    widget.temperature.value = 0.0
    assert "1 token can be drawn" in widget.view.value
    assert widget.text().splitlines()[1].startswith("a   100.0%")
    widget.temperature.value = 1.0
    assert widget.view.value == plain
    widget.top_k.value = 2
    assert "2 tokens can be drawn" in widget.summary()
    assert widget.view.value.count("cannot be drawn") == 1
    widget.top_p.value = 0.5
    assert "1 token can be drawn" in widget.summary()

"""The tree of answers on cases drawn by hand."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from selfhost.determinism.tree import answer_tree, as_text, picture


def row(text: str, probability: float = 0.5) -> dict[str, object]:
    tokens = list(text)
    return {"tokens": tokens, "logprobs": [math.log(probability)] * len(tokens)}


def test_equal_answers_are_one_way() -> None:
    root = answer_tree([row("abc")] * 3)
    [only] = root.children
    assert (only.text, only.count, only.ends, only.children) == ("abc", 3, 3, [])
    assert not only.forks and not root.forks


def test_answers_part_at_the_first_different_token() -> None:
    root = answer_tree([row("the cat"), row("the cat"), row("the dog"), row("the")])
    [stem] = root.children
    assert (stem.text, stem.count, stem.ends) == ("the", 4, 1)
    assert stem.forks
    [space] = stem.children
    assert space.text == " " and [(c.text, c.count) for c in space.children] == [
        ("cat", 2), ("dog", 1),
    ]  # fmt: skip
    assert space.children[0].probability == 0.5
    assert "2× p=0.50  'cat'" in as_text(root)


def test_nothing_said_is_no_way() -> None:
    assert answer_tree([]).children == []
    assert answer_tree([{"tokens": [], "logprobs": []}]).count == 0


@given(st.lists(st.text("ab", min_size=1, max_size=5), min_size=1, max_size=6))
def test_every_answer_is_a_way_through_the_tree(texts: list[str]) -> None:
    root = answer_tree([row(text) for text in texts])

    def endings(node: object, so_far: str) -> list[str]:
        here = so_far + node.text  # type: ignore[attr-defined]
        found = [here] * node.ends  # type: ignore[attr-defined]
        for child in node.children:  # type: ignore[attr-defined]
            found += endings(child, here)
        return found

    assert sorted(endings(root, "")) == sorted(texts)


def test_the_picture_is_drawn() -> None:
    figure = picture(answer_tree([row("the cat"), row("the dog"), row("a $ sign")]), "Three")
    assert figure.axes[0].get_title(loc="left") == "Three"
    figure.canvas.draw()  # would raise on text that matplotlib cannot set


def test_long_texts_lose_their_middle_between_words() -> None:
    from selfhost.determinism.tree import _middle_out

    assert _middle_out("day has 24 hours.") == "day has 24 hours."
    long = "The sky is blue because air scatters blue light more than red light."
    assert _middle_out(long) == "The sky is blue … red light."
    assert _middle_out("x" * 50) == "x" * 16 + " … " + "x" * 15

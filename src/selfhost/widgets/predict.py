"""Commit to a guess before the cell runs; afterwards, meet what really happened.

>>> guess = predict("How many tokens is this sentence?", ["5", "8", "20"])
>>> guess                                  # the question with its options
>>> guess.reveal("8", {"20": "That is the number of characters."})
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from selfhost.widgets import Shown


class Predict(Shown):
    """A question with options. `answer` is the reader's guess, None until there is one.

    Radio buttons: in JupyterLab each is reached with Tab and chosen with the space bar (Lab keeps
    the arrow keys for itself).
    """

    def __init__(self, question: str, options: Sequence[str]) -> None:
        import ipywidgets as w

        super().__init__()
        if len(set(options)) != len(options) or len(options) < 2:
            raise ValueError("a prediction needs at least two different options")
        self.question, self.options = question, list(options)
        self.radio = w.RadioButtons(
            options=self.options,
            value=None,
            layout=w.Layout(width="auto"),
            style={"description_width": "0"},
        )
        self.said = w.HTML()
        self.radio.observe(self._chosen, names="value")
        self.widget = w.VBox([
            w.HTML(f"<b>Predict.</b> {html.escape(question)}"),
            self.radio,
            self.said,
        ])
        self._note()

    @property
    def answer(self) -> str | None:
        chosen: str | None = self.radio.value
        return chosen

    def choose(self, option: str) -> None:
        """Guess from code, as the tests and readers without widgets do."""
        if option not in self.options:
            raise ValueError(f"{option!r} is none of {self.options}")
        self.radio.value = option

    def reveal(self, truth: str, replies: Mapping[str, str] | None = None) -> Outcome:
        """What to say to this guess, now that `truth` (one of the options) is known."""
        if truth not in self.options:
            raise ValueError(f"{truth!r} is none of {self.options}")
        return Outcome(self.answer, truth, dict(replies or {}))

    def text(self) -> str:
        marks = [("(x) " if o == self.answer else "( ) ") + o for o in self.options]
        return "\n".join([f"Predict. {self.question}", *marks])

    def _chosen(self, _change: Any) -> None:
        self._note()

    def _note(self) -> None:
        words = (
            "Choose one: with the mouse, or with Tab and the space bar. Then run the next cell."
            if self.answer is None
            else f"Your guess: <b>{html.escape(self.answer)}</b>. Run the next cell."
        )
        # role=status: a screen reader says it when it changes.
        self.said.value = f'<span role="status">{words}</span>'


class Outcome:
    """The guess beside the truth; displays as one or two sentences."""

    def __init__(self, guess: str | None, truth: str, replies: dict[str, str]) -> None:
        self.guess, self.truth, self.replies = guess, truth, replies

    @property
    def right(self) -> bool:
        return self.guess == self.truth

    def __repr__(self) -> str:
        if self.guess is None:
            return f"It is: {self.truth}. (You made no guess; try one on the next question.)"
        if self.right:
            return f"You guessed: {self.guess}. It is so."
        reply = self.replies.get(self.guess, "")
        return f"You guessed: {self.guess}. It is: {self.truth}. {reply}".rstrip()


def predict(question: str, options: Sequence[str]) -> Predict:
    """A question to answer before running the next cell."""
    return Predict(question, options)

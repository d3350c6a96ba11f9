"""Walk through the guide to engines: a question, its answers as buttons, the reasons so far.

No logic of its own: the tree is `selfhost.serving.guide`. Buttons are reached with Tab and pressed
with the space bar or Enter; every step stands in the text, too.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

from selfhost.serving.guide import Engine, Walk, guide
from selfhost.widgets import Shown


class Guide(Shown):
    """`walk` is the way so far; `choose`, `back` and `restart` move, as the buttons do."""

    def __init__(self, answers: Iterable[str] = ()) -> None:
        import ipywidgets as w

        super().__init__()
        self._w = w
        self.walk: Walk = guide().walk(answers)
        self.view = w.HTML()
        self.answers = w.VBox()
        self.step_back = w.Button(description="One step back", icon="arrow-left",
                                  layout=w.Layout(width="150px"))  # fmt: skip
        self.again = w.Button(description="Start again", layout=w.Layout(width="150px"))
        self.step_back.on_click(lambda _: self.back())
        self.again.on_click(lambda _: self.restart())
        moves = w.HBox([self.step_back, self.again])
        self.widget = w.VBox([self.view, self.answers, moves])
        self._show()

    def choose(self, label: str) -> None:
        """Answer the present question, by the label of an option."""
        self.walk = self.walk.answer(label)
        self._show()

    def back(self) -> None:
        """One step back."""
        self.walk = self.walk.back()
        self._show()

    def restart(self) -> None:
        """From the first question."""
        self.walk = guide().walk()
        self._show()

    def text(self) -> str:
        return self.walk.text()

    def _show(self) -> None:
        w, node = self._w, self.walk.node
        self.view.value = _html(self.walk)
        buttons: list[Any] = []
        for option in node.options if node else ():
            button = w.Button(description=option.label, tooltip=option.because,
                              layout=w.Layout(width="auto", min_width="320px"))  # fmt: skip
            button.on_click(lambda _, label=option.label: self.choose(label))
            buttons.append(button)
        self.answers.children = buttons
        self.step_back.disabled = self.again.disabled = not self.walk.taken


def _html(walk: Walk) -> str:
    steps = "".join(
        f"<li>{html.escape(question)} <b>{html.escape(option.label)}</b><br>"
        f"<small>because {html.escape(option.because)}</small></li>"
        for question, option in walk.taken
    )
    done = f"<ol style='margin:4px 0'>{steps}</ol>" if steps else ""
    if walk.node is not None:
        return f'{done}<p role="status"><b>{html.escape(walk.node.question)}</b></p>'
    first, *others = walk.advice
    also = f"<p>Also worth a look: {', '.join(html.escape(e.name) for e in others)}.</p>"
    return f'{done}<div role="status">{_card(first)}{also if others else ""}</div>'


def _card(engine: Engine) -> str:
    rows = {
        "what": engine.what, "runs on": engine.runs_on, "files": engine.files,
        "licence": f"{engine.licence} ({engine.source}, {engine.read})",
    }  # fmt: skip
    cells = "".join(
        f'<tr><th scope="row" style="text-align:left;padding-right:16px;vertical-align:top">{key}'
        f"</th><td>{html.escape(value)}</td></tr>"
        for key, value in rows.items()
    )
    return (
        f'<p style="font-size:1.15em;margin:6px 0"><b>▶ {html.escape(engine.name)}</b></p>'
        f"<table>{cells}</table>"
    )

"""Type a text and see its tokens."""

from __future__ import annotations

import html
from typing import Any

from selfhost.anatomy.tokens import Tokenizer
from selfhost.widgets import Shown

# Pale enough for black text on them (contrast above 12:1), and neighbours differ in lightness too.
_SHADES = ["#cfe8f7", "#fde9c4", "#c9ebdf", "#f3dbe8"]


class Tokens(Shown):
    """A text field, the tokens of its text as coloured boxes, and the same as a line of text."""

    def __init__(self, tokenizer: Tokenizer, text: str) -> None:
        import ipywidgets as w

        super().__init__()
        self.tokenizer = tokenizer
        self.field = w.Textarea(
            value=text, rows=2, layout=w.Layout(width="98%"), continuous_update=True
        )
        self.view = w.HTML()
        self.field.observe(self._typed, names="value")
        label = w.HTML("<b>Type here</b> (any language):")
        self.widget = w.VBox([label, self.field, self.view])
        self._typed(None)

    @property
    def ids(self) -> list[int]:
        return self.tokenizer.encode(self.field.value)

    def text(self) -> str:
        pieces = " | ".join(self.tokenizer.label(i) for i in self.ids)
        return f"{self.summary()}\n{pieces}\n{' '.join(map(str, self.ids))}"

    def summary(self) -> str:
        letters, tokens = len(self.field.value), len(self.ids)
        ratio = f", {letters / tokens:.1f} characters per token" if tokens else ""
        return f"{letters} characters, {tokens} tokens{ratio}"

    def _typed(self, _change: Any) -> None:
        boxes = "".join(
            f'<span style="display:inline-block;margin:1px;padding:1px 4px;border-radius:3px;'
            f'color:#000;background:{_SHADES[n % len(_SHADES)]};text-align:center">'
            f"{html.escape(self.tokenizer.label(i))}<br><small>{i}</small></span>"
            for n, i in enumerate(self.ids[:400])
        )
        self.view.value = (
            f'<p role="status">{self.summary()}</p><p style="line-height:1.3">{boxes}</p>'
        )


def tokens(tokenizer: Tokenizer, text: str) -> Tokens:
    """The tokens of `text`, and of whatever is typed instead."""
    return Tokens(tokenizer, text)

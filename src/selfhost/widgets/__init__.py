"""The ipywidgets front of the package: what a reader can touch. No logic of its own lives here.

Every widget can be worked with the keyboard, says its result in text as well as in colour, and
shows something readable where widgets do not run (a printed page, a forge's preview): each is a
`Shown`, which displays the live widget and carries a text twin. Callbacks are plain methods, so
that tests call them without a browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipywidgets import Widget


class Shown:
    """Something that displays as a widget where widgets run, and as text elsewhere."""

    def __init__(self) -> None:
        self.widget: Widget | None = None

    def text(self) -> str:
        """What the widget shows now, in plain text."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": self.text()}
        if self.widget is not None:
            live = self.widget._repr_mimebundle_()
            key = "application/vnd.jupyter.widget-view+json"
            if key in live:
                bundle[key] = live[key]
        return bundle

    def _ipython_display_(self) -> None:
        """Display, and see that the keys a reader presses in the widget stay in it."""
        from IPython.display import display

        from selfhost.widgets.keys import keep_keys

        bundle = self._repr_mimebundle_()
        if self.widget is not None:
            keep_keys()
        display(bundle, raw=True)

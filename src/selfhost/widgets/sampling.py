"""Move temperature, top-k and top-p, and see what can still be drawn, and how likely."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from selfhost.anatomy import sampling as rules
from selfhost.widgets import Shown

_BAR, _GONE = "#0072B2", "#999999"


class Sampling(Shown):
    """Three sliders over a next-token distribution: `labels[i]` is the name of token `i`."""

    def __init__(self, scores: Any, labels: Sequence[str], n: int = 10) -> None:
        import ipywidgets as w

        super().__init__()
        self.scores, self.n = scores, n
        self.shown = rules.top(scores, n)
        self.labels = [labels[i] for i in self.shown]
        wide: dict[str, Any] = {
            "layout": w.Layout(width="420px"),
            "style": {"description_width": "110px"},
        }
        self.temperature = w.FloatSlider(
            value=1.0, min=0.0, max=3.0, step=0.1, description="temperature", **wide
        )
        self.top_k = w.IntSlider(value=0, min=0, max=n, description="top_k (0: off)", **wide)
        self.top_p = w.FloatSlider(
            value=1.0, min=0.05, max=1.0, step=0.05, description="top_p (1: off)", **wide
        )
        self.view = w.HTML()
        for slider in (self.temperature, self.top_k, self.top_p):
            slider.observe(self._moved, names="value")
        self.widget = w.VBox([self.temperature, self.top_k, self.top_p, self.view])
        self._moved(None)

    @property
    def chances(self) -> Any:
        """The probability of every token at the sliders' settings."""
        return rules.probabilities(
            self.scores, self.temperature.value, self.top_k.value, self.top_p.value
        )

    def summary(self) -> str:
        chances = self.chances
        possible = int((chances > 0).sum())
        others = 1.0 - float(sum(chances[i] for i in self.shown))
        noun = "token" if possible == 1 else "tokens"
        return (
            f"temperature {self.temperature.value:.1f}, top_k {self.top_k.value}, "
            f"top_p {self.top_p.value:.2f}: {possible} {noun} can be drawn; all others than "
            f"these {self.n} together {abs(others):.1%}"
        )

    def text(self) -> str:
        chances = self.chances
        width = max(map(len, self.labels))
        lines = [
            f"{label.ljust(width)} {chances[i]:6.1%} {'#' * round(40 * chances[i])}".rstrip()
            for label, i in zip(self.labels, self.shown, strict=True)
        ]
        return "\n".join([self.summary(), *lines])

    def _moved(self, _change: Any) -> None:
        chances = self.chances
        rows = "".join(
            f'<tr><td style="padding-right:8px;text-align:right"><code>{html.escape(label)}</code>'
            f'</td><td style="text-align:right;padding-right:8px">{chances[i]:.1%}</td>'
            f'<td style="width:300px"><div style="height:14px;width:{300 * chances[i]:.0f}px;'
            f'background:{_BAR}"></div></td><td style="color:{_GONE}">'
            f"{'' if chances[i] > 0 else 'cannot be drawn'}</td></tr>"
            for label, i in zip(self.labels, self.shown, strict=True)
        )
        self.view.value = f'<p role="status">{html.escape(self.summary())}</p><table>{rows}</table>'


def sampling(scores: Any, labels: Sequence[str], n: int = 10) -> Sampling:
    """Sliders over the distribution that `scores` give to the tokens called `labels`."""
    return Sampling(scores, labels, n)

"""Sliders for the question "own machine or API?": move them, read the verdict and the picture."""

from __future__ import annotations

import html
import io
from typing import Any

from selfhost.sizing.cost import Assumptions, assumptions, break_even_demand, compare
from selfhost.widgets import Shown

# key: (lowest, highest, logarithmic); the ranges hold every default with room on both sides.
_RANGES = {
    "demand": (0.1, 10_000.0, True),
    "api_price": (0.05, 50.0, True),
    "purchase": (200.0, 50_000.0, True),
    "throughput": (5.0, 10_000.0, True),
    "maintenance": (0.0, 40.0, False),
    "electricity": (0.0, 0.6, False),
    "power_load": (10.0, 3_000.0, True),
    "lifetime": (1.0, 10.0, False),
}


class Cost(Shown):
    """Eight sliders; the other assumptions stay as given. A moved slider holds in all cases.

    Sliders are moved with the arrow keys; their number can be typed into the field beside them.
    """

    def __init__(self, given: Assumptions | None = None) -> None:
        import ipywidgets as w

        super().__init__()
        self.start = given or assumptions()
        self.moved: dict[str, float] = {}
        self.sliders: dict[str, Any] = {}
        for key, (low, high, logarithmic) in _RANGES.items():
            quantity = self.start.quantities[key]
            options: dict[str, Any] = {
                "value": min(high, max(low, quantity.values[1])),
                "description": f"{quantity.what} ({quantity.unit})",
                "continuous_update": False,
                "readout_format": ",.3r",
                "layout": w.Layout(width="760px"),
                "style": {"description_width": "440px"},
            }
            if logarithmic:
                import math

                slider = w.FloatLogSlider(min=math.log10(low), max=math.log10(high), step=0.02,
                                          **options)  # fmt: skip
            else:
                slider = w.FloatSlider(min=low, max=high, step=(high - low) / 100, **options)
            slider.observe(self._changed(key), names="value")
            self.sliders[key] = slider
        self.said, self.image = w.HTML(), w.HTML()
        self.widget = w.VBox([*self.sliders.values(), self.said, self.image])
        self._show()

    @property
    def assumptions(self) -> Assumptions:
        """The assumptions with the sliders' values."""
        return self.start.but(**self.moved)

    def set(self, **values: float) -> None:
        """Move sliders from code; raises `KeyError` for one that does not exist."""
        for key, value in values.items():
            self.sliders[key].value = value

    def text(self) -> str:
        lines = [str(verdict) for verdict in compare(self.assumptions).values()]
        least = break_even_demand(self.assumptions)
        lines.append(
            "With the typical values no demand is large enough to pay."
            if least is None
            else f"With the typical values it pays from {least:,.3g} million tokens a month on."
        )
        return "\n".join(lines)

    def _changed(self, key: str) -> Any:
        def moved(change: Any) -> None:
            self.moved[key] = float(change["new"])
            self._show()

        return moved

    def _show(self) -> None:
        lines = [html.escape(line) for line in self.text().splitlines()]
        # role=status: a screen reader says it when it changes.
        self.said.value = f'<div role="status">{"<br>".join(lines)}</div>'
        self.image.value = (
            '<img width="860" style="max-width:100%;height:auto" '
            'alt="Spent since the start, own machine and API, in three cases; '
            f'the sentences above say where the lines cross" src="{self._png()}">'
        )

    def _png(self) -> str:
        import base64

        from selfhost.sizing.pictures import break_even

        buffer = io.BytesIO()
        break_even(self.assumptions).savefig(buffer, format="png", dpi=130)
        return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def cost(given: Assumptions | None = None) -> Cost:
    """Sliders over the assumptions (the defaults unless given)."""
    return Cost(given)

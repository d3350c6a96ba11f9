"""A probed endpoint as a picture: one field for each parameter, with its word in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from selfhost import show
from selfhost.apis.probe import FINDINGS, Finding, compare

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = {"accepted": "#56B4E9", "ignored": "#E69F00", "refused": "#D55E00", "unclear": "#dddddd"}


def fields(probed: Mapping[str, list[Finding]], title: str) -> Figure:
    """Parameters downwards, endpoints across; the word stands in each field, colour repeats it."""
    rows, places = compare(probed), list(probed)
    fig, ax = show.figure(2.6 + 2.0 * len(places), 1.0 + 0.27 * len(rows))
    for y, row in enumerate(rows):
        for x, place in enumerate(places):
            word = row[place]
            colour = _COLOURS.get(word, "white")
            ax.add_patch(_box(x, y, colour))
            ink = "white" if word == "refused" else "black"
            ax.text(x, y, word, ha="center", va="center", fontsize=9, color=ink)
    ax.set_xlim(-0.5, len(places) - 0.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xticks(range(len(places)), places)
    ax.set_yticks(range(len(rows)), [row["parameter"] for row in rows])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    ax.set_title(title, weight="bold", fontsize=11, pad=10)
    figure: Figure = fig
    return figure


def _box(x: float, y: float, colour: str) -> object:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.48, y - 0.45), 0.96, 0.9, color=colour)


def words(probed: Mapping[str, list[Finding]]) -> str:
    """The picture in words, for its alternative text."""
    said = []
    for place, rows in probed.items():
        parts = [
            f"{found}: {', '.join(f.parameter for f in rows if f.found == found)}"
            for found in FINDINGS
            if any(f.found == found for f in rows)
        ]
        said.append(f"{place}: {'; '.join(parts)}.")
    return " ".join(said)

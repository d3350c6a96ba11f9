"""Drawings of notebook 01, made from the numbers of the file that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selfhost import show
from selfhost.anatomy import sampling
from selfhost.anatomy.files import Anatomy

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def flow(anatomy: Anatomy) -> Figure:
    """The way of a text through the model, as boxes with this file's numbers."""
    info = anatomy.info
    layers = info.of_architecture("block_count", "?")
    width = info.of_architecture("embedding_length", "?")
    inner = info.of_architecture("feed_forward_length", "?")
    heads = info.of_architecture("attention.head_count", "?")
    entries = len(info.metadata.get("tokenizer.ggml.tokens", [])) or "?"
    boxes = [
        ("text", "black"),
        (f"tokenizer\n{entries} tokens", "black"),
        (f"embedding\n{width} numbers\nper token", "blue"),
        (f"attention\n{heads} heads look\nback", "orange"),
        (f"feed-forward\n{width} to {inner}\nand back", "green"),
        (f"output\n{entries} scores", "blue"),
    ]
    fig, ax = show.figure(8.4, 2.5)
    ax.set_axis_off()
    show.head(ax, "The way of a text through the model")
    step = 1.28
    for place, (words, colour) in enumerate(boxes):
        box = {"boxstyle": "round,pad=0.45", "fc": "white", "ec": show.COLOURS[colour], "lw": 1.8}
        ax.text(place * step, 0, words, ha="center", va="center", fontsize=9, bbox=box)
        if place:
            ax.annotate(
                "",
                xy=(place * step - 0.5, 0),
                xytext=(place * step - 0.76, 0),
                arrowprops={"arrowstyle": "->", "lw": 1.4},
            )
    ax.plot([2.45 * step, 2.45 * step, 4.52 * step, 4.52 * step], [0.5, 0.62, 0.62, 0.5], c="#555")
    ax.text(3.5 * step, 0.72, f"one layer; {layers} of them in a row", ha="center", fontsize=9)
    ax.annotate(
        "",
        xy=(0, -0.45),
        xytext=(5 * step, -0.45),
        arrowprops={"arrowstyle": "->", "lw": 1.2, "ls": "--", "connectionstyle": "arc3,rad=-0.07"},
    )
    ax.text(2.5 * step, -0.93, "one token is chosen, added to the text, and it all begins again",
            ha="center", fontsize=9)  # fmt: skip
    ax.set_xlim(-0.6, 5 * step + 0.6)
    ax.set_ylim(-1.05, 1.0)
    return fig


def temperatures(scores: Any, labels: list[str], values: tuple[float, ...]) -> Figure:
    """The same scores at several temperatures, the likeliest tokens side by side."""
    shown = sampling.top(scores, len(labels))
    columns = {
        f"temperature {value:g}": sampling.probabilities(scores, value)[shown] for value in values
    }
    return show.panels(labels, columns, unit="probability")

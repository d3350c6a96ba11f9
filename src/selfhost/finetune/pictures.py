"""Pictures of fine-tuning: the loss, and what was learnt and forgotten. matplotlib when drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from selfhost import show

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def losses(runs: Mapping[str, Sequence[float]]) -> Figure:
    """Loss of each batch against steps, one line per run."""
    fig, ax = show.figure(6.6, 3.0)
    for colour, (name, values) in zip(show.CYCLE, runs.items(), strict=False):
        ax.plot(range(1, len(values) + 1), values, color=colour, label=name)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_xlabel("steps")
    ax.set_ylabel("loss per answer token (nats)")
    show.head(ax, "Training loss")
    ax.legend(frameon=False)
    return fig


def before_after(before: Mapping[str, float], after: Mapping[str, float]) -> Figure:
    """Two bars per benchmark: shares of right answers before and after."""
    fig, ax = show.figure(7.4, 3.2)
    places = range(len(before))
    for shift, colour, label, scores in (
        (-0.2, "orange", "before", before),
        (0.2, "blue", "after", after),
    ):
        values = [scores[name] for name in before]
        ax.bar([p + shift for p in places], values, 0.38, color=show.COLOURS[colour], label=label)
        for place, value in zip(places, values, strict=True):
            ax.text(place + shift, value + 0.02, f"{value:.0%}", ha="center", fontsize=9)
    ax.set_xticks(list(places), list(before))
    ax.set_ylim(0, 1.15)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.set_ylabel("right answers")
    show.head(ax, "What was learnt, and what was forgotten")
    ax.legend(frameon=False, ncols=2, loc="upper right", bbox_to_anchor=(1, 1.16))
    return fig


def dial(scales: Sequence[float], task: Sequence[float], general: Sequence[float]) -> Figure:
    """Scores against the share of the adapter that is added."""
    fig, ax = show.figure(6.6, 3.0)
    ax.plot(scales, task, marker="o", color=show.COLOURS["blue"], label="help desk")
    ax.plot(scales, general, marker="s", color=show.COLOURS["orange"], label="general")
    ax.set_ylim(0, 1.05)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.set_xlabel("scale of the adapter")
    ax.set_ylabel("right answers")
    show.head(ax, "A dial between two models")
    ax.legend(frameon=False)
    return fig

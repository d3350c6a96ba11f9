"""The pictures of notebook 15: who disagrees with whom, where, how much it costs, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selfhost import show
from selfhost.determinism.compare import first_difference
from selfhost.engines.causes import Effect
from selfhost.engines.runs import Run, against, matrix

_GROUPS = {
    "kernels": "blue", "precision": "orange", "BOS": "green", "penalty": "purple",
    "defaults": "sky", "template": "red",
}  # fmt: skip


def disagreement(runs: Sequence[Run]) -> Any:
    """A matrix of all pairs: share of questions with another answer, in percent."""
    rates = matrix(runs)
    names = [run.name for run in runs]
    figure, axes = show.figure(1.6 + 0.46 * len(runs), 1.5 + 0.42 * len(runs))
    top = max(0.05, *(rate for line in rates for rate in line))
    axes.imshow(rates, cmap="Blues", vmin=0, vmax=top)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    for y, line in enumerate(rates):
        for x, rate in enumerate(line):
            text = "·" if x == y else f"{100 * rate:.0f}"
            colour = "w" if rate > 0.6 * top else "k"
            axes.text(x, y, text, ha="center", va="center", fontsize=9, color=colour)
    show.head(axes, f"other answers to {len(runs[0].items)} questions, in %")
    return figure


def partings(reference: Run, runs: Sequence[Run]) -> Any:
    """For each run, a dot at the token where an answer parts from the reference's."""
    figure, axes = show.figure(8.4, 1.0 + 0.36 * len(runs))
    for y, run in enumerate(runs):
        places = [
            where
            for a, b in zip(reference.answers, run.answers, strict=True)
            if (where := first_difference(a.tokens, b.tokens)) is not None
        ]
        for place in sorted(set(places)):
            axes.plot(place + 1, y, "o", color=show.COLOURS["blue"], alpha=0.75,
                      ms=4 + 2.2 * places.count(place) ** 0.5)  # fmt: skip
        note = f"{len(places)} of {len(run.items)}" if places else "never"
        axes.text(1.01, y, note, transform=axes.get_yaxis_transform(), va="center", fontsize=9)
    axes.set_yticks(range(len(runs)), [run.name for run in runs])
    axes.set_ylim(len(runs) - 0.5, -0.5)
    longest = max(len(a.tokens) for run in (reference, *runs) for a in run.answers)
    axes.set_xlim(0, longest + 1)
    axes.set_xlabel("token of the answer at which it parts (larger dots: several answers)")
    show.head(axes, f"Where answers part from {reference.name}")
    return figure


def scores(reference: Run, runs: Sequence[Run]) -> Any:
    """Shift of the score against the reference, with its paired 95 % interval, in points."""
    figure, axes = show.figure(8.4, 1.1 + 0.36 * len(runs))
    axes.axvline(0, color="0.6", lw=1)
    for y, run in enumerate(runs):
        shift = against(reference, run).score
        axes.plot([100 * shift.low, 100 * shift.high], [y, y], color=show.COLOURS["blue"], lw=2)
        axes.plot(100 * shift.shift, y, "o", color=show.COLOURS["blue"], ms=6)
        axes.text(1.01, y, f"{run.score:.0%}   p = {shift.p:.2f}",
                  transform=axes.get_yaxis_transform(), va="center", fontsize=9)  # fmt: skip
    axes.set_yticks(range(len(runs)), [run.name for run in runs])
    axes.set_ylim(len(runs) - 0.5, -0.5)
    axes.set_xlabel("shift of the score in percentage points, paired 95 % interval")
    show.head(axes, f"Score against {reference.name} ({reference.score:.0%})")
    return figure


def causes(effects: Sequence[Effect]) -> Any:
    """Two panels: answers that changed, and the score; one line per factor, coloured by group."""
    figure, (left, right) = show.figure(10, 1.2 + 0.34 * len(effects), columns=2)
    seen: list[str] = []
    for y, effect in enumerate(effects):
        group = effect.factor.group
        colour = show.COLOURS[_GROUPS[group]]
        label = None if group in seen else group
        seen.append(group)
        left.barh(y, 100 * effect.rate, color=colour, label=label)
        left.plot([100 * effect.low, 100 * effect.high], [y, y], color="0.25", lw=1)
        left.text(100 * effect.high + 1.5, y, f"{effect.rate:.0%}", va="center", fontsize=9)
        shift = effect.measured.score
        right.plot([100 * shift.low, 100 * shift.high], [y, y], color=colour, lw=2)
        right.plot(100 * shift.shift, y, "o", color=colour, ms=6)
    for axes in (left, right):
        axes.set_ylim(len(effects) - 0.5, -0.5)
    left.set_xlim(0, 115)
    left.set_yticks(range(len(effects)), [effect.factor.name for effect in effects])
    left.set_xlabel("answers that changed, % (95 % interval)")
    left.legend(fontsize=8, loc="upper right", frameon=False)
    right.set_yticks([])
    right.axvline(0, color="0.6", lw=1)
    right.set_xlabel("shift of the score, points (95 % interval)")
    show.head(left, "One factor switched at a time")
    show.head(right, "and what it does to the score")
    return figure

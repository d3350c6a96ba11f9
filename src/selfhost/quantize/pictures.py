"""The table and the pictures of notebook 09."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from selfhost import show
from selfhost.quantize.measures import SHARES, log_softmax
from selfhost.quantize.runners import LlamaCpp
from selfhost.quantize.study import Row, Study

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WITH_MATRIX = " + matrix"
COLUMNS = ("type", "size", "bits per weight", "load ms", "read tok/s", "write tok/s", "perplexity",
           "KL mean", "KL 99 %", "same top", "score")  # fmt: skip


def table(rows: Sequence[Row], caption: str = "") -> show.Table:
    """All figures, one line per file."""
    return show.table(
        [
            (
                row.name, show.size(row.bytes), f"{row.bits_per_weight:.2f}",
                f"{row.speed.load * 1000:.0f}", f"{row.speed.prompt:.0f}",
                f"{row.speed.decode:.0f}", f"{row.quality.perplexity:.4f}",
                f"{row.quality.kl_mean:.2g}", f"{row.quality.kl_99:.2g}",
                f"{row.quality.same_top:.1%}", f"{row.score:.0%}",
            )
            for row in rows
        ],
        COLUMNS,
        caption,
    )  # fmt: skip


def quality_against_size(rows: Sequence[Row]) -> Figure:
    """Mean divergence over bits per weight; both engines, files that lose nothing left out."""
    fig, ax = show.figure(7.6, 4.2)
    marks = {"llama.cpp": ("o", show.COLOURS["blue"]), "transformers": ("s", show.COLOURS["red"])}
    shown = [row for row in rows if row.quality.kl_mean > 1e-7]
    # A file with an importance matrix stands right below the one without: no name of its own.
    told = [row for row in shown if not row.name.endswith(WITH_MATRIX)]
    for engine, (mark, colour) in marks.items():
        mine = [row for row in told if row.engine == engine]
        if mine:
            ax.plot([r.bits_per_weight for r in mine], [r.quality.kl_mean for r in mine], mark,
                    color=colour, label=engine)  # fmt: skip
    helped = [row for row in shown if row not in told]
    if helped:
        ax.plot([r.bits_per_weight for r in helped], [r.quality.kl_mean for r in helped], "v",
                color=show.COLOURS["green"], label="with an importance matrix")  # fmt: skip
    for row, (x, y, side) in zip(told, _labels(told), strict=True):
        ax.annotate(row.name, (row.bits_per_weight, row.quality.kl_mean), (x, y), fontsize=9,
                    textcoords="offset points", ha=side, va="center")  # fmt: skip
    ax.set_yscale("log")
    ax.set_xlabel("bits per weight (smaller file to the left)")
    ax.set_ylabel("mean KL divergence (nats)")
    show.head(ax, "What the bits buy: lower is closer to the original")
    if len(ax.get_lines()) > 1:  # one kind of mark needs no legend, and looks like a dot
        ax.legend(frameon=False, loc="lower left")
    return fig


def _labels(rows: Sequence[Row]) -> list[tuple[int, int, str]]:
    """Where each name stands beside its mark: to the left where a neighbour is close above."""
    places = []
    for row in rows:
        near = [
            other for other in rows if other is not row
            and 0 <= other.bits_per_weight - row.bits_per_weight < 0.9
            and abs(np.log10(other.quality.kl_mean) - np.log10(row.quality.kl_mean)) < 0.16
        ]  # fmt: skip
        places.append((-7, 0, "right") if near else (7, 0, "left"))
    return places


def parting(rows: Sequence[Row]) -> Figure:
    """How the divergence is spread: most positions hardly differ, a few differ a lot."""
    fig, ax = show.figure(7.6, 3.8)
    for row in rows:
        ax.plot([100 * share for share in SHARES], np.maximum(row.quality.curve, 1e-9), "-",
                marker=".", label=row.name)  # fmt: skip
    ax.set_yscale("log")
    ax.set_xlabel("share of positions (%)")
    ax.set_ylabel("KL divergence stays below (nats)")
    show.head(ax, "Where the distributions part")
    ax.legend(frameon=False, loc="upper left")
    return fig


def at_worst(study: Study, row: Row, files: dict[str, Path]) -> tuple[str, Figure]:
    """The place where `row`'s file differs most: the text before it, and what each file expects.

    files: {name: GGUF file}, the original first.
    """
    tokens = study.reference.place(row.quality.worst_at)
    chances = {}
    for name, path in files.items():
        with LlamaCpp(path) as runner:
            chances[name] = np.exp(log_softmax(runner.logits(tokens)[-1]))
            words = runner.model.detokenize(tokens[-25:], special=True)
            likely = _likely(chances)
            names = [runner.model.detokenize([t], special=True).decode("utf-8", "replace")
                     for t in likely]  # fmt: skip
    fig, axes = show.figure(8.4, 3.0, columns=len(files))
    for ax, (name, p) in zip(axes, chances.items(), strict=True):
        show.bars([repr(n) for n in names], [float(p[t]) for t in likely], title=name,
                  unit="probability", marks=[f"{p[t]:.0%}" for t in likely], ax=ax)  # fmt: skip
        ax.set_xlim(0, 1.25)
        if ax is not axes[0]:
            ax.set_yticklabels([])
    return words.decode("utf-8", "replace"), fig


def _likely(chances: dict[str, NDArray[Any]], count: int = 5) -> list[int]:
    """The tokens that any of them finds likely, the likeliest first."""
    best = np.max(list(chances.values()), axis=0)
    return [int(token) for token in np.argsort(-best)[:count]]


def errors(columns: dict[str, NDArray[Any]], *, unit: str = "error of a weight") -> Figure:
    """Histograms of rounding errors side by side, on one scale."""
    fig, axes = show.figure(8.4, 2.8, columns=len(columns))
    most = max(float(np.abs(e).max()) for e in columns.values()) or 1.0
    for ax, (title, e) in zip(np.atleast_1d(axes), columns.items(), strict=True):
        ax.hist(np.ravel(e), bins=61, range=(-most, most), color=show.COLOURS["blue"])
        show.head(ax, title)
        ax.set_xlabel(unit)
        ax.set_yscale("log")
        ax.set_ylim(0.7, 2 * max(len(np.ravel(e)) for e in columns.values()))
        ax.set_yticks([1, 100, 10_000], ["1", "100", "10 000"])
        ax.minorticks_off()
    np.atleast_1d(axes)[0].set_ylabel("how many (log)")
    return fig


def progress(total: int) -> Callable[[str], None]:
    """A bar in a notebook, to be called before each of `total` steps; nothing elsewhere.

    It ends with the line that it is done, so that the stored notebook says so too.
    """
    if "IPython" not in sys.modules:
        return lambda label: None
    ipython: Any = importlib.import_module("IPython.display")
    if sys.modules["IPython"].get_ipython() is None:
        return lambda label: None
    import ipywidgets as w

    bar = w.IntProgress(value=0, max=total, layout=w.Layout(width="240px"))
    words = w.HTML()
    ipython.display(w.HBox([bar, words]))
    done = 0

    def step(label: str) -> None:
        nonlocal done
        bar.value = done
        done += 1
        words.value = f'<span role="status">{label} ({min(done, total)} of {total})</span>'
        if label == "done":
            bar.value = total
            words.value = f'<span role="status">{total} of {total}: done</span>'

    return step

"""Pictures of memory, speed and money, in the course's style. matplotlib is loaded when drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from selfhost import show
from selfhost.sizing.cost import CASES, Assumptions, Verdict, compare, sensitivity
from selfhost.sizing.memory import GB, Memory, kv_cache
from selfhost.sizing.shape import Shape

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def stacked(rows: Mapping[str, Memory], title: str, free: int | None = None) -> Figure:
    """One bar per row, its terms stacked; `free` bytes as a line. In GB, or MB if all is small."""
    unit, scale = ("GB", GB) if max(m.total for m in rows.values()) > GB else ("MB", 10**6)
    fig, ax = show.figure(7.6, 1.6 + 0.36 * len(rows))
    starts = [0.0] * len(rows)
    for colour, term in zip(_COLOURS, next(iter(rows.values())).terms(), strict=True):
        values = [memory.terms()[term] / scale for memory in rows.values()]
        if max(values) > 0:
            ax.barh(range(len(rows)), values, left=starts, color=colour, label=term)
        starts = [a + b for a, b in zip(starts, values, strict=True)]
    ax.set_yticks(range(len(rows)), list(rows))
    ax.invert_yaxis()
    for place, end in enumerate(starts):
        ax.text(end + max(starts) * 0.01, place, f"{end:.1f}", va="center", fontsize=9)
    if free is not None:
        ax.axvline(free / scale, color="black", linestyle="--", linewidth=1.5, label="free here")
    ax.set_xlim(0, max([*starts, 0 if free is None else free / scale]) * 1.12)
    ax.set_xlabel(f"memory ({unit})")
    show.head(ax, title)
    ax.legend(fontsize=8, frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.45, -0.3))
    return fig


_COLOURS = [show.COLOURS[c] for c in ("blue", "sky", "red", "orange", "green", "purple", "black")]


def cache_growth(shapes: Mapping[str, Shape], longest: int = 131_072) -> Figure:
    """KV cache (float16) against context length, with the window and, dashed, without it."""
    from dataclasses import replace

    fig, ax = show.figure(7.2, 3.6)
    for colour, (name, shape) in zip(show.CYCLE, shapes.items(), strict=False):
        tokens = [2**i for i in range(10, 18) if 2**i <= min(longest, shape.context)]
        sizes = [sum(kv_cache(shape, n)) / GB for n in tokens]
        ax.plot(tokens, sizes, marker="o", color=colour, label=name)
        if shape.window:
            whole = replace(shape, window=None)
            sizes = [sum(kv_cache(whole, n)) / GB for n in tokens]
            ax.plot(tokens, sizes, linestyle="--", color=colour, linewidth=1,
                    label=f"{name} without its window")  # fmt: skip
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ticks = [2**i for i in range(10, 18) if 2**i <= longest]
    ax.set_xticks(ticks, [f"{n // 1024}k" for n in ticks])
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_xlabel("context (tokens)")
    ax.set_ylabel("KV cache (GB)")
    show.head(ax, "A long context has its price")
    ax.legend(fontsize=8, frameon=False)
    return fig


def bandwidth(curve: Mapping[int, float], models: Mapping[str, int]) -> Figure:
    """Bandwidth against block size (MB), with each model's bytes per token as a line."""
    fig, ax = show.figure(7.2, 3.4)
    sizes = sorted(curve)
    ax.plot(sizes, [curve[s] / GB for s in sizes], marker="o", color=show.COLOURS["blue"])
    top = max(curve.values()) / GB
    for place, (colour, (name, count)) in enumerate(
        zip(show.CYCLE[1:], models.items(), strict=False)
    ):
        ax.axvline(count / 1e6, color=colour, linestyle="--", linewidth=1)
        height = top * (1.02 - 0.11 * place)
        ax.text(count / 1e6, height, f" {name}", color=colour, fontsize=9)
    ax.set_xscale("log")
    ax.set_xlim(min(sizes) / 1.5, max([*sizes, *(n / 1e6 for n in models.values())]) * 4)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_ylim(0, top * 1.15)
    ax.set_xlabel("size of the block that is read again and again (MB)")
    ax.set_ylabel("bandwidth (GB/s)")
    show.head(ax, "How fast this machine reads, one thread")
    return fig


def break_even(given: Assumptions) -> Figure:
    """Cumulative cost of both ways over the machine's lifetime, one panel per case."""
    fig, axes = show.figure(9.0, 3.2, columns=len(CASES))
    for ax, found in zip(axes, compare(given).values(), strict=True):
        _panel(ax, found)
    axes[0].set_ylabel("spent since the start (EUR)")
    axes[0].legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(0, 0.86))
    return fig


def _panel(ax: object, found: Verdict) -> None:
    from matplotlib.axes import Axes

    assert isinstance(ax, Axes)
    # A fast payback would be a dot in the corner of the whole lifetime: show what matters.
    end = found.lifetime if found.payback is None else min(found.lifetime, 4 * found.payback + 2)
    months = [0.0, end]
    ax.plot(months, [found.api * m for m in months], color=show.COLOURS["orange"], label="API")
    ax.plot(months, [found.purchase + found.own * m for m in months],
            color=show.COLOURS["blue"], label="own machine")  # fmt: skip
    if found.payback is not None:
        ax.plot([found.payback], [found.api * found.payback], "o", color="black")
        said = f"pays back\nafter {found.payback:,.0f} months"
    else:
        said = "never pays back"
    ax.text(0.5, 0.97, said, transform=ax.transAxes, ha="center", va="top", fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8})  # fmt: skip
    ax.set_ylim(0, 1.45 * max(found.api * end, found.own * end + found.purchase))
    ax.ticklabel_format(axis="y", style="plain")
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.tick_params(labelsize=8)
    ax.set_xlabel(f"months (replaced after {found.lifetime:.0f})", fontsize=9)
    show.head(ax, found.case)


def tornado(given: Assumptions, rows: int = 8) -> Figure:
    """What each assumption does to the balance over the lifetime, the others being typical."""
    found: Sequence[tuple[object, float, float]] = sensitivity(given)[:rows]
    fig, ax = show.figure(8.6, 1.3 + 0.34 * len(found))
    for place, (_, good, bad) in enumerate(found):
        ax.barh(place, good - bad, left=bad, color=show.COLOURS["sky"])
        for value, colour, label in ((bad, "red", "bad value"), (good, "green", "good value")):
            ax.plot([value], [place], "|", color=show.COLOURS[colour], markersize=14,
                    markeredgewidth=2, label=None if place else label)  # fmt: skip
    names = [quantity.what for quantity, _, _ in sensitivity(given)[:rows]]
    ax.set_yticks(range(len(found)), names)
    ax.invert_yaxis()
    ax.axvline(0, color="black", linewidth=1)
    ax.use_sticky_edges = False
    ax.margins(x=0.04)  # the ends of the longest bar are marks, too
    ax.set_xlabel("saved over the lifetime, thousand EUR (right of 0 it pays)")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value / 1000:+,g}" if value else "0")
    ax.legend(frameon=False, fontsize=9, loc="lower left", markerscale=0.6, labelspacing=0.9)
    show.head(ax, "What the result hangs on")
    return fig

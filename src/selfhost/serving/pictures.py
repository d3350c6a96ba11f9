"""Pictures of serving: batches under the roof, who waits how long, what a cache saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from selfhost import show
from selfhost.serving.measure import Measured
from selfhost.serving.roofline import Limit
from selfhost.serving.students import Round

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKS = ("o", "s", "^", "D", "v")


def scaling(
    rows: Sequence[Measured],
    roofs: Mapping[str, Limit],
    title: str = "The same weights, more sequences at once",
) -> Figure:
    """Tokens/s of all together over the number of sequences, with the roofs; both axes log."""
    fig, ax = show.figure(7.4, 4.4)
    counts = sorted({n for row in rows for n in row.decode})
    for number, (name, limit) in enumerate(roofs.items()):
        style = ("--", ":", "-.")[number % 3]
        ax.plot(counts, [limit.both(n) for n in counts], style, color="#555555", lw=1.2, label=name)
    for row, mark, colour in zip(rows, _MARKS, show.CYCLE, strict=False):
        places = sorted(row.decode)
        ax.plot(places, [row.decode[n] for n in places], marker=mark, color=colour, ms=5,
                label=row.engine)  # fmt: skip
    _log(ax, counts)
    ax.set_xlabel("sequences at once")
    ax.set_ylabel("tokens per second, all together")
    ax.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    show.head(ax, title)
    figure: Figure = fig
    return figure


def _log(ax: Any, counts: Sequence[int]) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter, NullLocator, StrMethodFormatter

    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(list(counts), [str(n) for n in counts])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:.0f}"))
    ax.yaxis.set_minor_formatter(NullFormatter())


def scaling_words(rows: Sequence[Measured]) -> str:
    """The same in words."""
    parts = []
    for row in rows:
        low, high = min(row.decode), max(row.decode)
        parts.append(f"{row.engine}: {row.decode[low]:.0f} tokens per second with {low}, "
                     f"{row.decode[high]:.0f} with {high}")  # fmt: skip
    return "Tokens per second over sequences at once. " + "; ".join(parts) + "."


def timeline(rounds: Mapping[str, Round]) -> Figure:
    """Each student a line: waiting (pale), reading along (strong); the ways side by side."""
    fig, axes = show.figure(8.4, 3.6, columns=len(rounds))
    places = [axes] if len(rounds) == 1 else list(axes)
    end = max(r.seconds for r in rounds.values())
    for ax, (title, found) in zip(places, rounds.items(), strict=True):
        for s in found.served:
            wait, read = ("waits", "reads") if s.student == 0 else (None, None)
            ax.barh(
                s.student + 1, s.waited * 1000, left=s.asked * 1000, color="#dddddd",
                edgecolor="#999999", lw=0.5, label=wait,
            )  # fmt: skip
            ax.barh(
                s.student + 1, (s.last - s.first) * 1000, left=s.first * 1000,
                color=show.COLOURS["blue"], label=read,
            )  # fmt: skip
        ax.set_xlim(0, end * 1000)
        ax.set_ylim(len(found.served) + 0.7, 0.3)
        ax.set_yticks(range(1, len(found.served) + 1))
        ax.set_xlabel("milliseconds")
        show.head(ax, title)
    places[0].set_ylabel("student")
    fig.legend(
        *places[0].get_legend_handles_labels(),
        frameon=False,
        fontsize=9,
        ncols=2,
        loc="outside lower center",
    )
    figure: Figure = fig
    return figure


def timeline_words(rounds: Mapping[str, Round]) -> str:
    """The same in words."""
    parts = []
    for title, found in rounds.items():
        waits = found.waits()
        parts.append(
            f"{title}: the first words come after {waits[0] * 1000:.0f} to "
            f"{waits[-1] * 1000:.0f} ms, all is done after {found.seconds * 1000:.0f} ms"
        )
    return "One line per student, waiting and reading. " + "; ".join(parts) + "."

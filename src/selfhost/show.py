"""Show pictures and small tables so that everybody can read them.

A picture always comes with words (its alternative text, which is also printed below it), a table
always with a plain-text twin, and the colours are the Okabe-Ito palette, which people with any of
the usual forms of colour blindness tell apart (Okabe & Ito, "Color Universal Design", 2008).
matplotlib is loaded only when a figure is drawn.
"""

from __future__ import annotations

import html
import importlib
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "red": "#D55E00",
    "yellow": "#F0E442",
    "black": "#000000",
}
CYCLE = [COLOURS[name] for name in ("blue", "orange", "green", "purple", "sky", "red")]
_STYLE: dict[str, Any] = {
    "figure.dpi": 100,
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "savefig.facecolor": "white",
    "text.parse_math": False,
}


def figure(width: float = 7.0, height: float = 3.4, columns: int = 1) -> tuple[Figure, Any]:
    """A figure in the course's style, and its axes (an array if `columns` > 1). Sizes in inches.

    Made without pyplot: nothing stays open in the notebook, and no backend is chosen.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure as MplFigure

    with mpl.rc_context({**_STYLE, "axes.prop_cycle": mpl.cycler(color=CYCLE)}):
        fig = MplFigure(figsize=(width, height), layout="constrained")
        axes = fig.subplots(1, columns)
    return fig, axes


def bars(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    title: str,
    unit: str,
    marks: Sequence[str] | None = None,
    colours: str | Sequence[str] = COLOURS["blue"],
    ax: Axes | None = None,
) -> Figure:
    """Horizontal bars, the first label on top; `marks` are written at the bars' ends."""
    if ax is None:
        fig, ax = figure(7.0, 0.9 + 0.32 * len(labels))
    else:
        fig = ax.figure
    places = range(len(labels))
    ax.barh(places, values, color=colours)
    ax.set_yticks(places, [plain(label) for label in labels])
    ax.invert_yaxis()
    head(ax, title)
    ax.set_xlabel(unit)
    if marks is None:
        marks = [f"{value:.3g}" for value in values]
    top = max(values, default=1) or 1
    for place, value, mark in zip(places, values, marks, strict=True):
        ax.annotate(mark, (value, place), (3, 0), textcoords="offset points", va="center",
                    fontsize=9)  # fmt: skip
    ax.set_xlim(0, top * 1.18)
    return fig


def panels(labels: Sequence[str], columns: Mapping[str, Any], *, unit: str) -> Figure:
    """The same bars several times side by side: `columns` maps a title to its values (shares)."""
    fig, axes = figure(8.4, 0.9 + 0.32 * len(labels), columns=len(columns))
    top = max((value for values in columns.values() for value in values), default=1) or 1
    for ax, (title, values) in zip(axes, columns.items(), strict=True):
        numbers = [float(value) for value in values]
        marks = [f"{value:.0%}" if value >= 0.1 else f"{value:.1%}" for value in numbers]
        bars(labels, numbers, title=title, unit=unit, marks=marks, ax=ax)
        ax.set_xlim(0, top * 1.2)  # the same scale everywhere: that is what is compared
    return fig


def head(ax: Axes, title: str) -> None:
    """Set an axes' title in the course's style."""
    ax.set_title(title, loc="left", weight="bold", fontsize=11)


def plain(text: str) -> str:
    """Text that matplotlib's font can draw: other signs become their code, such as <U+1F600>.

    DejaVu Sans, which comes with matplotlib, lacks emoji and East Asian signs; without this a
    picture shows empty boxes and warns about each.
    """
    return "".join(c if ord(c) < 0x2500 and c.isprintable() else f"<U+{ord(c):04X}>" for c in text)


def picture(fig: Figure, alt: str) -> None:
    """Display `fig`, with `alt` as its alternative text and, in small print, below it."""
    ipython: Any = importlib.import_module("IPython.display")  # Any: it carries no type hints
    if not alt.strip():
        raise ValueError("every picture needs its words: picture(fig, 'what it shows')")
    buffer = io.BytesIO()
    # Twice the pixels that are shown: sharp on today's screens and when projected.
    # No software field in the file: the same picture is the same bytes.
    fig.savefig(buffer, format="png", dpi=200, metadata={"Software": None})
    width = int(fig.get_figwidth() * 100)
    ipython.display(ipython.Image(data=buffer.getvalue(), format="png", width=width, alt=alt))
    words = f"<small><b>In words:</b> {html.escape(alt)}</small>"
    ipython.display(ipython.HTML(words))


class Table:
    """A small table that displays as HTML where that is possible, and as aligned text elsewhere.

    Columns in which every value is a number (or a number with its unit) are right-aligned.
    """

    def __init__(
        self,
        rows: Iterable[Sequence[Any]],
        columns: Sequence[str],
        caption: str = "",
        links: Mapping[str, str] | None = None,
    ) -> None:
        self.columns = [str(name) for name in columns]
        self.rows = [[_cell(value) for value in row] for row in rows]
        self.caption = caption
        self.links = dict(links or {})  # text of a cell -> address, for the HTML form
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row has {len(row)} cells for {len(self.columns)} columns")
        told = [[row[i] for row in self.rows if row[i] not in _NOTHING]
                for i in range(len(self.columns))]  # fmt: skip
        self._right = [bool(cells) and all(map(_numeric, cells)) for cells in told]

    def __repr__(self) -> str:
        widths = [
            max(len(line) for row in [self.columns, *self.rows] for line in row[i].split("\n"))
            for i in range(len(self.columns))
        ]
        lines = [self.caption] if self.caption else []
        lines.append(self._line(self.columns, widths))
        lines.append("  ".join("-" * width for width in widths))
        lines += [self._line(row, widths) for row in self.rows]
        return "\n".join(lines)

    def _line(self, row: Sequence[str], widths: Sequence[int]) -> str:
        cells = zip(row, widths, self._right, strict=True)
        return "  ".join(c.rjust(w) if right else c.ljust(w) for c, w, right in cells).rstrip()

    def _html(self, cell: str) -> str:
        text = html.escape(cell).replace("\n", "<br>")
        if cell in self.links:
            return f'<a href="{html.escape(self.links[cell])}">{text}</a>'
        return text

    def _repr_html_(self) -> str:
        style = "padding:2px 12px 2px 0;vertical-align:top;text-align:"
        sides = ["right" if right else "left" for right in self._right]
        head = "".join(
            f'<th scope="col" style="{style}{side}">{html.escape(name)}</th>'
            for name, side in zip(self.columns, sides, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="{style}{side}">{self._html(cell)}</td>'
                for cell, side in zip(row, sides, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        caption = (
            f'<caption style="text-align:left;font-weight:bold">{html.escape(self.caption)}'
            "</caption>"
            if self.caption
            else ""
        )
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def table(
    rows: Iterable[Sequence[Any] | Mapping[str, Any]],
    columns: Sequence[str] | None = None,
    caption: str = "",
    links: Mapping[str, str] | None = None,
) -> Table:
    """A `Table` of rows (sequences, or mappings whose keys then name the columns)."""
    listed = list(rows)
    if columns is None:
        if not listed or not all(isinstance(row, Mapping) for row in listed):
            raise ValueError("name the columns, or give rows that are mappings")
        columns = list(dict.fromkeys(key for row in listed for key in row))
    cells = [
        [row.get(name, "") for name in columns] if isinstance(row, Mapping) else list(row)
        for row in listed
    ]
    return Table(cells, columns, caption, links)


def size(octets: int) -> str:
    """A number of bytes as people write it, in decimal units: 5_549_344 -> '5.5 MB'."""
    value = float(octets)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


def count(number: int) -> str:
    """A number with a thin gap every three digits, as in 2 723 456.

    No comma and no point: either means something else to half of Europe.
    """
    return f"{number:,}".replace(",", "\u202f")


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return count(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)


_NOTHING = ("–", "-", "")  # how a table of numbers says that there is none


def _numeric(cell: str) -> bool:
    return cell[:1].isdigit() or (cell[:1] in {"-", "+"} and cell[1:2].isdigit())

"""Whether the words of a drawn figure have room: inside the figure, inside their boxes, apart.

A translation is often longer than the English, so this is asked of every figure as it is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.path import Path
    from matplotlib.transforms import Bbox

SLACK = 1.5  # pixels at 100 dots per inch, about one on a slide
MARGIN = 4  # between a text and the sides of its box


def problems(fig: Figure) -> list[str]:
    """What is wrong, one sentence each; an empty list is a good figure.

    Boxes and bars count as boxes: a text lies wholly in or wholly beside them.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(fig).draw()
    placed = [(text, text.get_window_extent()) for text in shown(fig)]
    found = [
        f"“{text.get_text()}” leaves the figure" for text, at in placed if not _in(at, fig.bbox)
    ]
    arrows = [
        line for axes in fig.axes for text in axes.texts if (line := _arrow(text)) is not None
    ]
    level = [(text, at) for text, at in placed if text.get_rotation() == 0]
    for n, (text, at) in enumerate(level):
        found += [
            f"“{text.get_text()}” runs into “{other.get_text()}”"
            for other, there in level[:n]
            if _meet(at, there)
        ]
        found += [
            f"“{text.get_text()}” sticks out of its box"
            for box in _boxes(fig)
            if _meet(at, box) and not _in(at.expanded(1 + 2 * MARGIN / at.width, 1), box)
        ]
        if any(line.intersects_bbox(at, filled=False) for line in arrows):
            found.append(f"“{text.get_text()}” is on an arrow")
    return found


def shown(fig: Figure) -> list[Any]:
    """The texts of a figure that was drawn, those of hidden axes left out."""
    from matplotlib.text import Text

    texts = [t for t in fig.findobj(Text) if t.get_visible() and t.get_text().strip()]
    hidden: set[int] = set()
    for axes in fig.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_visible() or not axes.axison:
                hidden |= {id(t) for t in axis.findobj(Text)}
            drawn = {id(t) for tick in _drawn(axis) for t in tick.findobj(Text)}
            ticks = {id(t) for tick in _all(axis) for t in tick.findobj(Text)}
            hidden |= ticks - drawn
    return [t for t in texts if id(t) not in hidden]


def _drawn(axis: Any) -> list[Any]:
    low, high = sorted(axis.get_view_interval())
    return [tick for tick in _all(axis) if low <= tick.get_loc() <= high]


def _all(axis: Any) -> list[Any]:
    return [*axis.get_major_ticks(), *axis.get_minor_ticks()]


def _arrow(text: Any) -> Path | None:
    """The line of an arrow of `style.arrow`, whose ends are in data coordinates."""
    from matplotlib.path import Path

    if getattr(text, "arrow_patch", None) is None:
        return None
    return Path(text.axes.transData.transform([text.xyann, text.xy]))


def _boxes(fig: Figure) -> list[Bbox]:
    from matplotlib.patches import FancyBboxPatch, Rectangle
    from matplotlib.transforms import Bbox

    grounds = {id(fig.patch), *(id(axes.patch) for axes in fig.axes)}
    legends = {id(axes.get_legend().get_frame()) for axes in fig.axes if axes.get_legend()}
    patches = [
        patch
        for patch in fig.findobj(lambda artist: isinstance(artist, FancyBboxPatch | Rectangle))
        if id(patch) not in grounds | legends
    ]
    return [
        seen
        for patch in patches
        if (seen := Bbox.intersection(patch.get_window_extent(), _field(patch))) is not None
    ]


def _field(patch: Any) -> Bbox:
    """Where a patch can be seen: a bar on a logarithmic axis reaches far below it."""
    bounds: Bbox = patch.axes.bbox if patch.axes else patch.get_figure(root=True).bbox
    return bounds


def _in(inner: Bbox, outer: Bbox) -> bool:
    return bool(
        inner.x0 >= outer.x0 - SLACK
        and inner.x1 <= outer.x1 + SLACK
        and inner.y0 >= outer.y0 - SLACK
        and inner.y1 <= outer.y1 + SLACK
    )


def _meet(one: Bbox, other: Bbox) -> bool:
    return bool(
        min(one.x1, other.x1) - max(one.x0, other.x0) > SLACK
        and min(one.y1, other.y1) - max(one.y0, other.y0) > SLACK
    )

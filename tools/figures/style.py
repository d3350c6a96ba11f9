"""How the slides' figures look: the slides' typeface, sizes for a projector.

Colours are those of `selfhost.show`; whatever a colour says is said by a word or a sign as well.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selfhost.show import COLOURS
from tools.figures import words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "slides" / "theme" / "fonts"
INK, SOFT, PAPER, LINE = "#18222f", "#55606e", "#fbfaf6", "#d9d5ca"
BLUE, ORANGE, GREEN, SKY = (COLOURS[name] for name in ("blue", "orange", "green", "sky"))
PURPLE, RED, YELLOW = (COLOURS[name] for name in ("purple", "red", "yellow"))
STYLE: dict[str, Any] = {
    "font.family": ["IBM Plex Sans", "DejaVu Sans"],
    "font.size": 16,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "text.parse_math": False,
    "svg.hashsalt": "selfhost",  # the same drawing is the same file
}


def unpacked(woff: bytes) -> bytes:
    """The TrueType file inside a WOFF 1.0 file (W3C Recommendation of 2012-12-13, sections 3-5).

    matplotlib reads TrueType only, and the slides need WOFF: this way each font is kept once.
    """
    signature, flavor, _, count = struct.unpack(">4s4sIH", woff[:14])
    if signature != b"wOFF":
        raise ValueError("this is no WOFF 1.0 file")
    tables = []
    for number in range(count):
        tag, at, short, full, check = struct.unpack_from(">4sIIII", woff, 44 + 20 * number)
        data = woff[at : at + short]
        tables.append((tag, check, zlib.decompress(data) if short < full else data))
    power = 1 << (count.bit_length() - 1)
    head = flavor + struct.pack(
        ">HHHH", count, power * 16, power.bit_length() - 1, (count - power) * 16
    )
    at, directory, body = 12 + 16 * count, b"", b""
    for tag, check, data in tables:
        directory += struct.pack(">4sIII", tag, check, at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return head + directory + body


def use_fonts(folder: Path) -> None:
    """Make the slides' typeface known to matplotlib; its TrueType files are put into `folder`."""
    from matplotlib import font_manager

    folder.mkdir(parents=True, exist_ok=True)
    for woff in sorted(FONTS.glob("*.woff")):
        target = folder / f"{woff.stem}.ttf"
        target.write_bytes(unpacked(woff.read_bytes()))
        font_manager.fontManager.addfont(str(target))


def figure(width: float = 11.6, height: float = 5.4, **more: Any) -> tuple[Figure, Any]:
    """A figure of the size of a slide's picture, in inches, and its axes."""
    from matplotlib.figure import Figure as MplFigure

    fig = MplFigure(figsize=(width, height), layout="constrained")
    found = fig.subplots(**more)
    for axes in fig.axes:
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(_ticks())
            axis.isDefault_majfmt = True  # so that an axis of words still takes its own
    return fig, found


def _ticks() -> Any:
    from matplotlib.ticker import ScalarFormatter

    class Ticks(ScalarFormatter):
        """As matplotlib writes them, with the decimal sign of the language being drawn."""

        def __call__(self, value: float, pos: int | None = None) -> str:
            return words.signs(super().__call__(value, pos))

    return Ticks()


def blank(width: float = 11.6, height: float = 5.4) -> tuple[Figure, Any]:
    """A figure to draw in freely, one unit per inch, without axes."""
    from matplotlib.figure import Figure as MplFigure

    fig = MplFigure(figsize=(width, height))
    axes = fig.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    return fig, axes


def box(ax: Any, x: float, y: float, w: float, h: float, text: str, **look: Any) -> None:
    """A rounded box with its text in the middle; x, y is its lower left corner."""
    from matplotlib.patches import FancyBboxPatch

    face, edge = look.pop("face", "white"), look.pop("edge", LINE)
    ax.add_patch(
        FancyBboxPatch((x + 0.08, y + 0.08), w - 0.16, h - 0.16, boxstyle="round,pad=0.08",
                       facecolor=face, edgecolor=edge, linewidth=look.pop("line", 1.6),
                       linestyle=look.pop("style", "-"))
    )  # fmt: skip
    ax.text(x + w / 2, y + h / 2, text, ha="center", va="center",
            **{"fontsize": 15, "linespacing": 1.35, **look})  # fmt: skip


def arrow(ax: Any, start: tuple[float, float], end: tuple[float, float], **look: Any) -> None:
    """An arrow from one point to another."""
    ax.annotate("", xy=end, xytext=start,
                arrowprops={"arrowstyle": "-|>", "lw": 1.8, "color": SOFT, **look})  # fmt: skip


def save(fig: Figure, path: Path) -> None:
    """Write the figure as SVG, letters as shapes, the same bytes for the same drawing."""
    import matplotlib as mpl

    with mpl.rc_context({**STYLE, "svg.hashsalt": hashlib.md5(path.stem.encode()).hexdigest()}):
        fig.savefig(path, format="svg", metadata={"Date": None, "Creator": None})

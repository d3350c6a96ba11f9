"""Figures about number formats, quantization and adapters, from the shipped model's own weights."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tools.figures import style
from tools.figures.inside import MODEL
from tools.figures.measure import DATA
from tools.figures.words import kept, number, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# name, sign, exponent, mantissa bits: IEEE 754-2019 (float32, float16); bfloat16: the upper half of
# a float32.
LAYOUTS = (("float32", 1, 8, 23), ("bfloat16", 1, 8, 7), ("float16", 1, 5, 10))
KINDS = ("BF16", "F16", "Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0", "TQ2_0")


def formats() -> tuple[Figure, str]:
    """The bits of a number in some formats."""
    fig, ax = style.blank(11.6, 4.9)
    unit, left = 0.262, 2.1
    colours = {"sign": style.RED, "exponent": style.ORANGE, "digits": style.SKY}
    for n, (name, *bits) in enumerate(LAYOUTS):
        y, x = 3.95 - 0.82 * n, left
        ax.text(left - 0.2, y + 0.25, kept(name), ha="right", va="center", fontsize=18,
                weight="semibold")  # fmt: skip
        for kind, count in zip(colours, bits, strict=True):
            for _ in range(count):
                ax.add_patch(_bit(x, y, unit, colours[kind]))
                x += unit
        ax.text(x + 0.15, y + 0.25, say("{n} bits", n=sum(bits)), va="center", fontsize=16,
                color=style.SOFT)  # fmt: skip
    y = 3.95 - 0.82 * 3
    for name, whole in (("int8 (Q8_0)", 8), ("int4 (Q4_0)", 4)):
        ax.text(left - 0.2, y + 0.25, kept(name), ha="right", va="center", fontsize=18,
                weight="semibold")  # fmt: skip
        for n in range(whole):
            ax.add_patch(_bit(left + n * unit, y, unit, style.GREEN))
        words = say("{whole} bits, and a scale for 32 numbers: {all:g} bits per weight",
                    whole=whole, all=whole + 0.5)  # fmt: skip
        ax.text(left + whole * unit + 0.15, y + 0.25, words, va="center", fontsize=16,
                color=style.SOFT)  # fmt: skip
        y -= 0.82
    for n, (kind, colour) in enumerate({**colours, "whole number": style.GREEN}.items()):
        ax.add_patch(_bit(left + 2.2 * n, 4.62, 0.2, colour, 0.2))
        ax.text(left + 2.2 * n + 0.3, 4.72, say(kind), va="center", fontsize=15)
    said = "; ".join(
        say("{name} {bits} bits: {sign} sign, {exponent} exponent, {digits} digits",
            name=n, bits=s + e + m, sign=s, exponent=e, digits=m)
        for n, s, e, m in LAYOUTS
    )  # fmt: skip
    return fig, say(
        "Number formats drawn bit by bit. {said}; int8 and int4 store a whole number of 8 or 4 "
        "bits and share one 16-bit scale among 32 numbers: 8.5 and 4.5 bits per weight.", said=said,
    )  # fmt: skip


def _bit(x: float, y: float, w: float, colour: str, h: float = 0.5) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), w, h, facecolor=colour, edgecolor=style.PAPER, linewidth=1.4)


def _matrix() -> Any:
    import numpy as np
    from safetensors.numpy import load_file

    weights = load_file(MODEL / "model.safetensors")
    return weights["model.layers.0.mlp.gate_proj.weight"].astype(np.float32)


def _round_trip(values: Any, kind: str) -> Any:
    import gguf
    from gguf import quants

    type_ = gguf.GGMLQuantizationType[kind]
    return quants.dequantize(quants.quantize(values, type_), type_)


def rounding() -> tuple[Figure, str]:
    """One block of 32 weights before and after Q4_0."""
    values = _matrix()[:1, :256]
    after = _round_trip(values, "Q4_0")[0, :32]
    before = values[0, :32]
    levels = sorted({float(v) for v in after})
    fig, ax = style.figure(11.6, 4.7)
    for level in levels:
        ax.axhline(level, color=style.LINE, lw=1, zorder=0)
    ax.vlines(range(32), before, after, color=style.SOFT, lw=1.6)
    ax.plot(range(32), before, "o", color=style.BLUE, ms=11, label=say("as trained (16 bits)"))
    ax.plot(range(32), after, "D", color=style.RED, ms=8,
            label=say("after Q4_0 (4 bits and a scale)"))  # fmt: skip
    ax.set_xlabel(say("the first 32 weights of aprendiz's first feed-forward matrix"))
    ax.set_ylabel(say("value"))
    ax.set_ylim(top=max(before.max(), after.max()) * 1.5)
    ax.legend(frameon=False, loc="upper left", ncols=2, fontsize=16)
    error = float(abs(before - after).max())
    return fig, say(
        "32 weights as dots and, beside each, the value after rounding to one of {levels} levels "
        "that occur; the largest change is {error:.3f}.", levels=len(levels), error=error,
    )  # fmt: skip


def error_by_bits() -> tuple[Figure, str]:
    """Rounding error of one matrix over the bits per weight."""
    import numpy as np

    values = _matrix()
    points = []
    for kind in KINDS:
        import gguf

        block, octets = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]]
        off = _round_trip(values, kind) - values
        points.append((
            kind,
            8 * octets / block,
            float(np.sqrt((off**2).mean() / (values**2).mean())),
        ))
    fig, ax = style.figure(11.6, 4.9)
    shown = [p for p in points if p[2] > 0]
    for kind, bits, error in shown:
        ax.plot(bits, 100 * error, "o", color=style.BLUE, ms=12)
        below = kind in ("Q4_0", "Q5_0")  # neighbours on the same line
        x, y, ha, va = (-0.2, 0.86, "right", "top") if below else (0.22, 1.14, "left", "bottom")
        ax.text(bits + x, 100 * error * y, kept(kind), fontsize=16, ha=ha, va=va)
    ax.set_yscale("log")
    ax.set_yticks([0.1, 1, 10, 100], [number(n, "g") + " %" for n in (0.1, 1, 10, 100)])
    ax.set_xlabel(say("bits per weight, scales included"))
    ax.set_ylabel(say("root mean square error,\nas a share of the weights"))
    ax.set_xlim(1, 18)
    ax.set_ylim(0.08, 140)
    said = ", ".join(
        say("{kind} ({bits:.3g} bits) {error:.2g} %", kind=kind, bits=bits, error=100 * error)
        for kind, bits, error in shown
    )
    exact = ", ".join(kept(kind) for kind, _, error in points if error == 0)
    return fig, say(
        "Points: error falls as bits per weight grow. {said}. {exact}: no error, the file itself "
        "has 16 bits.", said=said, exact=exact,
    )  # fmt: skip


def adapter(rank: int = 8) -> tuple[Figure, str]:
    """A LoRA adapter beside the matrix it changes (Hu et al., arXiv 2106.09685)."""
    rows, columns = _matrix().shape
    full, small = rows * columns, rank * (rows + columns)
    fig, ax = style.blank(11.6, 4.7)
    ax.add_patch(_bit(0.6, 0.6, 2.4, "#a9d0e8", 3.3))
    ax.text(
        1.8,
        2.25,
        f"{kept('W')}\n{rows} × {columns}\n{say('frozen')}",
        ha="center",
        va="center",
        fontsize=18,
        linespacing=1.4,
    )
    ax.text(3.75, 2.25, "+", fontsize=34, ha="center", va="center")
    ax.add_patch(_bit(4.6, 0.6, 0.42, style.ORANGE, 3.3))
    ax.text(4.81, 4.1, f"{kept('B')}\n{rows} × {rank}", ha="center", va="bottom", fontsize=16)
    ax.text(5.4, 2.25, "×", fontsize=28, ha="center", va="center")
    ax.add_patch(_bit(5.8, 2.05, 2.4, style.ORANGE, 0.42))
    ax.text(7.0, 2.62, f"{kept('A')}: {rank} × {columns}", ha="center", fontsize=16)
    ax.text(
        8.75,
        3.2,
        say("{n:_} numbers", n=full),
        fontsize=20,
        color="#005a92",
        weight="semibold",
    )
    ax.text(8.75, 2.82, say("stay as they are"), fontsize=16)
    ax.text(
        8.75,
        1.75,
        say("{n:_} numbers", n=small),
        fontsize=20,
        color="#8a5a00",
        weight="semibold",
    )
    ax.text(8.75, 1.37, say("are trained: {share:.1%}", share=small / full), fontsize=16)
    return fig, say(
        "A frozen matrix W of {rows} by {columns} ({full:,} numbers) plus the product of two thin "
        "trained ones, B of {rows} by {rank} and A of {rank} by {columns}: {small:,} numbers, "
        "{share:.1%}.",
        rows=rows, columns=columns, rank=rank, full=full, small=small, share=small / full,
    )  # fmt: skip


def quality() -> tuple[Figure, str]:
    """What each of llama.cpp's formats costs: KL divergence from the original, over its bits."""
    rows = json.loads((DATA / "quality.json").read_text(encoding="utf-8"))["rows"]
    shown = [row for row in rows if row["bits"] < 16]
    fig, ax = style.figure(11.6, 5.0)
    for row in shown:
        left = row["name"] in ("Q3_K_M", "IQ4_XS", "Q5_K_M")  # neighbours stand to their right
        ax.plot(row["bits"], row["kl"], "o", color=style.BLUE, ms=12)
        ax.annotate(kept(row["name"]), (row["bits"], row["kl"]), fontsize=16,
                    textcoords="offset points", xytext=(-10, -10) if left else (10, 8),
                    va="top" if left else "bottom",
                    ha="right" if left else "left")  # fmt: skip
    ax.set_yscale("log")
    ax.set_yticks([0.0001, 0.001, 0.01, 0.1], [number(n, "g") for n in (0.0001, 0.001, 0.01, 0.1)])
    ax.set_xlabel(say("bits per weight of the whole file"))
    ax.set_ylabel(say("KL divergence from the original\n(nats per token; less is better)"))
    ax.set_ylim(0.00005, 0.12)
    ax.set_xlim(3, 9.4)
    said = ", ".join(
        say("{name} ({bits:.1f} bits) {kl:.2g}", name=row["name"], bits=row["bits"], kl=row["kl"])
        for row in shown
    )
    return fig, say(
        "Points fall from upper left to lower right, on a logarithmic scale: {said}.", said=said
    )


FIGURES = {
    "formats": formats,
    "rounding": rounding,
    "error-by-bits": error_by_bits,
    "quality": quality,
    "adapter": adapter,
}

"""Figures about memory and money, computed by `selfhost.sizing`, as in notebook 04."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfhost import sizing
from selfhost.sizing import cost
from selfhost.sizing.cost import CASES
from tools.figures import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {"16 bits (BF16)": "BF16", "8 bits (Q8_0)": "Q8_0", "about 4 bits (Q4_K_M)": "Q4_K_M"}
MODELS = ("gemma3:1b", "gemma3:4b", "qwen3:8b", "gemma3:12b", "gemma3:27b")
MACHINES = {"laptop, 8 GB": 8, "laptop, 16 GB": 16, "one GPU, 32 GB": 32}
CACHES = {"gemma3:27b": style.ORANGE, "qwen3:8b": style.RED, "gemma3:1b": style.BLUE}


def places() -> tuple[Figure, str]:
    """Four places where a model can run, and who sees the prompt."""
    fig, ax = style.blank(11.6, 4.6)
    spots = [
        ("your laptop", "no network, small models,\none person", style.GREEN),
        ("your server", "your rules, your work,\nmany people", style.GREEN),
        ("rented machine", "your weights and settings\non hardware of others", style.ORANGE),
        ("somebody's API", "their model, their settings,\ntheir log", style.RED),
    ]
    for n, (name, words, colour) in enumerate(spots):
        x = 0.1 + 2.88 * n
        style.box(ax, x, 1.55, 2.7, 2.1, "", edge=colour, line=3)
        ax.text(x + 1.35, 3.1, name, ha="center", fontsize=19, weight="semibold")
        ax.text(x + 1.35, 2.3, words, ha="center", va="center", fontsize=15, linespacing=1.35)
    style.arrow(ax, (0.3, 1.15), (11.3, 1.15), lw=2.4)
    ax.text(0.3, 0.7, "control over model and data", fontsize=16, color=style.SOFT)
    ax.text(11.3, 0.7, "work that others do for you", fontsize=16, color=style.SOFT, ha="right")
    return fig, (
        "Four boxes from left to right: your laptop, your server, a rented "
        "machine, somebody's API. "
        "To the left there is more control over model and data, to the right more "
        "work done by others."
    )


def layers() -> tuple[Figure, str]:
    """From a program to the hardware: the layers and who speaks what with whom."""
    rows = [
        ("your program, a chat page, a notebook", "", "white"),
        ("library or router", "LangChain · LiteLLM · openai · ollama", "white"),
        ("HTTP API", "POST /v1/chat/completions · POST /api/chat", "#dcebf4"),
        ("engine", "llama.cpp · vLLM · transformers …", "#dcebf4"),
        ("weights and template", "GGUF · safetensors", "#dcebf4"),
        ("hardware", "CPU · GPU · both", "#ece9df"),
    ]
    fig, ax = style.blank(11.6, 5.3)
    for n, (name, words, face) in enumerate(rows):
        y = 4.4 - 0.86 * n
        style.box(ax, 0.3, y, 8.0, 0.8, "", face=face, edge="#9fb2c0")
        ax.text(0.65, y + 0.4, name, fontsize=18, weight="semibold", va="center")
        ax.text(8.05, y + 0.4, words, fontsize=15.5, va="center", ha="right", color=style.SOFT)
    for low, high, words in ((2.68, 5.16, "others may run this\nfor you: you see\nonly the API"),
                             (0.1, 2.58, "here the answer\nis made")):  # fmt: skip
        ax.plot([8.6, 8.75, 8.75, 8.6], [low + 0.06, low + 0.06, high - 0.06, high - 0.06],
                color=style.SOFT, lw=1.6)  # fmt: skip
        ax.text(8.95, (low + high) / 2, words, fontsize=16, va="center", linespacing=1.35)
    said = "; ".join(f"{a} ({b})" if b else a for a, b, _ in rows)
    return fig, f"Layers from top to bottom: {said}. The answer is made in the lower three."


def memory() -> tuple[Figure, str]:
    """Weights in memory, tensor by tensor, as `selfhost.sizing` computes them."""
    shapes = sizing.published_shapes()
    fig, ax = style.figure(11.6, 5.3)
    said = []
    for n, (label, kind) in enumerate(KINDS.items()):
        values = [sum(sizing.tensors.of_shape(shapes[m], kind).values()) / 1e9 for m in MODELS]
        places = [x + 0.27 * (n - 1) for x in range(len(MODELS))]
        colour = (style.BLUE, style.SKY, style.GREEN)[n]
        ax.bar(places, values, width=0.25, color=colour, label=label)
        for x, value in zip(places, values, strict=True):
            ax.text(x, value * 1.06, f"{value:.2g}", ha="center", fontsize=14.5)
        said.append(f"{label}: " + ", ".join(f"{v:.2g}" for v in values))
    ax.set_yscale("log")
    for name, size in MACHINES.items():
        ax.axhline(size, color=style.RED, lw=1.2, ls=(0, (4, 4)), zorder=0)
        ax.text(4.52, size * 1.05, name, fontsize=14, color="#a8430a", ha="left", va="bottom")
    ax.set_xlim(-0.5, 5.4)
    ax.set_ylim(0.4, 200)
    ax.set_yticks([1, 10, 100], ["1", "10", "100"])
    ax.set_xticks(range(len(MODELS)), MODELS)
    ax.set_ylabel("GB of weights")
    ax.legend(frameon=False, loc="upper left", fontsize=16, ncols=3)
    return fig, (
        f"Bars: gigabytes of weights of {', '.join(MODELS)}. {'; '.join(said)}. "
        f"Lines mark machines of {', '.join(map(str, MACHINES.values()))} GB."
    )


def kv_cache() -> tuple[Figure, str]:
    """The cache grows with the context, differently for each architecture."""
    lengths = [1024 * 2**n for n in range(8)]
    shapes = sizing.published_shapes()
    fig, ax = style.figure(11.6, 4.9)
    said = []
    for name, colour in CACHES.items():
        values = [sum(sizing.kv_cache(shapes[name], n)) / 1e9 for n in lengths]
        ax.plot(lengths, values, "o-", color=colour, lw=3, ms=8)
        ink = {style.ORANGE: "#8a5a00", style.RED: "#a8430a"}.get(colour, "#005a92")
        shift = {style.RED: 1.18, style.ORANGE: 0.85}.get(colour, 1.0)
        ax.text(lengths[-1] * 1.12, values[-1] * shift, f"{name}: {values[-1]:.2g} GB", color=ink,
                fontsize=16, va="center", weight="semibold")  # fmt: skip
        said.append(f"{name}: {values[0]:.2g} GB at 1,024 tokens, {values[3]:.2g} GB at 8,192, "
                    f"{values[-1]:.2g} GB at 131,072")  # fmt: skip
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(lengths, [f"{n // 1024}k" for n in lengths])
    ax.set_yticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    ax.minorticks_off()
    ax.set_xlim(900, 620_000)
    ax.set_xlabel("tokens of context, for one conversation")
    ax.set_ylabel("GB of cache (16 bits)")
    return fig, f"Rising lines, cache over context. {'; '.join(said)}."


def payback() -> tuple[Figure, str]:
    """Months until a machine has paid for itself, over the tokens needed, in three cases."""
    given = sizing.assumptions()
    demands = [1.04**n for n in range(206)]  # million tokens a month
    fig, ax = style.figure(11.6, 4.8)
    said = []
    for case, colour in zip(CASES, (style.GREEN, style.BLUE, style.RED), strict=True):
        months = [cost.verdict(given.but(demand=d), case).payback for d in demands]
        shown = [(d, m) for d, m in zip(demands, months, strict=True) if m is not None]
        if not shown:
            said.append(f"{case}: never up to 3,000 million tokens a month")
            ax.text(
                1.15,
                0.55,
                f"{case}: never, up to 3000 million a month",
                fontsize=16,
                color="#a8430a",
            )
            continue
        ax.plot(*zip(*shown, strict=True), color=colour, lw=3.5)
        ink = {style.GREEN: "#00674b", style.BLUE: "#005a92"}[colour]
        ax.plot(*shown[0], "o", color=colour, ms=10)
        label = f"{case}: from about {shown[0][0]:.0f} million"
        ax.text(shown[0][0] * 1.1, shown[0][1] * 1.12, label,
                fontsize=16, color=ink, weight="semibold")  # fmt: skip
        said.append(f"{case}: pays back from about {shown[0][0]:.0f} million tokens a month on")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    ax.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    ax.minorticks_off()
    ax.set_ylim(0.3, 160)
    ax.set_xlim(1, 3400)
    ax.set_xlabel("million tokens per month that you really need")
    ax.set_ylabel("months until paid back")
    return fig, (
        "Falling curves: months until a machine has paid for itself, over the tokens needed, for "
        f"the favourable, typical and unfavourable values of the calculator. {'; '.join(said)}."
    )


FIGURES = {
    "places": places,
    "layers": layers,
    "memory": memory,
    "kv-cache": kv_cache,
    "payback": payback,
}

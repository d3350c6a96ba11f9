"""Figures about memory and money. Formulas stand beside each; nothing is measured here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.figures import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZES = (1, 4, 8, 27, 70)  # billions of parameters
# Bits per weight, scales included: Q8_0 is 32 weights in 34 bytes, Q4_0 is 32 in 18 (gguf 0.19.0,
# `gguf.constants.GGML_QUANT_SIZES`).
FORMATS = {"16 bits": 16.0, "8 bits (Q8_0)": 34 * 8 / 32, "4 bits (Q4_0)": 18 * 8 / 32}
MACHINES = {"laptop, 8 GB": 8, "laptop, 16 GB": 16, "one GPU, 32 GB": 32, "one GPU, 80 GB": 80}
# layers, key/value heads, head size, layers that look back over everything, window of the others;
# from each model's config.json.
CACHES = {
    "Llama 3 8B": (32, 8, 128, 32, None),
    "Gemma 3 1B": (26, 1, 256, 4, 512),
}


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
    """Weights in memory = parameters x bits per weight / 8."""
    fig, ax = style.figure(11.6, 5.3)
    colours = (style.BLUE, style.SKY, style.GREEN)
    said = []
    for n, (name, bits) in enumerate(FORMATS.items()):
        values = [size * bits / 8 for size in SIZES]
        places = [x + 0.27 * (n - 1) for x in range(len(SIZES))]
        ax.bar(places, values, width=0.25, color=colours[n], label=name)
        for x, value in zip(places, values, strict=True):
            ax.text(x, value * 1.06, f"{value:.3g}", ha="center", fontsize=14)
        said.append(f"{name}: " + ", ".join(f"{v:.3g}" for v in values))
    ax.set_yscale("log")
    for name, size in MACHINES.items():
        ax.axhline(size, color=style.RED, lw=1.2, ls=(0, (4, 4)), zorder=0)
        ax.text(4.52, size * 1.05, name, fontsize=13.5, color="#a8430a", ha="left", va="bottom")
    ax.set_xlim(-0.5, 5.35)
    ax.set_ylim(0.4, 500)
    ax.set_yticks([1, 10, 100], ["1", "10", "100"])
    ax.set_xticks(range(len(SIZES)), [f"{size} billion" for size in SIZES])
    ax.set_ylabel("GB of weights")
    ax.legend(frameon=False, loc="upper left", fontsize=16, ncols=3)
    return fig, (
        f"Bars: gigabytes of weights for {', '.join(map(str, SIZES))} billion parameters. "
        f"{'; '.join(said)}. Lines mark machines of {', '.join(map(str, MACHINES.values()))} GB."
    )


def cache_bytes(shape: tuple[int, int, int, int, int | None], tokens: int) -> int:
    """Keys and values in 16 bits: 2 (K, V) x heads x head size x 2 bytes, per layer and token."""
    count, heads, size, everywhere, window = shape
    near = min(tokens, window) if window else tokens
    return 2 * heads * size * 2 * (everywhere * tokens + (count - everywhere) * near)


def kv_cache() -> tuple[Figure, str]:
    """The cache grows with the context, differently for each architecture."""
    lengths = [1024 * 2**n for n in range(8)]
    fig, ax = style.figure(11.6, 4.9)
    said = []
    for (name, shape), colour in zip(CACHES.items(), (style.RED, style.BLUE), strict=True):
        values = [cache_bytes(shape, n) / 1e9 for n in lengths]
        ax.plot(lengths, values, "o-", color=colour, lw=3, ms=8)
        ax.text(lengths[-1] * 1.06, values[-1], name, color=colour, fontsize=17, va="center",
                weight="semibold")  # fmt: skip
        for n in (3, 7):
            ax.text(
                lengths[n] * 0.95, values[n] * 1.22, f"{values[n]:.2g} GB", fontsize=15, ha="right"
            )
        said.append(f"{name}: {values[0]:.2g} GB at 1,024 tokens, {values[-1]:.2g} GB at 131,072")
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(lengths, [f"{n // 1024}k" for n in lengths])
    ax.set_yticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    ax.minorticks_off()
    ax.set_xlim(900, 480_000)
    ax.set_xlabel("tokens of context, for one conversation")
    ax.set_ylabel("GB of cache (16 bits)")
    return fig, f"Two rising lines, cache over context. {'; '.join(said)}."


# Example values, to be replaced by offers of one's own; notebook 04 does the same sum.
EXAMPLE = {"machine": 2500.0, "watts": 350.0, "hours": 8.0, "price_kwh": 0.25, "api_million": 0.5}


def payback() -> tuple[Figure, str]:
    """Months until a machine has paid for itself, over tokens per day, for example values."""
    e = EXAMPLE
    energy = e["watts"] / 1000 * e["hours"] * 30 * e["price_kwh"]
    tokens = [1, 2, 5, 10, 20, 50, 100]  # million per day
    months = [
        e["machine"] / (30 * t * e["api_million"] - energy)
        if 30 * t * e["api_million"] > energy else None
        for t in tokens
    ]  # fmt: skip
    fig, ax = style.figure(11.6, 4.7)
    shown = [(t, m) for t, m in zip(tokens, months, strict=True) if m is not None]
    ax.plot([t for t, _ in shown], [m for _, m in shown], "o-", color=style.BLUE, lw=3, ms=9)
    for t, m in shown:
        ax.text(t * 1.06, m * 1.12, f"{m:.1f}", fontsize=16)
    never = [t for t, m in zip(tokens, months, strict=True) if m is None]
    if never:
        ax.axvspan(0.55, max(never) * 1.3, color="#f3e3da")
        ax.text(
            0.6,
            3,
            "never:\nenergy alone\ncosts more",
            fontsize=16,
            color="#a8430a",
            linespacing=1.3,
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks(tokens, map(str, tokens))
    ax.set_yticks([1, 10, 100], ["1", "10", "100"])
    ax.minorticks_off()
    ax.set_xlim(0.55, 140)
    ax.set_xlabel("million tokens per day that you really need")
    ax.set_ylabel("months until paid back")
    said = ", ".join(f"{m:.1f} months at {t} million" for t, m in shown)
    return fig, (
        f"A falling curve: months until a machine has paid for itself, with example "
        f"values: {said}; "
        f"never at {', '.join(map(str, never)) or 'none'} million a day."
    )


FIGURES = {
    "places": places,
    "layers": layers,
    "memory": memory,
    "kv-cache": kv_cache,
    "payback": payback,
}

"""Figures about memory and money, computed by `selfhost.sizing`, as in notebook 04."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfhost import sizing
from selfhost.sizing import cost
from selfhost.sizing.cost import CASES
from tools.figures import style
from tools.figures.words import kept, number, say

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
        ax.text(x + 1.35, 3.1, say(name), ha="center", fontsize=19, weight="semibold")
        ax.text(x + 1.35, 2.3, say(words), ha="center", va="center", fontsize=15, linespacing=1.35)
    style.arrow(ax, (0.3, 1.15), (11.3, 1.15), lw=2.4)
    ax.text(0.3, 0.7, say("control over model and data"), fontsize=16, color=style.SOFT)
    ax.text(11.3, 0.7, say("work that others do for you"), fontsize=16, color=style.SOFT,
            ha="right")  # fmt: skip
    return fig, say(
        "Four boxes from left to right: your laptop, your server, a rented "
        "machine, somebody's API. "
        "To the left there is more control over model and data, to the right more "
        "work done by others."
    )


def layers() -> tuple[Figure, str]:
    """From a program to the hardware: the layers and who speaks what with whom."""
    rows = [
        (say("your program, a chat page, a notebook"), "", "white"),
        (say("library or router"), kept("LangChain · LiteLLM · openai · ollama"), "white"),
        (say("HTTP API"), kept("POST /v1/chat/completions · POST /api/chat"), "#dcebf4"),
        (say("engine"), kept("llama.cpp · vLLM · transformers …"), "#dcebf4"),
        (say("weights and template"), kept("GGUF · safetensors"), "#dcebf4"),
        (say("hardware"), say("CPU · GPU · both"), "#ece9df"),
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
        ax.text(8.95, (low + high) / 2, say(words), fontsize=16, va="center", linespacing=1.35)
    said = "; ".join(f"{a} ({b})" if b else a for a, b, _ in rows)
    return fig, say(
        "Layers from top to bottom: {said}. The answer is made in the lower three.", said=said
    )


def memory() -> tuple[Figure, str]:
    """Weights in memory, tensor by tensor, as `selfhost.sizing` computes them."""
    shapes = sizing.published_shapes()
    fig, ax = style.figure(11.6, 5.3)
    said = []
    for n, (label, kind) in enumerate(KINDS.items()):
        values = [sum(sizing.tensors.of_shape(shapes[m], kind).values()) / 1e9 for m in MODELS]
        places = [x + 0.27 * (n - 1) for x in range(len(MODELS))]
        colour = (style.BLUE, style.SKY, style.GREEN)[n]
        ax.bar(places, values, width=0.25, color=colour, label=say(label))
        for x, value in zip(places, values, strict=True):
            ax.text(x, value * 1.08, number(value, ".2g"), ha="center", fontsize=14.5,
                    bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.2})  # fmt: skip
        said.append(f"{say(label)}: " + ", ".join(number(v, ".2g") for v in values))
    ax.set_yscale("log")
    for name, size in MACHINES.items():
        ax.axhline(size, color=style.RED, lw=1.2, ls=(0, (4, 4)), zorder=0)
        ax.text(4.52, size * 1.05, say(name), fontsize=14, color="#a8430a", ha="left", va="bottom")
    ax.set_xlim(-0.5, 5.4)
    ax.set_ylim(0.4, 200)
    ax.set_yticks([1, 10, 100], ["1", "10", "100"])
    ax.set_xticks(range(len(MODELS)), [kept(name) for name in MODELS])
    ax.set_ylabel(say("GB of weights"))
    ax.legend(frameon=False, loc="upper left", fontsize=16, ncols=3)
    return fig, say(
        "Bars: gigabytes of weights of {models}. {said}. Lines mark machines of {sizes} GB.",
        models=", ".join(MODELS), said="; ".join(said),
        sizes=", ".join(map(str, MACHINES.values())),
    )  # fmt: skip


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
        label = f"{kept(name)}: {number(values[-1], '.2g')} {kept('GB')}"
        ax.text(lengths[-1] * 1.12, values[-1] * shift, label, color=ink,
                fontsize=16, va="center", weight="semibold")  # fmt: skip
        said.append(say(
            "{name}: {first:.2g} GB at {short:,} tokens, {middle:.2g} GB at {longer:,}, "
            "{last:.2g} GB at {longest:,}", name=name, first=values[0], middle=values[3],
            last=values[-1], short=lengths[0], longer=lengths[3], longest=lengths[-1],
        ))  # fmt: skip
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(lengths, [f"{n // 1024}{kept('k')}" for n in lengths])
    ax.set_yticks([0.01, 0.1, 1, 10], [number(n, "g") for n in (0.01, 0.1, 1, 10)])
    ax.minorticks_off()
    ax.set_xlim(900, 620_000)
    ax.set_xlabel(say("tokens of context, for one conversation"))
    ax.set_ylabel(say("GB of cache (16 bits)"))
    return fig, say("Rising lines, cache over context. {said}.", said="; ".join(said))


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
            never = say("{case}: never, up to 3000 million a month", case=say(case))
            said.append(say("{case}: never up to 3,000 million tokens a month", case=say(case)))
            ax.text(1.15, 0.55, never, fontsize=16, color="#a8430a")
            continue
        ax.plot(*zip(*shown, strict=True), color=colour, lw=3.5)
        ink = {style.GREEN: "#00674b", style.BLUE: "#005a92"}[colour]
        ax.plot(*shown[0], "o", color=colour, ms=10)
        label = say("{case}: from about {first:.0f} million", case=say(case), first=shown[0][0])
        ax.text(shown[0][0] * 1.1, shown[0][1] * 1.12, label,
                fontsize=16, color=ink, weight="semibold")  # fmt: skip
        said.append(say("{case}: pays back from about {first:.0f} million tokens a month on",
                        case=say(case), first=shown[0][0]))  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    ax.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    ax.minorticks_off()
    ax.set_ylim(0.3, 160)
    ax.set_xlim(1, 3400)
    ax.set_xlabel(say("million tokens per month that you really need"))
    ax.set_ylabel(say("months until paid back"))
    return fig, say(
        "Falling curves: months until a machine has paid for itself, over the tokens needed, for "
        "the favourable, typical and unfavourable values of the calculator. {said}.",
        said="; ".join(said),
    )


FIGURES = {
    "places": places,
    "layers": layers,
    "memory": memory,
    "kv-cache": kv_cache,
    "payback": payback,
}

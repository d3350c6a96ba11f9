"""Figures about engines and front ends. Speeds are read from benchmarks/README.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.figures import style
from tools.figures.words import kept, number, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def measured() -> list[tuple[int, float, float]]:
    """(clients, tokens/s of the endpoint, ms to the first token) of the 191 MB model's table."""
    text = (style.ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    table = text.split("A model of 191 MB", 1)[1].split("\n\n", 2)[1]
    rows = re.findall(r"^\| (\d+) \| \d+ \| (\d+) \| [\d ]+% \| [\d.]+ \| ([\d.]+) \|", table, re.M)
    return [(int(clients), float(speed), float(first)) for clients, speed, first in rows]


def batching() -> tuple[Figure, str]:
    """Throughput and waiting with the number of clients, as measured."""
    rows = measured()
    labels = [str(clients) for clients, _, _ in rows]
    fig, (left, right) = style.figure(11.6, 4.7, ncols=2)
    left.bar(labels, [speed for _, speed, _ in rows], color=style.BLUE, width=0.62)
    left.set_title(say("tokens per second, all together"), loc="left", fontsize=17,
                   weight="semibold")  # fmt: skip
    for x, (_, speed, _) in enumerate(rows):
        left.text(x, speed + 5, number(speed, ".0f"), ha="center", fontsize=16)
    shares = [speed / clients for clients, speed, _ in rows]
    right.bar(labels, shares, color=style.ORANGE, width=0.62)
    right.set_title(say("tokens per second for each"), loc="left", fontsize=17,
                    weight="semibold")  # fmt: skip
    for x, share in enumerate(shares):
        right.text(x, share + 3, number(share, ".0f"), ha="center", fontsize=16)
    for ax in (left, right):
        ax.set_xlabel(say("students who ask at the same time"))
        ax.set_ylim(0, ax.get_ylim()[1] * 1.06)
        ax.yaxis.set_visible(False)
        ax.spines["left"].set_visible(False)
    said = "; ".join(
        say("{n} clients: {all:.0f} tok/s in all, first token after {first:.0f} ms",
            n=clients, all=speed, first=first)
        for clients, speed, first in rows
    )  # fmt: skip
    return fig, say("Two bar charts over the number of clients. {said}.", said=said)


def request() -> tuple[Figure, str]:
    """One message in Open WebUI, with its defaults: four requests."""
    fig, ax = style.blank(11.6, 4.9)
    style.box(ax, 0.1, 1.7, 2.5, 1.5, say("you type\n28 characters"), fontsize=18)
    style.box(ax, 3.6, 1.7, 2.3, 1.5, kept("Open WebUI"), fontsize=18, edge=style.BLUE, line=2.6)
    style.arrow(ax, (2.62, 2.45), (3.58, 2.45))
    rows = [
        ("1", "give the chat a title", False),
        ("2", "the chat, with 36 tools: 24,854 bytes", True),
        ("3", "suggest follow-up questions", False),
        ("4", "give the chat tags", False),
    ]
    for n, (digit, words, main) in enumerate(rows):
        y = 3.75 - 1.12 * n
        style.box(
            ax,
            6.9,
            y,
            4.6,
            0.95,
            "",
            edge=style.RED if main else style.LINE,
            line=2.4 if main else 1.6,
        )
        ax.text(7.15, y + 0.47, digit, fontsize=20, weight="semibold", va="center", color="#005a92")
        ax.text(
            7.55,
            y + 0.47,
            say(words),
            fontsize=15.5,
            va="center",
            weight="semibold" if main else "normal",
        )
        style.arrow(ax, (5.92, 2.45), (6.88, y + 0.47))
    return fig, say(
        "One message of 28 characters becomes four requests of Open WebUI to the engine: a title, "
        "the chat itself with 36 tools in a body of 24,854 bytes, follow-up questions, and tags."
    )


def choose() -> tuple[Figure, str]:
    """Which engine for what."""
    fig, ax = style.blank(11.6, 5.0)
    style.box(
        ax, 0.1, 2.05, 2.5, 1.1, say("Where will\nit run?"), fontsize=18, edge=style.BLUE, line=2.6
    )
    rows = [
        ("a CPU, or CPU and GPU", "llama.cpp", "GGUF; also under Ollama and Jan"),
        ("a desktop, by hand", "Jan", "Apache 2.0; LM Studio is not open source"),
        ("a server with GPUs, many users", "vLLM", "safetensors; continuous batching"),
        ("in a study, as the reference", "transformers", "what papers compare with"),
    ]
    for n, (where, what, note) in enumerate(rows):
        y = 3.85 - 1.2 * n
        style.arrow(ax, (2.62, 2.6), (3.55, y + 0.47))
        ax.text(3.65, y + 0.47, say(where), fontsize=15.5, va="center")
        style.arrow(ax, (6.85, y + 0.47), (7.4, y + 0.47))
        style.box(ax, 7.4, y, 4.1, 0.98, "", edge=style.GREEN, line=2)
        ax.text(9.45, y + 0.66, kept(what), ha="center", va="center", fontsize=17.5,
                weight="semibold")  # fmt: skip
        ax.text(9.45, y + 0.29, say(note), ha="center", va="center", fontsize=13.5,
                color=style.SOFT)  # fmt: skip
    said = "; ".join(f"{say(where)}: {what} ({say(note)})" for where, what, note in rows)
    return fig, say("Where will it run? {said}.", said=said)


FIGURES = {"batching": batching, "request": request, "choose-engine": choose}

"""Figures about what a model is, from the shipped model's own files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from selfhost import show
from selfhost.anatomy import files, forward, sampling
from selfhost.anatomy.tokens import Tokenizer
from tools.figures import style
from tools.figures.words import kept, number, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MODEL = style.ROOT / "models" / "aprendiz"
PROMPT = "Once upon a time, there was a little"
FORK = "The fox was very"


def parts() -> tuple[Figure, str]:
    """What is in a model, and what is around it."""
    fig, ax = style.blank(11.6, 5.3)
    style.box(ax, 3.35, 0.95, 4.9, 3.4, "", edge=style.BLUE, line=2.6, face="#eaf3f9")
    ax.text(
        5.8, 4.0, say("what runs"), ha="center", fontsize=17, weight="semibold", color="#005a92"
    )
    for y, words in ((2.95, "architecture"), (2.1, "weights: only numbers"),
                     (1.25, "software that runs inference")):  # fmt: skip
        style.box(ax, 3.7, y, 4.2, 0.74, say(words), fontsize=18, edge="#7fb2d4")
    around = [
        (0.15, 3.7, "data to train"),
        (0.15, 2.45, "software to train"),
        (0.15, 1.2, "weights of\nintermediate steps"),
        (8.75, 3.7, "data to benchmark"),
        (8.75, 2.45, "software to benchmark"),
        (8.75, 1.2, "documentation that\nexplains everything"),
    ]
    for x, y, words in around:
        style.box(ax, x, y, 2.75, 0.95, say(words), fontsize=16, style="--", edge=style.SOFT)
    ax.text(1.5, 0.55, say("what made it"), ha="center", fontsize=16, color=style.SOFT)
    ax.text(10.1, 0.55, say("what tells about it"), ha="center", fontsize=16, color=style.SOFT)
    return fig, say(
        "In the middle, what runs: architecture, weights (only numbers), software for inference. "
        "Around it, what made it (data and software to train, intermediate weights) and what tells "
        "about it (data and software to benchmark, documentation)."
    )


def anatomy() -> tuple[Figure, str]:
    """Where the shipped model's numbers sit."""
    opened = files.open_model("aprendiz", MODEL / "aprendiz-F16.gguf")
    groups = sorted(files.groups(opened), key=lambda g: -g.numbers)
    total = sum(g.numbers for g in groups)
    fig, ax = style.figure(11.6, 4.6)
    values = [g.numbers / 1e6 for g in groups]
    ax.barh(
        range(len(groups)),
        values,
        color=[style.BLUE, style.SKY, style.ORANGE, style.SOFT][: len(groups)],
    )
    ax.set_yticks(range(len(groups)), [f"{say(g.name)}\n{say(g.job)}" for g in groups], fontsize=15)
    ax.invert_yaxis()
    for y, group in enumerate(groups):
        ax.text(values[y] + 0.03, y, number(group.numbers / total, ".1%"), va="center", fontsize=17)
    ax.set_xlim(0, max(values) * 1.14)
    ax.set_xlabel(say("millions of numbers"))
    said = "; ".join(
        f"{say(g.name)} {number(g.numbers / total, '.1%')} ({say(g.job)})" for g in groups
    )
    return fig, say(
        "Bars: the {total:,} numbers of aprendiz by part. {said}.", total=total, said=said
    )


def next_token() -> tuple[Figure, str]:
    """The likeliest next tokens of the shipped model, computed here."""
    scores, label = _scores(PROMPT)
    chances = sampling.softmax(scores)
    ids = sampling.top(scores, 8)
    fig, ax = style.figure(11.6, 4.7)
    values = [float(chances[i]) for i in ids]
    ax.barh(range(len(ids)), values, color=style.BLUE)
    ax.set_yticks(range(len(ids)), [kept(show.plain(label(i))) for i in ids], fontsize=17)
    ax.invert_yaxis()
    for y, value in enumerate(values):
        ax.text(value + max(values) * 0.01, y, number(value, ".1%"), va="center", fontsize=16)
    ax.set_xlim(0, max(values) * 1.15)
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    ax.set_title(say("“{text} …”", text=kept(PROMPT)), loc="left", fontsize=20, pad=14)
    said = ", ".join(
        f"{say('“{text}”', text=kept(label(i).strip()))} {number(float(chances[i]), '.1%')}"
        for i in ids
    )
    return fig, say("Bars: the eight likeliest next tokens after “{prompt}” in aprendiz: {said}.",
                    prompt=kept(PROMPT), said=said)  # fmt: skip


def temperatures() -> tuple[Figure, str]:
    """The same scores at three temperatures."""
    scores, label = _scores(FORK)
    ids = sampling.top(scores, 6)
    fig, axes = style.figure(11.6, 4.7, ncols=3, sharey=True)
    said = []
    for ax, value, colour in zip(
        axes, (0.5, 1.0, 1.5), (style.BLUE, style.GREEN, style.RED), strict=True
    ):
        chances = [float(c) for c in sampling.probabilities(scores, value)[ids]]
        ax.barh(range(len(ids)), chances, color=colour)
        for y, chance in enumerate(chances):
            ax.text(chance + 0.015, y, number(chance, ".0%"), va="center", fontsize=15)
        ax.set_title(
            say("temperature {value:g}", value=value), loc="left", fontsize=18, weight="semibold"
        )
        ax.set_xlim(0, 0.86)
        ax.xaxis.set_visible(False)
        ax.spines["bottom"].set_visible(False)
        listed = ", ".join(number(c, ".0%") for c in chances)
        said.append(say("at {value:g}: {listed}", value=value, listed=listed))
    axes[0].set_yticks(range(len(ids)), [kept(show.plain(label(i))) for i in ids], fontsize=16)
    axes[0].invert_yaxis()
    return fig, say(
        "After “{prompt}”, the same six tokens ({tokens}) at three temperatures: {said}.",
        prompt=kept(FORK), tokens=", ".join(kept(label(i).strip()) for i in ids),
        said="; ".join(said),
    )  # fmt: skip


def _scores(prompt: str) -> tuple[sampling.Vector, Callable[[int], str]]:
    info = files.open_model("aprendiz", MODEL / "aprendiz-F16.gguf").info
    tokenizer = Tokenizer.from_gguf(info.metadata)
    model = forward.load(MODEL, half=True)
    return model.logits(tokenizer.encode(prompt, bos=True)), tokenizer.label


def who_answers() -> tuple[Figure, str]:
    """Where the notebooks' clients connect."""
    fig, ax = style.blank(11.6, 4.7)
    for y, words in ((3.35, "ollama"), (2.3, "openai"), (1.25, "curl, LangChain …")):
        style.box(ax, 0.1, y, 2.6, 0.85, kept(words), fontsize=17)
        style.arrow(ax, (2.72, y + 0.42), (4.1, 2.75))
    style.box(
        ax, 4.1, 2.15, 2.2, 1.2, say("one HTTP\naddress"), fontsize=18, edge=style.BLUE, line=2.6
    )
    rows = [("1", "what SELFHOST_ENDPOINT names", "a server of your school"),
            ("2", "Ollama, if it has gemma3:1b", "the workshop's usual model"),
            ("3", "the kit's own endpoint", "llama.cpp with aprendiz, offline")]  # fmt: skip
    for n, (digit, words, more) in enumerate(rows):
        y = 3.3 - 1.25 * n
        style.box(ax, 7.4, y, 4.1, 1.1, "", edge=style.GREEN if n == 2 else style.LINE, line=2)
        ax.text(7.62, y + 0.55, digit, fontsize=22, weight="semibold", va="center", color="#005a92")
        ax.text(8.05, y + 0.74, say(words), fontsize=14.5, weight="semibold", va="center")
        ax.text(8.05, y + 0.36, say(more), fontsize=14, va="center", color=style.SOFT)
        style.arrow(ax, (6.32, 2.75), (7.38, y + 0.55))
    ax.text(4.1, 0.35, say("the first one that is there answers"), fontsize=16, color=style.SOFT)
    return fig, say(
        "Clients (ollama, openai, curl, LangChain) connect to one HTTP address. Behind it answers "
        "the first that is there: what SELFHOST_ENDPOINT names; an Ollama that has gemma3:1b; the "
        "kit's own endpoint, llama.cpp with aprendiz, which needs no network."
    )


FIGURES = {
    "parts": parts,
    "anatomy": anatomy,
    "next-token": next_token,
    "temperatures": temperatures,
    "who-answers": who_answers,
}

"""Figures about determinism, drawn from slides/data/chance.json (see tools/figures/measure.py)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from selfhost import show
from selfhost.determinism.tree import Node, answer_tree
from tools.figures import style
from tools.figures.measure import DATA, QUESTIONS, SETTINGS
from tools.figures.words import kept, number, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _data() -> dict[str, Any]:
    result: dict[str, Any] = json.loads((DATA / "chance.json").read_text(encoding="utf-8"))
    return result


def tree() -> tuple[Figure, str]:
    """Where ten answers to one question part."""
    data = _data()
    root = answer_tree(data["tree"])
    leaves = [node for _, node in root.walk() if not node.children]
    rows = {id(leaf): -float(n) for n, leaf in enumerate(leaves)}

    def place(node: Node) -> float:
        if id(node) not in rows:
            heights = [place(child) for child in node.children]
            rows[id(node)] = sum(heights) / len(heights)
        return rows[id(node)]

    place(root)
    fig, ax = style.figure(11.8, 5.3)
    ends = []

    def draw(node: Node, x: float) -> None:
        for child in node.children:
            y, to = rows[id(node)], rows[id(child)]
            end = x + max(1.6, 0.9 + 0.2 * len(child.text.strip()))
            ends.append(end)
            ax.plot([x, x + 0.5, end], [y, to, to], color=style.BLUE, alpha=0.75,
                    lw=1.2 + 7 * child.count / root.count, solid_capstyle="round")  # fmt: skip
            text = show.plain(child.text.strip().replace("\n", " "))
            chance = "" if child.probability is None else number(child.probability, ".0%") + "  "
            ax.text(x + 0.55, to + 0.13, chance + kept(text), fontsize=14, va="bottom")
            if child.children:
                ax.plot(end, to, "o", color=style.RED, ms=8, zorder=5)
            draw(child, end)

    draw(root, 0.0)
    ax.plot(0, rows[id(root)], "o", color=style.RED, ms=10, zorder=5)
    ax.set_axis_off()
    ax.set_xlim(-0.2, max(ends) + 0.5)
    ax.set_ylim(-len(leaves) + 0.3, 0.8)
    forks = sum(node.forks for _, node in root.walk())
    return fig, say(
        "A tree: {answers} answers to “Tell me a story.”, first 12 tokens, start at one point and "
        "part at {forks} forks into {ways} ways; thicker lines were taken more often, and each "
        "way shows the probability of its first token.",
        answers=root.count, forks=forks, ways=len(leaves),
    )  # fmt: skip


def settings_grid() -> tuple[Figure, str]:
    """Different answers per setting and question."""
    rows = _data()["grid"]
    counts = [
        [
            len({r["text"] for r in rows if r["setting"] == s and r["prompt"] == q})
            for q in QUESTIONS
        ]
        for s in SETTINGS
    ]
    repeats = len(rows) // (len(SETTINGS) * len(QUESTIONS))
    fig, ax = style.blank(11.6, 5.1)
    left, width, height = 3.55, 2.65, 0.68
    for x, question in enumerate(QUESTIONS):
        ax.text(left + width * (x + 0.5), 4.6, kept(question), ha="center", fontsize=15)
    for y, (name, line) in enumerate(zip(SETTINGS, counts, strict=True)):
        at = 4.4 - height * (y + 1)
        ax.text(
            left - 0.2,
            at + height / 2,
            say(name),
            ha="right",
            va="center",
            fontsize=17,
            weight="semibold",
        )
        for x, count in enumerate(line):
            face = "#cfe8dd" if count == 1 else "#f9dfd0" if count < repeats else "#eeb28f"
            ax.add_patch(_cell(left + width * x, at, width, height, face))
            ax.text(left + width * (x + 0.5), at + height / 2, str(count), ha="center", va="center",
                    fontsize=20, weight="semibold")  # fmt: skip
    said = "; ".join(
        f"{say(s)}: {', '.join(map(str, line))}" for s, line in zip(SETTINGS, counts, strict=True)
    )
    return fig, say("A grid: different answers among {repeats} for three questions. {said}.",
                    repeats=repeats, said=said)  # fmt: skip


def _cell(x: float, y: float, w: float, h: float, face: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), w, h, facecolor=face, edgecolor=style.PAPER, linewidth=3)


def crowd() -> tuple[Figure, str]:
    """How log-probabilities move with the company."""
    rows = _data()["crowd"]
    fig, ax = style.figure(11.6, 4.5)
    values = [rmse for _, _, rmse, _ in rows]
    ax.barh(range(len(rows)), values, color=style.ORANGE)
    ax.set_yticks(range(len(rows)), [say(name) for name, *_ in rows], fontsize=17)
    ax.invert_yaxis()
    top = max(values) or 1.0
    for y, (_, differ, rmse, _) in enumerate(rows):
        ax.text(rmse + top * 0.015, y, number(rmse, ".6f") if rmse else "0", va="center",
                fontsize=16)  # fmt: skip
        ax.text(top * 1.33, y, _of(differ), va="center", ha="center", fontsize=16)
    ax.text(top * 1.33, -0.85, say("texts that differ"), ha="center", fontsize=15,
            color=style.SOFT)  # fmt: skip
    ax.set_xlim(0, top * 1.5)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_title(
        say("change of the log-probabilities (root mean square, nats)"),
        loc="left", fontsize=16, pad=22,
    )  # fmt: skip
    said = "; ".join(
        say("{name}: {rmse:.6f}, {differ} texts differ",
            name=say(name), rmse=rmse, differ=_of(differ))
        for name, differ, rmse, _ in rows
    )  # fmt: skip
    return fig, say(
        "Bars by the number of other requests in the batch, everything pinned. {said}.", said=said
    )


def _of(measured: str) -> str:
    some, all_ = measured.split(" of ")
    return say("{some} of {all}", some=int(some), all=int(all_))


def sums() -> tuple[Figure, str]:
    """The same numbers added in float32 in many orders."""
    import numpy as np

    numbers = np.random.default_rng(1).standard_normal(10_000).astype(np.float32)
    order = np.random.default_rng(2)
    totals = [
        float(np.cumsum(order.permutation(numbers), dtype=np.float32)[-1]) for _ in range(400)
    ]
    exact = float(numbers.astype(np.float64).sum())
    fig, ax = style.figure(11.6, 4.6)
    ax.hist(totals, bins=36, color=style.SKY, edgecolor="white")
    ax.axvline(exact, color=style.RED, lw=2.5)
    ax.text(
        exact,
        ax.get_ylim()[1] * 1.02,
        say("exact: {exact:.5f}", exact=exact),
        ha="center",
        va="bottom",
        fontsize=16,
        color="#a8430a",
    )
    ax.set_xlabel(say("sum of the same 10 000 numbers in float32, each time in another order"))
    ax.set_ylabel(say("orders (of 400)"))
    ax.ticklabel_format(useOffset=False)
    ax.tick_params(axis="x", pad=8)
    kinds = len(set(totals))
    return fig, say(
        "A histogram: 400 orders of adding the same 10,000 numbers in float32 give {kinds} "
        "different sums from {low:.5f} to {high:.5f}; the exact one is {exact:.5f}.",
        kinds=kinds, low=min(totals), high=max(totals), exact=exact,
    )  # fmt: skip


def disagreement() -> tuple[Figure, str]:
    """Who disagrees with whom: the same weights through engines and number formats."""
    data = json.loads((DATA / "engines.json").read_text(encoding="utf-8"))
    names, rates = data["names"], data["matrix"]
    fig, ax = style.blank(11.6, 5.6)
    left, size = 2.65, min(0.78, 4.5 / len(names))
    wide = 7.7 / len(names)
    for y, line in enumerate(rates):
        at = 4.55 - size * (y + 1)
        ax.text(left - 0.15, at + size / 2, kept(names[y]), ha="right", va="center", fontsize=14.5)
        for x, rate in enumerate(line):
            face = "#ffffff" if x == y else _shade(rate)
            ax.add_patch(_cell(left + wide * x, at, wide, size, face))
            if x != y:
                ax.text(left + wide * (x + 0.5), at + size / 2, number(100 * rate, ".3g"),
                        ha="center", va="center", fontsize=15)  # fmt: skip
    for x, name in enumerate(names):
        ax.text(left + wide * (x + 0.45), 4.64, kept(name.replace("/", " ")), ha="left",
                va="bottom", fontsize=12.5, rotation=24, rotation_mode="anchor")  # fmt: skip
    pairs = [(rates[y][x], names[y], names[x]) for y in range(len(names)) for x in range(y)]
    rate, one, other = max(pairs)
    return fig, say(
        "A matrix of {ways} ways to run the same weights; each cell: share of {questions} "
        "questions with another answer, in percent. Equal in {equal} of {pairs} pairs; most "
        "between {one} and {other}: {rate:.0%}.",
        ways=len(names), questions=data["questions"], equal=sum(p[0] == 0 for p in pairs),
        pairs=len(pairs), one=one, other=other, rate=rate,
    )  # fmt: skip


def _shade(rate: float) -> str:
    steps = ((0.0, "#dff0e8"), (0.05, "#fbf0d9"), (0.2, "#f9dfd0"), (1.0, "#eeb28f"))
    return next(face for limit, face in steps if rate <= limit)


def causes() -> tuple[Figure, str]:
    """Each cause switched by itself: the share of answers that changed."""
    data = json.loads((DATA / "engines.json").read_text(encoding="utf-8"))
    effects = data["effects"]
    palette = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.SKY, style.RED)
    groups = dict.fromkeys(effect["group"] for effect in effects)
    colours = dict(zip(groups, palette, strict=False))
    fig, ax = style.figure(11.8, 5.6)
    for y, effect in enumerate(effects):
        colour = colours[effect["group"]]
        ax.barh(y, 100 * effect["rate"], color=colour, height=0.72)
        ax.plot([100 * effect["low"], 100 * effect["high"]], [y, y], color=style.INK, lw=1.4)
        ax.text(100 * effect["high"] + 1.2, y, number(100 * effect["rate"], ".3g") + " %",
                va="center", fontsize=13)  # fmt: skip
    ax.set_yticks(
        range(len(effects)),
        [f"{say(e['name'])}  ({say(e['group'])})" for e in effects],
        fontsize=13,
    )
    ax.set_ylim(len(effects) - 0.4, -0.6)
    ax.set_xlim(0, 112)
    ax.set_xlabel(say("answers that changed, in % (line: 95 % interval)"))
    said = ", ".join(f"{say(e['name'])} {number(e['rate'], '.0%')}" for e in effects)
    return fig, say("Bars: one factor switched at a time, {n} questions. {said}.",
                    n=data["questions"], said=said)  # fmt: skip


FIGURES = {
    "answer-tree": tree,
    "settings-grid": settings_grid,
    "crowd": crowd,
    "sums": sums,
    "disagreement": disagreement,
    "causes": causes,
}

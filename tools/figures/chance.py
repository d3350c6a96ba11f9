"""Figures about determinism, drawn from slides/data/chance.json (see tools/figures/measure.py)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from selfhost import show
from selfhost.determinism.tree import Node, answer_tree
from tools.figures import style
from tools.figures.measure import DATA, QUESTIONS, SETTINGS

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
            chance = "" if child.probability is None else f"{child.probability:.0%}  "
            ax.text(x + 0.55, to + 0.13, chance + text, fontsize=14, va="bottom")
            if child.children:
                ax.plot(end, to, "o", color=style.RED, ms=8, zorder=5)
            draw(child, end)

    draw(root, 0.0)
    ax.plot(0, rows[id(root)], "o", color=style.RED, ms=10, zorder=5)
    ax.set_axis_off()
    ax.set_xlim(-0.2, max(ends) + 0.5)
    ax.set_ylim(-len(leaves) + 0.3, 0.8)
    forks = sum(node.forks for _, node in root.walk())
    return fig, (
        f"A tree: {root.count} answers to “Tell me a story.”, first 12 tokens, "
        f"start at one point and "
        f"part at {forks} forks into {len(leaves)} ways; thicker lines were taken "
        f"more often, and each "
        "way shows the probability of its first token."
    )


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
        ax.text(left + width * (x + 0.5), 4.6, question, ha="center", fontsize=15.5)
    for y, (name, line) in enumerate(zip(SETTINGS, counts, strict=True)):
        at = 4.4 - height * (y + 1)
        ax.text(
            left - 0.2,
            at + height / 2,
            name,
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
        f"{s}: {', '.join(map(str, line))}" for s, line in zip(SETTINGS, counts, strict=True)
    )
    return fig, f"A grid: different answers among {repeats} for three questions. {said}."


def _cell(x: float, y: float, w: float, h: float, face: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), w, h, facecolor=face, edgecolor=style.PAPER, linewidth=3)


def crowd() -> tuple[Figure, str]:
    """How log-probabilities move with the company."""
    rows = _data()["crowd"]
    fig, ax = style.figure(11.6, 4.5)
    values = [rmse for _, _, rmse, _ in rows]
    ax.barh(range(len(rows)), values, color=style.ORANGE)
    ax.set_yticks(range(len(rows)), [name for name, *_ in rows], fontsize=17)
    ax.invert_yaxis()
    top = max(values) or 1.0
    for y, (_, differ, rmse, _) in enumerate(rows):
        ax.text(rmse + top * 0.015, y, f"{rmse:.6f}" if rmse else "0", va="center", fontsize=16)
        ax.text(top * 1.33, y, differ, va="center", ha="center", fontsize=16)
    ax.text(top * 1.33, -0.85, "texts that differ", ha="center", fontsize=15, color=style.SOFT)
    ax.set_xlim(0, top * 1.5)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_title(
        "change of the log-probabilities (root mean square, nats)", loc="left", fontsize=16, pad=22
    )
    said = "; ".join(f"{name}: {rmse:.6f}, {differ} texts differ" for name, differ, rmse, _ in rows)
    return fig, f"Bars by the number of other requests in the batch, everything pinned. {said}."


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
        f"exact: {exact:.5f}",
        ha="center",
        va="bottom",
        fontsize=16,
        color="#a8430a",
    )
    ax.set_xlabel("sum of the same 10 000 numbers in float32, each time in another order")
    ax.set_ylabel("orders (of 400)")
    ax.ticklabel_format(useOffset=False)
    kinds = len(set(totals))
    return fig, (
        f"A histogram: 400 orders of adding the same 10,000 numbers in float32 give "
        f"{kinds} different "
        f"sums from {min(totals):.5f} to {max(totals):.5f}; the exact one is {exact:.5f}."
    )


def disagreement() -> tuple[Figure, str]:
    """Who disagrees with whom: the same weights through engines and number formats."""
    data = json.loads((DATA / "engines.json").read_text(encoding="utf-8"))
    names, rates, number = data["names"], data["matrix"], data["questions"]
    fig, ax = style.blank(11.6, 5.6)
    left, size = 2.65, min(0.78, 4.5 / len(names))
    wide = 7.7 / len(names)
    for y, line in enumerate(rates):
        at = 4.55 - size * (y + 1)
        ax.text(left - 0.15, at + size / 2, names[y], ha="right", va="center", fontsize=14.5)
        for x, rate in enumerate(line):
            face = "#ffffff" if x == y else _shade(rate)
            ax.add_patch(_cell(left + wide * x, at, wide, size, face))
            if x != y:
                ax.text(left + wide * (x + 0.5), at + size / 2, f"{100 * rate:.3g}", ha="center",
                        va="center", fontsize=15)  # fmt: skip
    for x, name in enumerate(names):
        ax.text(left + wide * (x + 0.45), 4.64, name.replace("/", " "), ha="left", va="bottom",
                fontsize=12.5, rotation=24, rotation_mode="anchor")  # fmt: skip
    pairs = [(rates[y][x], names[y], names[x]) for y in range(len(names)) for x in range(y)]
    rate, one, other = max(pairs)
    return fig, (
        f"A matrix of {len(names)} ways to run the same weights; each cell: share of {number} "
        f"questions with another answer, in percent. Equal in {sum(p[0] == 0 for p in pairs)} of "
        f"{len(pairs)} pairs; most between {one} and {other}: {rate:.0%}."
    )


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
        ax.text(
            100 * effect["high"] + 1.2, y, f"{100 * effect['rate']:.3g} %", va="center", fontsize=13
        )
    ax.set_yticks(
        range(len(effects)), [f"{e['name']}  ({e['group']})" for e in effects], fontsize=13
    )
    ax.set_ylim(len(effects) - 0.4, -0.6)
    ax.set_xlim(0, 112)
    ax.set_xlabel("answers that changed, in % (line: 95 % interval)")
    said = ", ".join(f"{e['name']} {e['rate']:.0%}" for e in effects)
    return fig, f"Bars: one factor switched at a time, {data['questions']} questions. {said}."


FIGURES = {
    "answer-tree": tree,
    "settings-grid": settings_grid,
    "crowd": crowd,
    "sums": sums,
    "disagreement": disagreement,
    "causes": causes,
}

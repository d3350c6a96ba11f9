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


FIGURES = {"answer-tree": tree, "settings-grid": settings_grid, "crowd": crowd, "sums": sums}

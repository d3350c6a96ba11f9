"""The tree of answers: where repeats of one request part, and how likely each way was."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Node:
    """A run of tokens that all answers through it share, up to the next fork.

    `count` answers pass here; `ends` of them end here. `probability` is the model's own for the
    first token of the run given everything before it (None for the root, or when not told).
    """

    text: str = ""
    count: int = 0
    ends: int = 0
    probability: float | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def forks(self) -> bool:
        """Whether the answers part after this run."""
        return len(self.children) + (self.ends > 0) > 1

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Node]]:
        """This node and all below, with their depth, the most travelled way first."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)


def answer_tree(rows: Sequence[dict[str, Any]]) -> Node:
    """The prefix tree of the rows' `tokens`, with straight runs joined into one node.

    `logprobs` give the probability of each way at a fork. Answers that never part give a single
    node below the root.
    """
    sequences = [
        (list(row["tokens"]), list(row.get("logprobs") or [])) for row in rows if row["tokens"]
    ]
    root = Node(count=len(sequences))
    root.children = _children(sequences, 0)
    return root


Sequences = list[tuple[list[str], list[float]]]


def _children(sequences: Sequences, at: int) -> list[Node]:
    ways: dict[str, Sequences] = {}
    for tokens, logprobs in sequences:
        if at < len(tokens):
            ways.setdefault(tokens[at], []).append((tokens, logprobs))
    nodes = [_run(group, at) for group in ways.values()]
    return sorted(nodes, key=lambda node: (-node.count, node.text))


def _run(group: Sequences, at: int) -> Node:
    """Follow the group as long as all its answers agree."""
    end = at
    while True:
        end += 1
        following = {tokens[end] if end < len(tokens) else None for tokens, _ in group}
        if len(following) > 1 or None in following:
            break
    tokens, logprobs = group[0]
    node = Node(
        text="".join(tokens[at:end]),
        count=len(group),
        ends=sum(len(each) == end for each, _ in group),
        probability=math.exp(logprobs[at]) if at < len(logprobs) else None,
    )
    node.children = _children(group, end)
    return node


def as_text(root: Node, width: int = 60) -> str:
    """The tree as indented lines: count, probability at the fork, text."""
    lines = []
    for depth, node in root.walk():
        if depth == 0:
            lines.append(f"{node.count} answers")
            continue
        likely = "" if node.probability is None else f" p={node.probability:.2f}"
        text = node.text.replace("\n", "⏎")
        short = text if len(text) <= width else text[: width - 1] + "…"
        lines.append(f"{'   ' * (depth - 1)}└─ {node.count}×{likely}  {short!r}")
    return "\n".join(lines)


def _middle_out(text: str) -> str:
    """The text with its middle left out, between words where it has any."""
    if len(text) <= 34:
        return text
    first, last = text[:16], text[-15:]
    if " " in first and " " in last:
        first, last = first.rpartition(" ")[0], last.partition(" ")[2]
    return f"{first} … {last}"


def picture(root: Node, title: str = "Tree of answers") -> Any:
    """A matplotlib figure: one line per way, as thick as it was travelled; forks are dots."""
    from matplotlib.ticker import MaxNLocator

    from selfhost import show

    leaves = [node for _, node in root.walk() if not node.children] or [root]
    figure, axes = show.figure(10, 0.6 + 0.42 * len(leaves))
    rows = {id(leaf): -float(number) for number, leaf in enumerate(leaves)}

    def place(node: Node) -> float:
        if id(node) not in rows:
            heights = [place(child) for child in node.children]
            rows[id(node)] = sum(heights) / len(heights)
        return rows[id(node)]

    place(root)

    def draw(node: Node, x: float) -> None:
        y = rows[id(node)]
        for child in node.children:
            to_y, end = rows[id(child)], x + 1
            axes.plot([x, x + 0.35, end], [y, to_y, to_y], color=show.COLOURS["blue"], alpha=0.7,
                      lw=0.8 + 5 * child.count / root.count, solid_capstyle="round")  # fmt: skip
            likely = "" if child.probability is None else f"  p = {child.probability:.2f}"
            text = show.plain(child.text.strip().replace("\n", " "))
            short = _middle_out(text)
            axes.text(x + 0.38, to_y + 0.12, f"{child.count}×{likely}   {short}", fontsize=8,
                      va="bottom")  # fmt: skip
            if child.children:
                axes.plot(end, to_y, "o", color=show.COLOURS["red"], ms=6)
            draw(child, end)

    draw(root, 0.0)
    show.head(axes, title)
    axes.set_xlabel("forks passed")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylim(-len(leaves) + 0.4, 0.8)
    return figure

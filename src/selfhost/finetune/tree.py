"""A model's tree, from the files' own metadata: base, adapter, merge, quantization.

The hub draws it from `base_model` in model cards; a GGUF has `general.base_model.*`, and peft's
adapter names its base in adapter_config.json. What a file does not say is not guessed: a GGUF with
the name of another is its quantization only if both hold the same name and other tensor types.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selfhost import weights
from selfhost.errors import KitError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: What a file is to its parent, in the hub's words.
RELATIONS = ("base", "finetune", "adapter", "merge", "quantized", "conversion")


@dataclass(frozen=True)
class Node:
    """One file or folder. `says`: the metadata that put it where it is."""

    name: str
    relation: str
    parent: str | None
    licence: str
    says: str
    path: Path = field(compare=False)
    detail: str = ""


def read(path: Path) -> Node:
    """The node of a GGUF, a peft folder or a safetensors folder. Raises `KitError`."""
    if path.is_dir():
        return _adapter_folder(path) if (path / "adapter_config.json").is_file() else _folder(path)
    info = weights.read_gguf(path)
    name = str(info.metadata.get("general.name", path.stem))
    licence = str(info.metadata.get("general.license", ""))
    parents = [
        str(info.metadata.get(f"general.base_model.{i}.name", ""))
        for i in range(int(info.metadata.get("general.base_model.count", 0) or 0))
    ]
    kind = _main_type(info)
    if info.metadata.get("general.type") == "adapter":
        return Node(name, "adapter", parents[0] if parents else None, licence,
                    "general.type = adapter, general.base_model.0.name", path, "GGUF")  # fmt: skip
    if parents:
        # A merge names all that went into it, the base first; the last one stands nearest to it.
        relation = "merge" if len(parents) > 1 else "finetune"
        says = "general.base_model.*.name = " + " + ".join(parents)
        return Node(name, relation, parents[-1], licence, says, path, f"GGUF {kind}")
    return Node(name, "base", None, licence, "general.name", path, f"GGUF {kind}")


def _main_type(info: weights.GGUFInfo) -> str:
    sizes: dict[str, int] = {}
    for tensor in info.tensors:
        sizes[tensor.type] = sizes.get(tensor.type, 0) + tensor.bytes
    return max(sizes, key=sizes.__getitem__) if sizes else "empty"


def _adapter_folder(path: Path) -> Node:
    try:
        config = json.loads((path / "adapter_config.json").read_text(encoding="utf-8"))
        parent = str(config["base_model_name_or_path"]).replace("\\", "/").rstrip("/")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KitError(f"{path.name} names no base model in adapter_config.json.") from error
    head = _card(path)
    return Node(f"{path.name}", "adapter", parent.rsplit("/", 1)[-1], head.get("license", ""),
                "base_model_name_or_path in adapter_config.json", path, "peft")  # fmt: skip


def _folder(path: Path) -> Node:
    if not (path / "config.json").is_file():
        raise KitError(f"{path.name} is neither a model's folder nor an adapter's.")
    head = _card(path)
    parent = head.get("base_model")
    relation = head.get("base_model_relation", "finetune") if parent else "base"
    return Node(path.name, relation, parent and str(parent).rsplit("/", 1)[-1],
                head.get("license", ""), "base_model in README.md" if parent else "no base_model",
                path, "safetensors")  # fmt: skip


def _card(path: Path) -> dict[str, Any]:
    """The head of a model card: flat `key: value` lines between two `---`."""
    try:
        lines = (path / "README.md").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    if not lines or lines[0].strip() != "---" or "---" not in [s.strip() for s in lines[1:]]:
        return {}
    end = [line.strip() for line in lines[1:]].index("---") + 1
    pairs = (line.partition(":") for line in lines[1:end] if not line.startswith((" ", "-")))
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs if value.strip()}


def tree(paths: Iterable[Path]) -> list[Node]:
    """All nodes, each with its parent among them; a second file of a name hangs on the first.

    A GGUF of a name that a folder has is its conversion; a GGUF of a name that another GGUF has,
    with other tensor types, is its quantization. The order of `paths` decides which is first.
    """
    nodes: list[Node] = []
    for path in paths:
        node = read(path)
        twin = next((n for n in nodes if n.name == node.name), None)
        if twin is not None:
            relation = "conversion" if twin.detail in ("peft", "safetensors") else "quantized"
            label = f"{node.name} ({node.detail.removeprefix('GGUF ')})"
            node = Node(label, relation, twin.name, node.licence,
                        f"the same general.name; {node.detail}", path, node.detail)  # fmt: skip
        nodes.append(node)
    return nodes


def lines(nodes: list[Node]) -> list[str]:
    """The tree as text, children indented below their parent."""
    names = {node.name for node in nodes}
    found: list[str] = []

    def walk(parent: str | None, depth: int) -> None:
        for node in nodes:
            top = node.parent is None or node.parent not in names
            if (top and parent is None) or (not top and node.parent == parent):
                mark = "" if depth == 0 else "└─ "
                missing = f" of {node.parent} (not here)" if node.parent and top else ""
                found.append(f"{'   ' * max(0, depth - 1)}{mark}{node.name}: {node.relation}"
                             f"{missing}, {node.detail}, {node.licence or 'licence not stated'}"
                             f"   [{node.says}]")  # fmt: skip
                if depth < 10 and node.name != parent:
                    walk(node.name, depth + 1)

    walk(None, 0)
    return found


def draw(nodes: list[Node]) -> Figure:
    """The tree as boxes, from left to right."""
    from selfhost import show

    names = {node.name for node in nodes}
    colour = dict(zip(RELATIONS, ("blue", "sky", "orange", "green", "purple", "yellow"),
                      strict=True))  # fmt: skip
    places: dict[str, tuple[float, float]] = {}
    row = 0.0

    def place(node: Node, depth: int) -> float:
        nonlocal row
        children = [n for n in nodes if n.parent == node.name and n is not node]
        heights = [place(child, depth + 1) for child in children] if depth < 10 else []
        if not heights:
            heights = [row]
            row += 1
        places[node.name] = (depth, sum(heights) / len(heights))
        return places[node.name][1]

    for node in nodes:
        if node.parent is None or node.parent not in names:
            place(node, 0)
    deepest = max(depth for depth, _ in places.values())
    fig, ax = show.figure(2.5 * (deepest + 1), 0.5 + 0.9 * row)
    for node in nodes:
        x, y = places[node.name]
        if node.parent in places:
            px, py = places[node.parent or ""]
            ax.plot([px, x], [py, y], color="black", linewidth=1, zorder=1)
        name = node.name.replace(" (", "\n(")  # long names in two lines, so that letters stay large
        ax.text(x, y, f"{name}\n{node.relation} · {node.detail}", ha="center", va="center",
                fontsize=10.5, zorder=2, bbox={"boxstyle": "round,pad=0.4", "facecolor": "white",
                "edgecolor": show.COLOURS[colour[node.relation]], "linewidth": 2})  # fmt: skip
    ax.set_xlim(-0.55, deepest + 0.55)
    ax.set_ylim(row - 0.4, -0.6)
    ax.set_axis_off()
    return fig

"""Figures about openness: classes, aspects, the catalogue. All verdicts come from the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selfhost.openness import ASPECTS, CLASSES, judge, release
from selfhost.openness.catalogue import find, select
from selfhost.openness.components import components
from selfhost.openness.pictures import SIGNS, by_openness
from tools.figures import style
from tools.figures.words import kept, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What each class gives beyond the one before, in the words of the workshop.
GIVES = {
    "behind-app": "a model inside\nan application",
    "directly accessible": "an API that\nyour program calls",
    "available weights": "the weights,\nunder conditions",
    "open weight": "weights without\nconditions of use",
    "open source": "training code and\na description of it",
    "reproducible": "the data and what\nprepared it",
}
_CODE = ["architecture", "training_code", "inference_code", "technical_report", "data_card"]
TYPICAL = {
    "behind-app": release("app", reach=["app"]),
    "directly accessible": release("api", reach=["api"]),
    "available weights": release("c", ["parameters_final"], licence="LicenseRef-llama-3"),
    "open weight": release("w", ["parameters_final"], licence="Apache-2.0"),
    "open source": release("s", ["parameters_final", *_CODE], licence="Apache-2.0"),
    "reproducible": release(
        "r", ["parameters_final", *_CODE, "datasets", "preprocessing_code"], licence="MIT"
    ),
}
# How much of an aspect a value grants: for the shade only, the words stand in each cell.
_SHADE = {
    "none": 0, "app-defined": 1, "API restrictions": 1, "with conditions": 2,
    "study restricted": 2, "detailed study restricted": 3, "partial": 3,
    "as you want": 4, "deep": 4, "complete": 4,
}  # fmt: skip
_FACES = ["#f3e3da", "#f6ecd2", "#dcebf4", "#a9d0e8", style.BLUE]


def staircase() -> tuple[Figure, str]:
    """The six classes as steps."""
    fig, ax = style.blank(11.6, 5.5)
    for n, name in enumerate(CLASSES):
        x, top = 0.15 + 1.89 * n, 1.55 + 0.66 * n
        face = [*_FACES[:4], "#4b9fcf", style.BLUE][n]
        ax.bar(x + 0.9, top, 1.8, color=face, edgecolor="white", linewidth=2)
        ink = "white" if n == 5 else style.INK
        ax.text(x + 0.9, top - 0.14, say(GIVES[name]), ha="center", va="top", fontsize=14,
                color=ink, linespacing=1.3)  # fmt: skip
        ax.text(
            x + 0.9, top + 0.12, say(name), ha="center", va="bottom", fontsize=14.5,
            weight="semibold", linespacing=1.15,
        )  # fmt: skip
        ax.text(x + 0.9, 0.22, str(n + 1), ha="center", fontsize=24, weight="semibold", color=ink,
                alpha=0.85)  # fmt: skip
    said = "; ".join(f"{n}, {say(c)}: {say(GIVES[c])}" for n, c in enumerate(CLASSES, 1))
    return fig, say(
        "Six steps, each higher than the one before and including it. {said}.", said=said
    )


def aspects() -> tuple[Figure, str]:
    """The five aspects of a typical member of each class, as the rules derive them."""
    rows = {name: judge(member).aspects for name, member in TYPICAL.items()}
    fig, ax = style.blank(11.6, 5.4)
    left, width, height = 2.35, 1.83, 0.74
    for x, aspect in enumerate(ASPECTS):
        ax.text(left + width * (x + 0.5), 4.88, say(aspect), ha="center", va="baseline",
                fontsize=16, weight="semibold", linespacing=1.1)  # fmt: skip
    for y, (name, row) in enumerate(rows.items()):
        bottom = 4.72 - height * (y + 1)
        ax.text(left - 0.2, bottom + height / 2, say(name), ha="right", va="center", fontsize=16,
                weight="semibold", linespacing=1.15)  # fmt: skip
        for x, (aspect, value) in enumerate(row.items()):
            level = _SHADE[value]
            ax.add_patch(_cell(left + width * x, bottom, width, height, _FACES[level]))
            shown = value.replace("detailed study ", "detailed study\n").replace("API r", "API\nr")
            ax.text(left + width * (x + 0.5), bottom + height / 2, say(shown, aspect), ha="center",
                    va="center", fontsize=14,
                    color="white" if level == 4 else style.INK)  # fmt: skip
    said = "; ".join(
        f"{say(name)}: {', '.join(say(value, aspect) for aspect, value in row.items())}"
        for name, row in rows.items()
    )
    return fig, say("A table of six classes by five aspects ({aspects}). {said}.",
                    aspects=", ".join(map(say, ASPECTS)), said=said)  # fmt: skip


def _cell(x: float, y: float, w: float, h: float, face: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), w, h, facecolor=face, edgecolor=style.PAPER, linewidth=3)


_SHORT = {
    "Model parameters (Final)": "Final parameters",
    "Model parameters (Intermediate)": "Intermediate parameters",
    "Model architecture": "Architecture",
    "Supporting libraries and tools": "Libraries and tools",
    "Data preprocessing code": "Preparation code",
    "Sample model outputs": "Sample outputs",
    "Model metadata": "Metadata",
}


def heat_map() -> tuple[Figure, str]:
    """Language models by components: who publishes what."""
    from collections import Counter

    entries = [e for e in select(kind="model") if e.row.modality in ("text", "code", "multimodal")]
    rows, columns = by_openness(entries), list(components().values())
    states = [entry.verdict().states for entry in rows]
    fig, ax = style.blank(11.9, 6.0)
    left, width, height, top = 1.75, 0.455, 4.36 / len(rows), 4.42
    for y, entry in enumerate(rows):
        bottom = top - height * (y + 1)
        ax.text(left - 0.1, bottom + height / 2, kept(entry.row.name), ha="right", va="center",
                fontsize=12)  # fmt: skip
        for x, component in enumerate(columns):
            status = states[y][component.id].status
            colour, sign, _ = SIGNS[status]
            ax.add_patch(_cell(left + width * x, bottom, width, height, colour))
            ink = "white" if status in ("open", "absent") else style.INK
            ax.text(left + width * (x + 0.5), bottom + height / 2, sign, ha="center", va="center",
                    fontsize=10, color=ink, family="DejaVu Sans")  # fmt: skip
    for x, component in enumerate(columns):
        name = _SHORT.get(component.name, component.name)
        ax.text(left + width * (x + 0.5) - 0.05, top + 0.08, say(name), rotation=42,
                ha="left", va="bottom", fontsize=12, rotation_mode="anchor")  # fmt: skip
    side = left + width * len(columns) + 0.22
    for n, key in enumerate(("open", "restricted", "unclear", "absent", "unknown")):
        colour, sign, words = SIGNS[key]
        at = 2.9 - 0.5 * n
        ax.add_patch(_cell(side, at - 0.14, 0.36, 0.28, colour))
        ax.text(side + 0.18, at, sign, ha="center", va="center", fontsize=10, family="DejaVu Sans",
                color="white" if key in ("open", "absent") else style.INK)  # fmt: skip
        words = {"unclear": "published, licence unclear", "unknown": "not known"}.get(key, words)
        ax.text(side + 0.48, at, say(words.replace(", ", ",\n", 1)), va="center", fontsize=12.5,
                linespacing=1.1)  # fmt: skip
    total = Counter(state.status for row in states for state in row.values())
    names = [entry.row.name for entry in rows]
    data = [name for name, row in zip(names, states, strict=True) if row["datasets"].published]
    return fig, say(
        "A grid of {models} models by {parts} components. {weights} models publish their final "
        "parameters, {count} publish training data ({data}). Of all {cells} cells, {open} are "
        "open, {restricted} published with conditions, {unclear} published without a known "
        "licence, {absent} not published, {unknown} not known.",
        models=len(rows), parts=len(columns), count=len(data), data=", ".join(map(kept, data)),
        weights=sum(row["parameters_final"].published for row in states),
        cells=sum(total.values()), open=total["open"], restricted=total["restricted"],
        unclear=total["unclear"] + total["unlicensed"], absent=total["absent"],
        unknown=total["unknown"],
    )  # fmt: skip


DARK = ("open source", "reproducible")  # the most open: bars with white figures on them


def modalities() -> tuple[Figure, str]:
    """The catalogue's models by modality and derived class."""
    from collections import Counter

    entries = list(select(kind="model"))
    counts = Counter((e.row.modality, e.derived) for e in entries)
    order = [m for m, _ in Counter(e.row.modality for e in entries).most_common()]
    shown = [c for c in CLASSES if any(counts[m, c] for m in order)]
    colours = dict(zip(CLASSES, ["#999999", style.PURPLE, style.ORANGE, style.SKY, style.BLUE,
                                 style.GREEN], strict=True))  # fmt: skip
    fig, ax = style.figure(11.6, 5.4)
    left = [0] * len(order)
    for name in shown:
        values = [counts[m, name] for m in order]
        ax.barh(range(len(order)), values, left=left, label=say(name), color=colours[name],
                edgecolor="white")  # fmt: skip
        for y, (start, value) in enumerate(zip(left, values, strict=True)):
            if value:
                ax.text(start + value / 2, y, str(value), ha="center", va="center", fontsize=14,
                        color="white" if name in DARK else "black")  # fmt: skip
        left = [a + b for a, b in zip(left, values, strict=True)]
    ax.set_yticks(range(len(order)), [say(m) for m in order], fontsize=16)
    ax.invert_yaxis()
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel(say("models in the workshop's catalogue"))
    ax.legend(frameon=False, fontsize=15, loc="lower right", title=say("class by our rules"))
    said = "; ".join(
        f"{say(m)}: " + ", ".join(f"{counts[m, c]} {say(c)}" for c in CLASSES if counts[m, c])
        for m in sorted(order)
    )
    return fig, say("Stacked bars, one per modality, by derived class. {said}.", said=said)


DEFINED = ("llama-3", "gemma-3", "deepseek", "qwen3", "gpt-oss", "apertus", "olmo-2", "aprendiz")


def definitions() -> tuple[Figure, str]:
    """Some models under three definitions of openness."""
    lines = []
    for name in DEFINED:
        entry = find(name)
        assert entry is not None, name
        verdict = entry.verdict()
        osaid = {True: "yes", False: "no", None: "not known"}[verdict.osaid.answer]
        framework = f"class {verdict.mof.name}" if verdict.mof.name else "none"
        spectrum = verdict.spectrum.name or "none"
        goods = (False, spectrum in DARK, framework != "none", osaid == "yes")
        shown = (kept(entry.row.name), say(spectrum), say(framework), say(osaid))
        lines.append((goods, shown))
    fig, ax = style.blank(11.6, 5.3)
    columns = (
        "model",
        "the workshop's spectrum",
        "Model Openness\nFramework",
        "OSI's definition\n1.0",
    )
    places = (0.25, 3.1, 6.6, 9.4)
    for x, words in zip(places, columns, strict=True):
        ax.text(x, 4.68, say(words), fontsize=16, weight="semibold", va="baseline", linespacing=1.2)
    for y, (goods, line) in enumerate(lines):
        at = 4.22 - 0.54 * y
        if y % 2 == 0:
            ax.add_patch(_cell(0.05, at - 0.27, 11.5, 0.54, "#eef2f4"))
        for x, words, good in zip(places, line, goods, strict=True):
            ax.text(x, at, ("● " if good else "") + words, fontsize=16, va="center",
                    weight="semibold" if x < 1 or good else "normal",
                    color=style.INK if x < 1 or not good else "#005a92")  # fmt: skip
    said = "; ".join(
        say("{model}: spectrum {spectrum}, MOF {mof}, OSI {osi}", model=a, spectrum=b, mof=c, osi=d)
        for _, (a, b, c, d) in lines
    )
    return fig, say(
        "A table of {n} models under three definitions. {said}.", n=len(lines), said=said
    )


FIGURES = {
    "staircase": staircase,
    "aspects": aspects,
    "heat-map": heat_map,
    "modalities": modalities,
    "definitions": definitions,
}

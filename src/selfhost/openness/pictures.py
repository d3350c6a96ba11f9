"""Pictures of the catalogue: who publishes what, classes by modality, licence families over time.

Colours are those of `selfhost.show`, and each cell or mark also has a sign, so that no picture
speaks through colour alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from .. import show
from .catalogue import Entry
from .classes import CLASSES
from .components import components

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# status -> (colour, sign, what it means)
SIGNS = {
    "open": (show.COLOURS["blue"], "●", "published, open licence"),
    "restricted": (show.COLOURS["orange"], "◐", "published, with conditions"),
    "unlicensed": (show.COLOURS["yellow"], "○", "published, no licence"),
    "unclear": (show.COLOURS["yellow"], "○", "published, licence not known"),
    "absent": ("#444444", "–", "not published"),
    "unknown": ("#e6e6e6", "", "not known (empty)"),
}


def by_openness(entries: Sequence[Entry]) -> list[Entry]:
    """Most open first: by derived class, then by the number of open parts."""

    def key(entry: Entry) -> tuple[int, int, str]:
        verdict = entry.verdict()
        place = -1 if verdict.spectrum.name is None else CLASSES.index(verdict.spectrum.name)
        opened = sum(state.open for state in verdict.states.values())
        return (-place, -opened, entry.row.name)

    return sorted(entries, key=key)


def heat_map(entries: Sequence[Entry]) -> Figure:
    """Models (rows) by components (columns): what is published, and under what kind of terms."""
    rows = by_openness(entries)
    columns = list(components().values())
    fig, ax = show.figure(8.0, 1.8 + 0.235 * len(rows))
    for y, entry in enumerate(rows):
        states = entry.verdict().states
        for x, component in enumerate(columns):
            colour, sign, _ = SIGNS[states[component.id].status]
            ax.add_patch(_cell(x, y, colour))
            ink = "black" if states[component.id].status in ("unknown", "unclear", "unlicensed",
                                                             "restricted") else "white"  # fmt: skip
            ax.text(x, y, sign, ha="center", va="center", fontsize=8, color=ink)
    ax.set_xlim(-0.5, len(columns) - 0.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xticks(range(len(columns)), [c.name for c in columns], rotation=55, ha="right",
                  fontsize=8)  # fmt: skip
    ax.set_yticks(range(len(rows)), [show.plain(e.row.name) for e in rows], fontsize=8)
    ax.tick_params(length=0)
    for at in (6.5, 11.5):  # where the MOF's classes III, II and I begin
        ax.axvline(at, color="black", linewidth=1.5)
    show.head(ax, "Who publishes what (columns: MOF class III | II | I)")
    kinds = [SIGNS[k] for k in ("open", "restricted", "unclear", "absent", "unknown")]
    handles = [_cell(0, 0, colour) for colour, _, _ in kinds]
    labels = [f"{sign} {meaning}".strip() for _, sign, meaning in kinds]
    labels[2] = "○ published, licence unknown or none"
    fig.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    return fig


def _cell(x: int, y: int, colour: str) -> object:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor="white")


def heat_map_words(entries: Sequence[Entry]) -> str:
    """The heat map in words: counts, not impressions."""
    total = Counter(s.status for e in entries for s in e.verdict().states.values())
    cells = sum(total.values())
    weights = sum(e.verdict().states["parameters_final"].published for e in entries)
    data = [e.row.name for e in entries if e.verdict().states["datasets"].published]
    return (
        f"A grid of {len(entries)} models by {len(components())} components. {weights} models "
        f"publish their final parameters, {len(data)} publish training data ({', '.join(data)}). "
        f"Of all {cells} cells, {total['open']} are open, {total['restricted']} published with "
        f"conditions, {total['unclear'] + total['unlicensed']} published without a known licence, "
        f"{total['absent']} not published, {total['unknown']} not known."
    )


def class_by_modality(entries: Sequence[Entry]) -> Figure:
    """How many models of each modality reach which class."""
    models = [e for e in entries if e.row.kind == "model"]
    modalities = sorted({e.row.modality for e in models})
    counts = Counter((e.row.modality, e.derived) for e in models)
    classes = [name for name in CLASSES if any(counts[m, name] for m in modalities)]
    colours = ["#999999", show.COLOURS["purple"], show.COLOURS["orange"], show.COLOURS["sky"],
               show.COLOURS["blue"], show.COLOURS["green"]]  # fmt: skip
    fig, ax = show.figure(8.2, 1.5 + 0.36 * len(modalities))
    left = [0] * len(modalities)
    for name in classes:
        values = [counts[m, name] for m in modalities]
        ax.barh(range(len(modalities)), values, left=left, label=name, edgecolor="white",
                color=colours[CLASSES.index(name)])  # fmt: skip
        for y, (start, value) in enumerate(zip(left, values, strict=True)):
            if value:
                ink = "white" if name == "open source" else "black"
                ax.text(start + value / 2, y, str(value), ha="center", va="center", fontsize=9,
                        color=ink)  # fmt: skip
        left = [a + b for a, b in zip(left, values, strict=True)]
    ax.set_yticks(range(len(modalities)), modalities)
    ax.invert_yaxis()
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("number of models in the catalogue")
    show.head(ax, "Derived class by modality")
    ax.legend(fontsize=8, frameon=False, loc="lower right")
    return fig


def class_by_modality_words(entries: Sequence[Entry]) -> str:
    """The same in words."""
    models = [e for e in entries if e.row.kind == "model"]
    parts = []
    for modality in sorted({e.row.modality for e in models}):
        counts = Counter(e.derived for e in models if e.row.modality == modality)
        said = ", ".join(f"{counts[c]} {c}" for c in CLASSES if counts[c])
        parts.append(f"{modality}: {said}")
    return "Stacked bars, one per modality, by derived class. " + "; ".join(parts) + "."


def families_over_time(entries: Sequence[Entry]) -> Figure:
    """When a model was looked at, and the family of its licence: one mark per model."""
    models = [e for e in entries if e.row.kind == "model"]
    families = [name for name, _ in Counter(e.terms.family for e in models).most_common()]
    fig, ax = show.figure(8.4, 1.6 + 0.3 * len(families))
    seen: Counter[tuple[str, date]] = Counter()
    for entry in sorted(models, key=lambda e: e.row.date):
        year, month = (int(part) for part in entry.row.date.split("-")[:2])
        when, family = date(year, month, 15), entry.terms.family
        offset = 0.16 * ((seen[family, when] + 1) // 2) * (-1) ** seen[family, when]
        seen[family, when] += 1
        opened = entry.terms.open
        ax.plot([when], [families.index(family) + offset],  # type: ignore[list-item]
                marker="o" if opened else "s" if opened is False else "x", linestyle="",
                markersize=6.5, color=show.COLOURS["blue" if opened else "orange"],
                markeredgecolor="white" if opened is not None else None)  # fmt: skip
    ax.set_yticks(range(len(families)), families)
    ax.invert_yaxis()
    ax.set_xlabel("month of the statement")
    show.head(ax, "Licence families (circle: open; square: conditions; cross: unknown)")
    fig.autofmt_xdate(rotation=30)
    return fig


def families_words(entries: Sequence[Entry]) -> str:
    """The same in words."""
    models = [e for e in entries if e.row.kind == "model"]
    counts = Counter(e.terms.family for e in models)
    said = ", ".join(f"{name} {number}" for name, number in counts.most_common())
    opened = sum(bool(e.terms.open) for e in models)
    return (
        f"One mark per model, placed by the month of the statement and the family of its licence. "
        f"Families by number of models: {said}. {opened} of {len(models)} models have an open "
        "licence for their weights."
    )

"""The workshop's catalogue: what was named there, with sources, and what our rules make of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from ..errors import KitError
from ..paths import shipped_models
from .catalogue_schema import UNKNOWN, Row
from .components import components
from .facts import NOT_KNOWN, Item, Release
from .findings import Finding
from .licences import Terms, terms
from .resources import load_data
from .verdict import Verdict, judge

# Kinds that have a model to reach or run; the others are judged by their licence alone.
WITH_MODEL = ("model", "service")


@dataclass(frozen=True)
class Entry:
    """One entry: the row of the file, and what follows from it."""

    row: Row

    @property
    def id(self) -> str:
        """The entry's id."""
        return self.row.id

    @property
    def terms(self) -> Terms:
        """What the entry's main licence grants."""
        return terms(NOT_KNOWN if self.row.licence == UNKNOWN else self.row.licence)

    @cached_property
    def release(self) -> Release:
        """The facts for the rules: what is not written down is unknown, not absent."""
        row, source = self.row, self.row.sources[0].url
        items = []
        for key in components():
            present = True if key in row.published else False if key in row.withheld else None
            items.append(Item(key, present, row.licences.get(key), "", source))
        licence = NOT_KNOWN if row.licence == UNKNOWN else row.licence
        return Release(row.name, row.producer, "", row.date, frozenset(row.reach), tuple(items),
                       {"distribution": licence})  # fmt: skip

    def verdict(self) -> Verdict:
        """The rules' verdict, with the entry's sources as evidence.

        A model that ships with the kit is audited file by file instead.
        """
        if self.row.shipped and (shipped_models() / self.row.shipped).is_dir():
            from .audit import audit

            return audit(shipped_models() / self.row.shipped)
        evidence = tuple(
            Finding("evidence", True, f"{s.says} ({s.basis}, {s.date})", (), self.row.licence,
                    s.url, s.url)
            for s in self.row.sources
        )  # fmt: skip
        return judge(self.release, evidence)

    @cached_property
    def derived(self) -> str:
        """The class (models, services) or the openness of the licence (everything else)."""
        if self.row.kind in WITH_MODEL:
            verdict = self.verdict() if self.row.shipped else judge(self.release)
            return verdict.spectrum.name or UNKNOWN
        if self.terms.open is None:
            return UNKNOWN
        noun = "data" if self.row.kind == "dataset" else "software"
        return f"open {noun}" if self.terms.open else "not open"

    @property
    def differs(self) -> bool:
        """True when the workshop's class and the derived one part."""
        return self.row.workshop_class is not None and self.row.workshop_class != self.derived

    def as_row(self) -> dict[str, Any]:
        """The entry as a flat row for tables."""
        row = self.row
        return {
            "id": row.id,
            "name": row.name,
            "kind": row.kind,
            "modality": row.modality,
            "producer": row.producer,
            "licence": row.licence,
            "family": self.terms.family,
            "derived": self.derived,
            "workshop": row.workshop_class or "",
            "billions": None if row.parameters == UNKNOWN else [s.billions for s in row.parameters
                                                                if not isinstance(s, str)],
            "date": row.date,
            "url": row.url,
            "note": row.note,
        }  # fmt: skip


@cache
def catalogue() -> dict[str, Entry]:
    """All entries by id, validated. KitError if the file of the package is damaged."""
    from pydantic import ValidationError

    found: dict[str, Entry] = {}
    for raw in load_data("catalogue.yaml")["entries"]:
        try:
            row = Row.model_validate(raw)
        except ValidationError as why:
            first = why.errors()[0]
            where = ".".join(str(step) for step in first["loc"])
            raise KitError(f"catalogue.yaml, entry {raw.get('id')}, {where}: {first['msg']}.",
                           "git checkout src/selfhost/data/catalogue.yaml") from None  # fmt: skip
        if row.id in found:
            raise KitError(f"catalogue.yaml has two entries called {row.id}.", "rename one")
        found[row.id] = Entry(row)
    return found


def find(name: str) -> Entry | None:
    """An entry by id or name; capitals do not matter."""
    wanted = name.strip().lower()
    for entry in catalogue().values():
        if wanted in (entry.id, entry.row.name.lower()):
            return entry
    return None


def select(*, kind: str = "", modality: str = "", text: str = "", derived: str = "") -> list[Entry]:
    """Entries that match every given filter; `text` is searched in all fields."""
    needle = text.strip().lower()
    return [
        entry
        for entry in catalogue().values()
        if (not kind or entry.row.kind == kind)
        and (not modality or entry.row.modality == modality)
        and (not derived or entry.derived == derived)
        and (not needle or needle in " ".join(str(v) for v in entry.as_row().values()).lower())
    ]


def differences(entries: Iterable[Entry] | None = None) -> list[dict[str, str]]:
    """Every entry whose class in the workshop is not the derived one, and what is missing."""
    found = []
    for entry in entries if entries is not None else catalogue().values():
        if not entry.differs:
            continue
        verdict = entry.verdict()
        found.append({
            "id": entry.id,
            "name": entry.row.name,
            "workshop": entry.row.workshop_class or "",
            "derived": entry.derived,
            "why": "; ".join(f.text for f in verdict.spectrum.missing()),
        })
    return found

"""The lessons of this checkout: what each is about, how long it takes, what it needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from selfhost import show
from selfhost.paths import kit_root


@dataclass(frozen=True)
class Lesson:
    """One notebook or lab. `minutes` include a lab's exercises; `path` is from the kit's root."""

    path: str
    title: str
    minutes: int
    needs: tuple[str, ...]
    then: str = ""  # the name of the lesson that follows, without `.ipynb`

    @property
    def number(self) -> str:
        """`01` for a notebook, `lab 1` for a lab."""
        name = Path(self.path).name.partition("_")[0]
        return name.replace("lab", "lab ")


def lessons(root: Path | None = None) -> list[Lesson]:
    """Every lesson in teaching order: each leads to its `next`. Other files are left out."""
    found = []
    base = root or kit_root()
    for folder, pattern in (("notebooks", "[0-9][0-9]_*.ipynb"), ("labs", "lab*.ipynb")):
        for file in sorted((base / folder).glob(pattern)):
            try:
                kit = json.loads(file.read_text(encoding="utf-8"))["metadata"]["kit"]
                minutes = int(kit["minutes"]) + int(kit.get("exercises") or 0)
                found.append(
                    Lesson(f"{folder}/{file.name}", kit["title"], minutes, tuple(kit["needs"]),
                           str(kit.get("next") or ""))
                )  # fmt: skip
            except (KeyError, TypeError, ValueError):
                continue  # a notebook of the reader's own beside ours
    return _in_order({Path(each.path).stem: each for each in found})


def _in_order(found: dict[str, Lesson]) -> list[Lesson]:
    """The chain from the first lesson on; what no lesson leads to stands at the end."""
    ordered: dict[str, Lesson] = {}
    name = next(iter(found), "")
    while name in found and name not in ordered:
        ordered[name] = found[name]
        name = found[name].then
    return list((ordered | found).values())


def table(root: Path | None = None) -> show.Table:
    """The lessons as a table, with links from a notebook in `notebooks/`."""
    listed = lessons(root)
    return show.table(
        [
            (each.number, each.title, f"{each.minutes} min", ", ".join(each.needs))
            for each in listed
        ],
        ["", "lesson", "time", "needs"],
        links={each.title: f"../{each.path}" for each in listed},
    )

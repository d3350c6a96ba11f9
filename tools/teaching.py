"""The running order, computed: lessons with their stated minutes, decks with theirs, and the plans.

`docs/teaching.md` holds tables between marks; this tool writes them, and `--check` says whether
they still follow from the lessons' heads and the decks' notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Lesson:
    """One notebook or lab, as its source's head describes it."""

    name: str
    title: str
    minutes: int  # a lab's include its exercises
    objectives: tuple[str, ...]
    needs: tuple[str, ...]
    following: str | None
    is_lab: bool

    @property
    def label(self) -> str:
        """`Notebook 02: The openness spectrum`, `Lab 1: …`."""
        number = self.name.partition("_")[0]
        kind = f"Lab {number[3:]}" if self.is_lab else f"Notebook {number}"
        return f"{kind}: {self.title}"

    @property
    def path(self) -> str:
        """What a student opens, from the kit's root."""
        return f"{'labs' if self.is_lab else 'notebooks'}/{self.name}.ipynb"


def lessons(root: Path = ROOT) -> list[Lesson]:
    """Every lesson in teaching order: from the first one along each head's `next`."""
    found = {}
    for folder, lab in (("notebooks", False), ("labs", True)):
        for path in sorted((root / "course" / folder).glob("*.py")):
            head = path.read_text(encoding="utf-8").split("# ---\n", 2)[1]
            kit = yaml.safe_load("\n".join(line[2:] for line in head.splitlines()))["jupyter"][
                "kit"
            ]
            found[path.stem] = Lesson(
                path.stem, kit["title"], int(kit["minutes"]) + int(kit.get("exercises") or 0),
                tuple(kit["objectives"]), tuple(kit["needs"]), kit.get("next"), lab,
            )  # fmt: skip
    order: list[Lesson] = []
    at: str | None = min(found, default=None)
    while at in found:
        order.append(found.pop(at))
        at = order[-1].following
    return order + list(found.values())  # one that nobody leads to comes last

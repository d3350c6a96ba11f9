"""The running order, computed: lessons with their stated minutes, decks with theirs, and the plans.

`docs/teaching.md` holds tables between marks; `python -m tools.teaching` writes them, and `--check`
says whether they still follow from docs/plans.yaml, the lessons' heads and the decks' notes.
"""

from __future__ import annotations

import argparse
import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import yaml

from selfhost.errors import KitError
from selfhost.files import write_atomically
from tools import decks
from tools.effort import INTRODUCTION, Effort, sections, whole
from tools.run import program

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "teaching.md"
SLACK = 0.05  # of a plan's time: nobody ever taught a plan that was full to the minute
MARKS = re.compile(r"(<!-- computed: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Lesson:
    """One notebook or lab, as its source's head describes it."""

    name: str
    title: str
    minutes: int  # a lab's include its exercises
    exercises: int
    objectives: tuple[str, ...]
    needs: tuple[str, ...]
    following: str | None
    is_lab: bool
    source: Path
    es: dict[str, Any] | None = None  # title and objectives in Spanish

    @property
    def number(self) -> str:
        """`02`, or `lab 1`."""
        number = self.name.partition("_")[0]
        return f"lab {number[3:]}" if self.is_lab else number

    @property
    def label(self) -> str:
        """`Notebook 02: The openness spectrum`, `Lab 1: …`."""
        kind = "Lab" if self.is_lab else "Notebook"
        return f"{kind} {self.number.removeprefix('lab ')}: {self.title}"

    @property
    def path(self) -> str:
        """What a student opens, from the kit's root."""
        return f"{'labs' if self.is_lab else 'notebooks'}/{self.name}.ipynb"

    @property
    def complete(self) -> Path:
        """The notebook with everything in it: a lab's solution."""
        root = self.source.parents[2]
        return root / "solutions" / f"{self.name}.ipynb" if self.is_lab else root / self.path

    def efforts(self) -> dict[int, Effort]:
        """Number of each section of what a student opens -> what it asks for."""
        return sections(nbformat.read(self.source.parents[2] / self.path, as_version=4))


def lessons(root: Path = ROOT) -> list[Lesson]:
    """Every lesson in teaching order: from the first one along each head's `next`."""
    found = {}
    for folder, lab in (("notebooks", False), ("labs", True)):
        for path in sorted((root / "course" / folder).glob("*.py")):
            head = path.read_text(encoding="utf-8").split("# ---\n", 2)[1]
            settings = yaml.safe_load("\n".join(line[2:] for line in head.splitlines()))
            kit = settings["jupyter"]["kit"]
            exercises = int(kit.get("exercises") or 0)
            found[path.stem] = Lesson(
                path.stem, kit["title"], int(kit["minutes"]) + exercises, exercises,
                tuple(kit["objectives"]), tuple(kit["needs"]), kit.get("next"), lab, path,
                kit.get("es"),
            )  # fmt: skip
    order: list[Lesson] = []
    at: str | None = min(found, default=None)
    while at in found:
        order.append(found.pop(at))
        at = order[-1].following
    return order + list(found.values())  # one that nobody leads to comes last


@dataclass(frozen=True)
class Step:
    """One line of a plan."""

    minutes: int
    what: str
    part: str = ""  # which slides or sections; empty: all of it
    detail: str = ""


def plans(path: Path | None = None) -> dict[str, Any]:
    """What docs/plans.yaml says."""
    text = (path or ROOT / "docs" / "plans.yaml").read_text(encoding="utf-8")
    result: dict[str, Any] = yaml.safe_load(text)
    return result


def steps(plan: dict[str, Any], known: list[Lesson] | None = None) -> list[Step]:
    """The plan's lines with their minutes. Raises `KitError` for what does not exist."""
    by_name = {lesson.name: lesson for lesson in known or lessons()}
    shown = {deck.name: deck for deck in decks.decks()}
    lines = []
    for step in plan["steps"]:
        if "deck" in step:
            lines.append(_deck(step, shown))
        elif "lesson" in step:
            lines.append(_lesson(step, by_name))
        else:
            lines.append(Step(int(step.get("pause") or step["talk"]), step["what"]))
    return lines


def _deck(step: dict[str, Any], shown: dict[str, decks.Deck]) -> Step:
    deck = shown.get(step["deck"])
    if deck is None:
        raise KitError(f"There is no deck {step['deck']}.", "look at slides/ for its name")
    numbers = step.get("slides") or range(1, len(deck.slides) + 1)
    beyond = [n for n in numbers if not 1 <= n <= len(deck.slides)]
    if beyond:
        raise KitError(f"{deck.name} has no slide {beyond[0]}.", "correct docs/plans.yaml")
    minutes = math.ceil(sum(deck.minutes_of(n) for n in numbers))
    part = f"slides {ranges(list(numbers))}" if step.get("slides") else ""
    return Step(minutes, f"Slides: {deck.head['title']}", part)


def _lesson(step: dict[str, Any], known: dict[str, Lesson]) -> Step:
    lesson = known.get(step["lesson"])
    if lesson is None:
        raise KitError(f"There is no lesson {step['lesson']}.", "look at course/ for its name")
    if "minutes" in step:
        if not 0 < step["minutes"] <= lesson.minutes:
            raise KitError(f"{lesson.name} takes {lesson.minutes} minutes.", "correct plans.yaml")
        return Step(step["minutes"], lesson.label, step["only"])
    if "sections" not in step:
        return Step(lesson.minutes, lesson.label)
    efforts = lesson.efforts()
    missing = [n for n in step["sections"] if n not in efforts]
    if missing:
        raise KitError(f"{lesson.name} has no section {missing[0]}.", "correct docs/plans.yaml")
    # Nobody enters a lesson in the middle: its introduction is always read.
    taken = whole(efforts[n] for n in {INTRODUCTION, *step["sections"]})
    share = taken.minutes / whole(efforts.values()).minutes
    minutes = math.ceil(lesson.minutes * share)
    return Step(minutes, lesson.label, f"sections {ranges(step['sections'])}")


def ranges(numbers: list[int]) -> str:
    """`1, 2, 3, 6` as `1–3, 6`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    dashes = [f"{r[0]}–{r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in runs]
    return ", ".join(dashes)


def timetable(name: str) -> str:
    """One plan as a table with clock times, and a sentence that adds it up."""
    plan = plans()[name]
    clock = datetime.strptime(plan["start"], "%H:%M")
    rows = ["| from | minutes | what | part |", "|---|---|---|---|"]
    lines = steps(plan)
    for line in lines:
        rows.append(f"| {clock:%H:%M} | {line.minutes} | {line.what} | {line.part} |")
        clock += timedelta(minutes=line.minutes)
    total, spare = sum(line.minutes for line in lines), spare_minutes(plan)
    tail = f"Ends at {clock:%H:%M}: {total} minutes of {plan['hours'] * 60}, {spare} to spare."
    return f"For {plan['for']}.\n\n" + "\n".join(rows) + f"\n\n{tail}\n"


def spare_minutes(plan: dict[str, Any]) -> int:
    """Minutes that the plan leaves free; negative: it does not fit."""
    return int(plan["hours"] * 60) - sum(line.minutes for line in steps(plan))


def overview() -> str:
    """All decks and lessons with their minutes, in teaching order."""
    rows = ["| | minutes | needs |", "|---|---|---|"]
    for lesson in lessons():
        rows.append(f"| {lesson.label} | {lesson.minutes} | {', '.join(lesson.needs)} |")
    for deck in decks.decks():
        title = f"Slides {deck.name[0]}: {deck.head['title']}"
        rows.append(f"| {title} ({len(deck.slides)} slides) | {deck.minutes:g} | |")
    hours = (sum(x.minutes for x in lessons()) + sum(d.minutes for d in decks.decks())) / 60
    return "\n".join(rows) + f"\n\nAll of it: about {hours:.0f} hours.\n"


def fresh(text: str) -> str:
    """The page with its computed parts written anew."""

    def part(match: re.Match[str]) -> str:
        body = overview() if match[2] == "overview" else timetable(match[2])
        return f"{match[1]}\n{body}\n{match[3]}"

    return MARKS.sub(part, text)


def main(arguments: list[str] | None = None) -> int:
    """Write the computed parts, or say that they are out of date."""
    parser = argparse.ArgumentParser(prog="tools.teaching", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if out of date")
    asked = parser.parse_args(arguments)
    for name, plan in plans().items():
        spare, wanted = spare_minutes(plan), math.ceil(SLACK * plan["hours"] * 60)
        print(f"{name}: {spare} minutes to spare")
        if spare < wanted:
            raise KitError(
                f"The plan {name} has {spare} minutes to spare, and should have {wanted}.",
                "shorten docs/plans.yaml",
            )
    text = PAGE.read_text(encoding="utf-8")
    new = fresh(text)
    if asked.check:
        print("docs/teaching.md is up to date" if new == text else "docs/teaching.md is old")
        return 0 if new == text else 1
    write_atomically(PAGE, new)
    return 0


if __name__ == "__main__":
    program(main)

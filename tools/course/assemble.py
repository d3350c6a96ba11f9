"""From a source to its notebooks, not yet run: first and last cell, ids, metadata."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat

from tools.course import spanish
from tools.course.front import NEEDS
from tools.course.markers import MarkerError, split
from tools.course.report import Finding, SourceError
from tools.course.source import Lesson, load, source_paths

GENERATED = "generated"
_OFFLINE = "nothing here needs a network"


def targets(lesson: Lesson) -> dict[str, str]:
    """kind of notebook -> its file, relative to the root."""
    if lesson.kind == "notebook":
        return {"notebook": f"notebooks/{lesson.name}.ipynb"}
    return {
        "solution": f"solutions/{lesson.name}.ipynb",
        "lab": f"labs/{lesson.name}.ipynb",
    }


def assemble(lesson: Lesson, kind: str, root: Path, language: str = "en") -> Any:
    """The unexecuted notebook of this kind; SourceError if a marker cannot be followed."""
    folder = targets(lesson)[kind].partition("/")[0]
    cells, findings, asked = [], [], 0
    ids = stable_ids(lesson.cells)
    for number, cell in enumerate(lesson.cells):
        is_code = cell.cell_type == "code"
        tags = tuple(cell.metadata.get("tags", ()))
        line = lesson.lines[number] if number < len(lesson.lines) else None
        try:
            cut = split(cell.source, code=is_code, tags=tags)
        except MarkerError as error:
            at = line + error.line if line else None
            findings.append(Finding(lesson.file, None, error.sentence, error.mend, at))
            continue
        asked += cut.has_solution
        if cut.has_solution and lesson.kind == "notebook":
            mend = "move the exercise to a lab, or drop the markers"
            findings.append(Finding(lesson.file, None, "A notebook holds a solution.", mend, line))
        fresh = nbformat.from_dict({**cell, "id": ids[number]})
        if kind == "lab":
            fresh.source = cut.student
        if language == "es" and not is_code and fresh.source == cell.source:
            fresh.source = spanish.prose(lesson, number, cell.source, folder, root)
        cells.append(fresh)
    if lesson.kind == "lab" and not asked and not findings:
        mend = "put ### BEGIN SOLUTION and ### END SOLUTION around what students write"
        findings.append(Finding(lesson.file, None, "The lab asks for nothing.", mend, 1))
    if findings:
        raise SourceError(findings)
    notebook = nbformat.v4.new_notebook()
    if language == "es":
        first = spanish.first_cell(lesson, kind)
        last = spanish.last_cell(lesson, kind, root, lambda name: _title(name, root, language))
    else:
        first, last = first_cell(lesson, kind), last_cell(lesson, kind, root)
    notebook.cells = [_generated("first", first), *cells, _generated("last", last)]
    notebook.metadata = {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
        "kit": {
            **lesson.front.as_dict(),
            "kind": kind,
            **({"language": language} if language != "en" else {}),
            "source": lesson.file,
            "source_sha256": lesson.sha256,
            "code_sha256": code_sha256(cells),
            "cells_sha256": cells_sha256(notebook.cells),
        },
    }
    notebook.nbformat_minor = 5
    return notebook


def first_cell(lesson: Lesson, kind: str) -> str:
    """Title, objectives, time and needs, in plain words."""
    front = lesson.front
    title = f"# {lesson.heading}" + (" · solution" if kind == "solution" else "")
    time = f"**Time:** about {front.minutes} minutes"
    if front.exercises:
        time += f" to read and run, {front.exercises} minutes for the exercises"
    lines = [title, ""]
    if kind == "solution":
        lines += [
            f"The lab with its answers. Try [the lab](../labs/{lesson.name}.ipynb) first.",
            "",
        ]
    lines += ["**Afterwards you can**", ""]
    lines += [f"- {objective}" for objective in front.objectives]
    lines += ["", f"{time}.", ""]
    if not front.needs:
        lines += [f"**You need** nothing but this notebook; {_OFFLINE}."]
    else:
        lines += ["**You need**", ""]
        lines += [f"- {NEEDS[need][0]};" for need in front.needs[:-1]]
        lines += [f"- {NEEDS[front.needs[-1]][0]}.", ""]
        without = dict.fromkeys(NEEDS[need][1] for need in front.needs)
        sentences = [text[0].upper() + text[1:] + "." for text in without]
        lines += [f"**No network?** {' '.join(sentences)}"]
    return "\n".join(lines)


def last_cell(lesson: Lesson, kind: str, root: Path) -> str:
    """Where to go next, by title."""
    text = "## Where to go next\n\n" + _following(lesson, kind, root)
    if kind == "lab":
        text += f"\n\nDone? Compare with [the solution](../solutions/{lesson.name}.ipynb)."
    return text


def _following(lesson: Lesson, kind: str, root: Path) -> str:
    following = lesson.front.next
    if following is None:
        return "This was the last one. Your own infrastructure is waiting."
    folder = "labs" if following.startswith("lab") else "notebooks"
    here = {"notebook": "notebooks", "lab": "labs", "solution": "solutions"}[kind]
    link = f"{following}.ipynb" if folder == here else f"../{folder}/{following}.ipynb"
    return f"[{_title(following, root)}]({link})"


def _title(name: str, root: Path, language: str = "en") -> str:
    """Number and title of another lesson; its name if it is not there yet."""
    folder = "labs" if name.startswith("lab") else "notebooks"
    path = root / "course" / folder / f"{name}.py"
    if not path.is_file():
        return name
    lesson = load(path, root)
    if language == "es" and lesson.front.es is not None:
        return f"{lesson.number.replace('Lab', 'Práctica')} · {lesson.front.es.title}"
    return lesson.heading


def _generated(place: str, text: str) -> Any:
    cell = nbformat.v4.new_markdown_cell(text, id=f"kit-{place}")
    cell.metadata = {"kit": {GENERATED: place}}
    return cell


def is_generated(cell: Any) -> bool:
    """Whether the builder wrote this cell."""
    return GENERATED in cell.metadata.get("kit", {})


def stable_ids(cells: list[Any]) -> list[str]:
    """Ids that follow from a cell's text (and its place among equal ones).

    An edit changes the id of that cell only, and a lab's cells have the ids of its solution's.
    """
    seen: Counter[str] = Counter()
    ids = []
    for cell in cells:
        text = f"{cell.cell_type}\n{cell.source}"
        ids.append(hashlib.sha256(f"{text}\n{seen[text]}".encode()).hexdigest()[:12])
        seen[text] += 1
    return ids


def code_sha256(cells: list[Any]) -> str:
    """Of what is executed: while this stands, stored outputs still belong to the cells."""
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    return hashlib.sha256("\n# %%\n".join(code).encode("utf-8")).hexdigest()


def cells_sha256(cells: list[Any]) -> str:
    """Of all cells' texts: tells whether a person edited the notebook since it was built."""
    texts = [f"{cell.cell_type}\n{cell.source}" for cell in cells]
    return hashlib.sha256("\n# %%\n".join(texts).encode("utf-8")).hexdigest()


def is_edited(stored: Any) -> bool:
    """Whether the cells are no longer those that a build wrote."""
    claimed: str | None = stored.metadata.get("kit", {}).get("cells_sha256")
    return claimed != cells_sha256(stored.cells)


def all_lessons(root: Path, names: list[str] | None = None) -> tuple[list[Lesson], list[Finding]]:
    """Every source that can be read, and what is wrong with the others."""
    lessons, findings = [], []
    for path in source_paths(root, names):
        try:
            lessons.append(load(path, root))
        except SourceError as error:
            findings += error.findings
    return lessons, findings

"""Bring what was edited in JupyterLab back to the source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfhost import KitError
from tools.course.assemble import assemble, is_edited, is_generated, targets
from tools.course.build import read
from tools.course.front import split_header
from tools.course.source import Lesson, clean, key, load, reads_as, rewrite, source_paths
from tools.course.translate import moved, weave, write


@dataclass(frozen=True)
class Synced:
    """One source after a sync: "unchanged", "synced" or "refused"; `note` says why."""

    file: str
    status: str
    note: str = ""


def sync(root: Path, names: list[str] | None = None, *, force: bool = False) -> list[Synced]:
    """Bring the cells of edited notebooks back to `course/`; labs only through their solution.

    Refused: a lab that was itself edited, and a source that changed as well as its notebook
    (`force`: the notebook wins).
    """
    synced = []
    for path in source_paths(root, names):
        file = path.relative_to(root).as_posix()
        try:
            synced.append(_sync_one(load(path, root), root, force))
        except KitError as error:  # one that cannot come back keeps none of the others here
            synced.append(Synced(file, "refused", str(error)))
    return synced


def _sync_one(lesson: Lesson, root: Path, force: bool) -> Synced:
    files = targets(lesson)
    if lesson.kind == "lab":
        _refuse_edited_lab(lesson, files, root / files["lab"])
    kind = "solution" if lesson.kind == "lab" else "notebook"
    stored = read(root / files[kind])
    if stored is None:
        return Synced(lesson.file, "unchanged", f"{files[kind]} is not built yet")
    cells = [clean(cell) for cell in stored.cells if not is_generated(cell)]
    note = _edited_frame(lesson, kind, stored, root)
    if [key(c) for c in cells] == [key(c) for c in lesson.cells]:
        return Synced(lesson.file, "unchanged", note)
    if stored.metadata.get("kit", {}).get("source_sha256") != lesson.sha256 and not force:
        if not is_edited(stored):
            return Synced(lesson.file, "unchanged", f"it is newer than {files[kind]}: build it")
        raise KitError(
            f"{lesson.file} and {files[kind]} have both changed.",
            f"compare them; `python -m tools.course sync {lesson.name} --force` takes the "
            f"notebook, `python -m tools.course build --force {lesson.name}` the source",
        )
    text = rewrite(lesson, cells)
    torn = reads_as(text, cells)
    if torn is not None:
        raise KitError(
            f"Cell {torn + 2} of {files[kind]} cannot be written as a source.",
            "if a line of it begins with `# %%`, write that line otherwise",
        )
    translations = moved(
        [key(c) for c in lesson.cells], [key(c) for c in cells], lesson.translations
    )
    raw = lesson.path.read_text(encoding="utf-8").replace("\r\n", "\n")
    write(lesson.path, weave(text, "".join(split_header(raw)[0]), translations))
    return Synced(lesson.file, "synced", note)


def _edited_frame(lesson: Lesson, kind: str, stored: Any, root: Path) -> str:
    """The first and last cell are written from the header: an edit there does not come back."""
    fresh = {c.id: c.source for c in assemble(lesson, kind, root).cells if is_generated(c)}
    now = {c.get("id"): c.source for c in stored.cells if is_generated(c)}
    if stored.metadata.get("kit", {}).get("source_sha256") != lesson.sha256 or fresh == now:
        return ""
    return "first or last cell edited: change the header of the source instead"


def _refuse_edited_lab(lesson: Lesson, files: dict[str, str], path: Path) -> None:
    stored = read(path)
    if stored is not None and is_edited(stored):
        raise KitError(
            f"{files['lab']} was edited, and a lab is only ever cut from its solution.",
            f"edit {files['solution']} and run sync again, "
            f"or throw the edit away: python -m tools.course build --force {lesson.name}",
        )

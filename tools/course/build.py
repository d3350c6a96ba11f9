"""Build notebooks, labs and solutions, and write only what has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from selfhost import KitError
from tools.course.assemble import all_lessons, assemble, is_edited, is_generated, targets
from tools.course.execute import execute
from tools.course.normalise import compared, dumps, normalise, outputs_sha256
from tools.course.report import Finding, SourceError
from tools.course.source import Lesson, clean, key
from tools.course.spanish import file_of, with_outputs
from tools.course.translate import untranslated


@dataclass(frozen=True)
class Built:
    """One notebook after a build: "unchanged", "text", "executed", "written" or "failed"."""

    file: str
    status: str
    note: str = ""


def build(
    root: Path,
    names: list[str] | None = None,
    *,
    force: bool = False,
    rerun: bool = False,
    say: Callable[[str], None] = print,
) -> tuple[list[Built], list[Finding]]:
    """Build what is asked for (all: None).

    A notebook whose source has not changed is left alone; one whose words but not whose code
    changed keeps its outputs. `rerun` executes anyway and writes only if a compared output
    differs; `force` executes and writes whatever came out.
    """
    lessons, findings = all_lessons(root, names)
    built: list[Built] = []
    for lesson in lessons:
        for kind, file in targets(lesson).items():
            asked = (lesson, kind, file, root, force)
            results = [_guarded(file, findings, _build_one, *asked, rerun, say)]
            if results[0].status != "failed" and lesson.front.es is not None:
                edition = file_of(file)
                results.append(_guarded(edition, findings, _build_spanish, *asked))
            for one in results:
                say(f"{one.status:>9}  {one.file}{'  ' + one.note if one.note else ''}")
            built += results
    if not names:
        for lesson in lessons:
            if lesson.front.es is None:
                say(f"{'in English':>9}  {lesson.file}: not translated yet")
    return built, findings


def _guarded(
    file: str, findings: list[Finding], make: Callable[..., Built], *arguments: Any
) -> Built:
    """Make one file; what is wrong with it goes to the findings, and the others are still made."""
    try:
        return make(*arguments)
    except SourceError as error:
        findings += [f for f in error.findings if f not in findings]
    except KitError as error:
        findings.append(Finding(file, None, error.message, error.mend or "mend the source"))
    return Built(file, "failed", "see below")


def _build_spanish(lesson: Lesson, kind: str, file: str, root: Path, force: bool) -> Built:
    """The Spanish edition: the code and the outputs of the English one that was just built."""
    fresh, path = assemble(lesson, kind, root, "es"), root / file_of(file)
    old = read(path)
    if old is not None and is_edited(old) and not force and _own_cells(old) != _own_cells(fresh):
        raise KitError(
            "It was edited since it was built, and building would lose the edit.",
            f"bring the prose to {lesson.file}, then `python -m tools.course build --force "
            f"{lesson.name}`",
        )
    if kind != "lab":
        english = read(root / file)
        assert english is not None, "it has just been written"
        fresh = with_outputs(carry(fresh, english), file.partition("/")[0], root)
        fresh.metadata.kit["outputs_sha256"] = outputs_sha256(fresh)
    missing = len(untranslated(lesson))
    note = f"{missing} of its text cells are still in English" if missing else ""
    result = _write(path, file_of(file), fresh, "text")
    return Built(result.file, result.status, note)


def _build_one(
    lesson: Lesson,
    kind: str,
    file: str,
    root: Path,
    force: bool,
    rerun: bool,
    say: Callable[[str], None],
) -> Built:
    fresh, path = assemble(lesson, kind, root), root / file
    old = read(path)
    if old is not None and is_edited(old) and not force and _own_cells(old) != _own_cells(fresh):
        raise KitError(
            "It was edited since it was built, and building would lose the edit.",
            f"`python -m tools.course sync {lesson.name}` brings it to the source, "
            f"`python -m tools.course build --force {lesson.name}` throws it away",
        )
    if kind == "lab":
        return _write(path, file, fresh, "written")
    if old is not None and not force and is_own(old):
        if not rerun and same_as_source(old, fresh):
            return Built(file, "unchanged")
        if not rerun and old.metadata.kit.get("code_sha256") == fresh.metadata.kit.code_sha256:
            return _write(path, file, carry(fresh, old), "text")
    say(f"  running  {file}")
    ran = normalise(execute(fresh, path.parent, root))
    if old is not None and not force and rerun and same_as_source(old, ran) and _agree(old, ran):
        return Built(file, "unchanged", "compared outputs agree")
    ran.metadata.kit["outputs_sha256"] = outputs_sha256(ran)
    return _write(path, file, ran, "executed")


def read(path: Path) -> Any | None:
    """The stored notebook; None if there is none that can be read (it is built again)."""
    if not path.is_file():
        return None
    try:
        text = path.read_text(encoding="utf-8")
        if json.loads(text).get("nbformat") != 4:  # nbformat would log an error of its own
            return None
        return nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError):
        return None


def bare(notebook: Any) -> dict[str, Any]:
    """The notebook without what running it adds."""
    cells = []
    for cell in notebook.cells:
        kept = {k: v for k, v in cell.items() if k not in ("outputs", "execution_count")}
        cells.append(kept)
    kit = {k: v for k, v in notebook.metadata.get("kit", {}).items() if k != "outputs_sha256"}
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    return {"cells": cells, "kit": kit, "kernel": kernel}


def _own_cells(notebook: Any) -> list[Any]:
    return [key(clean(cell)) for cell in notebook.cells if not is_generated(cell)]


def same_as_source(stored: Any, fresh: Any) -> bool:
    """Whether a stored notebook is what its source gives, outputs apart."""
    return bare(stored) == bare(fresh)


def is_own(stored: Any) -> bool:
    """Whether the stored outputs are those that a build left (nobody ran or edited it since)."""
    claimed: str | None = stored.metadata.get("kit", {}).get("outputs_sha256")
    return claimed is not None and claimed == outputs_sha256(stored)


def carry(fresh: Any, old: Any) -> Any:
    """`fresh` with the outputs of `old`, whose code is the same."""
    outputs = [c for c in old.cells if c.cell_type == "code"]
    for cell, was in zip((c for c in fresh.cells if c.cell_type == "code"), outputs, strict=True):
        cell.outputs, cell.execution_count = was.outputs, was.execution_count
    if "widgets" in old.metadata:
        fresh.metadata["widgets"] = old.metadata.widgets
    fresh.metadata.kit["outputs_sha256"] = old.metadata.kit.outputs_sha256
    return fresh


def _agree(old: Any, ran: Any) -> bool:
    pairs = zip(old.cells, ran.cells, strict=True)
    return all(compared(a) == compared(b) for a, b in pairs if a.cell_type == "code")


def _write(path: Path, file: str, notebook: Any, status: str) -> Built:
    """Write atomically, and not at all if the file would not change."""
    text = dumps(notebook)
    if path.is_file() and path.read_bytes() == text.encode("utf-8"):
        return Built(file, "unchanged")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)
    return Built(file, status)

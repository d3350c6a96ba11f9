"""Is what is committed what the sources give, and fit for a room? No heavy import, no kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.course.assemble import all_lessons, assemble, is_edited, is_generated, targets
from tools.course.build import bare, is_own, read
from tools.course.looks import NOTEBOOK_BYTES, Problem, in_outputs, in_source, in_text
from tools.course.manifest import Manifest
from tools.course.markers import HINT, MORE, STUB, split
from tools.course.report import Finding, SourceError
from tools.course.source import Lesson, source_paths
from tools.course.spanish import FOLDER as EDITION
from tools.course.spanish import file_of, has_edition, with_outputs
from tools.course.translate import out_of_date, untranslated

_LINK = re.compile(r"\]\((?![a-z]+:|#|attachment)([^)\s]+)")
MADE = ("notebooks", "labs", "solutions")


def check(root: Path, names: list[str] | None = None) -> list[Finding]:
    """All findings, in the order of the lessons; empty if all is well."""
    lessons, findings = all_lessons(root, names)
    manifest, wrong = Manifest.read(root)
    findings += wrong
    for lesson in lessons:
        findings += check_lesson(lesson, root, manifest)
    if not names:
        findings += _orphans(root)
    return findings


def check_lesson(lesson: Lesson, root: Path, manifest: Manifest) -> list[Finding]:
    """Everything about one source and the files made from it."""
    findings = list(_words(lesson, root, manifest))
    for kind, file in targets(lesson).items():
        try:
            fresh = assemble(lesson, kind, root)
        except SourceError as error:
            return findings + error.findings
        findings += _made(lesson, kind, file, fresh, root)
        if lesson.front.es is not None:
            findings += _spanish(lesson, kind, file, root)
    return findings


def _spanish(lesson: Lesson, kind: str, file: str, root: Path) -> Iterator[Finding]:
    """The Spanish edition: what the source gives, with the outputs of the English one."""
    path, again = root / file_of(file), f"python -m tools.course build {lesson.name}"
    stored, english = read(path), read(root / file)
    if stored is None:
        yield Finding(file_of(file), None, "It is not there.", again)
        return
    yield from _differs(file_of(file), stored, assemble(lesson, kind, root, "es"), lesson, again)
    if english is not None and kind != "lab":
        english = with_outputs(english, file.partition("/")[0], root)
    if english is not None and kind != "lab" and not _same_outputs(stored, english):
        yield Finding(file_of(file), None, f"Its outputs are not those of {file}.", again)
    if kind == "lab":
        yield from _no_outputs(file_of(file), stored, again)
        yield from leaks(lesson, file_of(file), stored)


def _same_outputs(one: Any, other: Any) -> bool:
    return [c.get("outputs") for c in one.cells] == [c.get("outputs") for c in other.cells]


def _translated(lesson: Lesson, root: Path) -> Iterator[Finding]:
    """Each translation: of the English text of today, with links that lead somewhere."""
    for number, each in out_of_date(lesson):
        yield Finding(
            lesson.file, number + 2, "The Spanish is of another English text.",
            f"compare both, then python -m tools.course translate {lesson.name}", each.line,
        )  # fmt: skip
    for number, each in lesson.translations.items():
        for level, sentence, mend in _dead_links(each.text, root / lesson.path.parent.name):
            yield Finding(lesson.file, number + 2, sentence, mend, each.line, level)
    missing = len(untranslated(lesson))
    if missing and lesson.front.es is not None:
        yield Finding(
            lesson.file, None, f"{missing} text cells have no Spanish yet.",
            f"python -m tools.course translate {lesson.name}, and write it", level="warn",
        )  # fmt: skip


def _words(lesson: Lesson, root: Path, manifest: Manifest) -> Iterator[Finding]:
    """The source itself: each cell, and the lesson that follows."""
    following = lesson.front.next
    if following and following not in {path.stem for path in source_paths(root)}:
        yield Finding(
            lesson.file, None, f"`next: {following}` is not there.", "name a lesson of course/", 1
        )
    previous = None
    for number, cell in enumerate(lesson.cells):
        # The made notebook's first cell is the builder's, so the numbers are those a reader sees.
        where = number + 2
        line = lesson.lines[number] if number < len(lesson.lines) else None
        problems = [*in_source(cell, previous), *manifest.problems(cell)]
        if cell.cell_type == "markdown":
            problems += _dead_links(cell.source, root / lesson.path.parent.name)
        for level, sentence, mend in problems:
            yield Finding(lesson.file, where, sentence, mend, line, level)
        previous = cell
    yield from _translated(lesson, root)


def _dead_links(text: str, folder: Path) -> Iterator[Problem]:
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    for link in _LINK.findall(prose):
        if not (folder / link.split("#")[0]).exists():
            yield "fail", f"The link {link} leads nowhere.", "correct it, or build what it leads to"


def _made(lesson: Lesson, kind: str, file: str, fresh: Any, root: Path) -> Iterator[Finding]:
    """One made file against what its source gives."""
    path, again = root / file, f"python -m tools.course build {lesson.name}"
    stored = read(path)
    if stored is None:
        sentence = "It cannot be read." if path.is_file() else "It is not there."
        yield Finding(file, None, sentence, again)
        return
    if path.stat().st_size > NOTEBOOK_BYTES:
        size = path.stat().st_size // 1000
        yield Finding(file, None, f"The file has {size} kB.", "store smaller outputs")
    yield from _differs(file, stored, fresh, lesson, again)
    if kind == "lab":
        yield from _no_outputs(file, stored, again)
        yield from leaks(lesson, file, stored)
        yield from stub_matches(lesson, file, stored, again)
    else:
        yield from _executed(file, stored, again)
        own = tuple(p for p in (str(root), str(Path.home())) if len(p) > 5)
        for number, cell in enumerate(stored.cells, 1):
            if cell.cell_type == "code":
                for level, sentence, mend in in_outputs(cell, own):
                    yield Finding(file, number, sentence, mend, level=level)
        widgets = "\n".join(_strings(stored.metadata.get("widgets", {})))
        for level, sentence, mend in in_text(widgets, own):
            yield Finding(file, None, f"In a widget: {sentence}", mend, level=level)


def _differs(file: str, stored: Any, fresh: Any, lesson: Lesson, again: str) -> Iterator[Finding]:
    ours, theirs = bare(stored), bare(fresh)
    if ours == theirs:
        return
    if is_edited(stored):
        again = f"`python -m tools.course sync {lesson.name}` if the edit is for everybody; else "
        again += f"copy it to a name of your own, then `… build --force {lesson.name}`"
    for number, (one, other) in enumerate(zip(ours["cells"], theirs["cells"], strict=False), 1):
        if one != other:
            yield Finding(file, number, f"The cell is not what {lesson.file} gives.", again)
            return
    if len(ours["cells"]) != len(theirs["cells"]):
        count = f"It has {len(ours['cells'])} cells, {lesson.file} gives {len(theirs['cells'])}."
        yield Finding(file, None, count, again)
    else:
        yield Finding(file, None, f"Its metadata is not what {lesson.file} gives.", again)


def _executed(file: str, stored: Any, again: str) -> Iterator[Finding]:
    code = [(n, cell) for n, cell in enumerate(stored.cells, 1) if cell.cell_type == "code"]
    for expected, (number, cell) in enumerate(code, 1):
        if cell.execution_count != expected:
            ran = "was not run" if cell.execution_count is None else "was run out of order"
            yield Finding(file, number, f"The cell {ran}.", f"{again} --force")
            return
    if not is_own(stored):
        sentence = "The stored outputs are not those of a build."
        yield Finding(file, None, sentence, f"{again} --force")


def _no_outputs(file: str, stored: Any, again: str) -> Iterator[Finding]:
    for number, cell in enumerate(stored.cells, 1):
        if cell.get("outputs") or cell.get("execution_count") or cell.get("attachments"):
            yield Finding(file, number, "A lab's cell has outputs.", f"{again} --force")


def leaks(lesson: Lesson, file: str, stored: Any) -> Iterator[Finding]:
    """Any line of an answer that stands anywhere in the lab, outputs and metadata included."""
    seen: list[tuple[int | None, str]] = []
    for number, cell in enumerate(stored.cells, 1):
        seen += [(number, line) for text in _strings(cell) for line in text.splitlines()]
    meta = _strings(stored.metadata)
    seen += [(None, line) for text in meta for line in text.splitlines()]
    plain = [(number, _plain(line)) for number, line in seen]
    for cell in lesson.cells:
        cut = split(
            cell.source,
            code=cell.cell_type == "code",
            tags=tuple(cell.metadata.get("tags", ())),
        )
        for answer in filter(_tells, map(_plain, cut.hidden)):
            for at, line in plain:
                if line == answer or (len(answer) >= 12 and answer in line):
                    mend = "say it otherwise outside the answer, or build the lab again"
                    yield Finding(file, at, f"An answer leaks: `{answer[:60]}`.", mend)
                    break


def _tells(line: str) -> bool:
    """Whether a line of an answer tells anything: not a bracket, `return`, `else:` or a comment."""
    if line.startswith("#"):
        return len(line.split()) >= 4
    return len(re.sub(r"\W", "", line)) >= 5 and line not in {
        "return",
        "break",
        "continue",
        "else:",
    }


def _plain(line: str) -> str:
    return " ".join(line.split())


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return []


def stub_matches(lesson: Lesson, file: str, stored: Any, again: str) -> Iterator[Finding]:
    """Outside the answers a lab reads as its solution, line by line; found without `split`."""
    block = re.compile(
        r"^[ \t]*### BEGIN (SOLUTION|HINT)\n.*?^[ \t]*### END \1[ \t]*(?:\n|\Z)",
        re.DOTALL | re.MULTILINE,
    )
    own = [cell for cell in stored.cells if not is_generated(cell)]
    for number, (lab, cell) in enumerate(zip(own, lesson.cells, strict=False), 2):
        if cell.cell_type != "code":
            continue
        visible = block.sub("", cell.source + "\n")
        stub = [
            line
            for line in lab.source.splitlines()
            if line.strip() != STUB and not line.lstrip().startswith((HINT, MORE))
        ]
        if STUB in lab.source:
            stub = [line for line in stub if line.strip() != "..."]
            visible = "\n".join(line for line in visible.splitlines() if line.strip() != "...")
        if [s for s in stub if s.strip()] != [v for v in visible.splitlines() if v.strip()]:
            yield Finding(file, number, "The stub's lines are not those of the solution.", again)
        if ("### BEGIN SOLUTION" in cell.source) != (STUB in lab.source):
            yield Finding(file, number, "The stub does not say where to write.", again)


def _orphans(root: Path) -> Iterator[Finding]:
    """Made files whose source is gone."""
    expected: set[str] = set()
    for path in source_paths(root):
        folders = ("labs", "solutions") if path.parent.name == "labs" else ("notebooks",)
        expected |= {f"{folder}/{path.stem}.ipynb" for folder in folders}
        if has_edition(root, path.stem):
            expected |= {f"{folder}/{EDITION}/{path.stem}.ipynb" for folder in folders}
    for folder in MADE:
        made = [*(root / folder).glob("*.ipynb"), *(root / folder / EDITION).glob("*.ipynb")]
        for path in sorted(made):
            file = path.relative_to(root).as_posix()
            if file in expected:
                continue
            stored = read(path)
            source = stored.metadata.get("kit", {}).get("source") if stored is not None else None
            if source and Path(source).stem != path.stem:  # somebody's own copy of a lesson
                mend = "nothing to do; it is not part of the course"
                yield Finding(file, None, f"A copy of {source}.", mend, level="warn")
            else:
                mend = "write its source (course/README.md), or move it to another folder"
                yield Finding(file, None, "No source gives this file.", mend)

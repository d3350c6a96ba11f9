"""The sources of the course: which there are, and their cells."""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from selfhost import KitError
from tools.course.front import NAME, Front, read_front, split_header
from tools.course.report import Finding, SourceError
from tools.course.translate import Translation, separate

FOLDERS = {"notebooks": "notebook", "labs": "lab"}
# What a cell may keep of its metadata; JupyterLab adds much that is only about the screen.
KEPT = ("tags", "jupyter")
_CELL = re.compile(r"^# %%")
_BLANK_START = re.compile(r"\A(?:[ \t]*\n)+")


@dataclass(frozen=True)
class Lesson:
    """One source, read. `cells` are nbformat cells without ids; `lines` where each begins.

    `text` and `cells` are the English ones; `translations` are the Spanish texts by the number of
    their cell.
    """

    kind: str  # "notebook" or "lab"
    name: str
    path: Path
    file: str  # relative to the kit's root, with forward slashes
    text: str
    front: Front
    cells: list[Any]
    lines: list[int]
    translations: dict[int, Translation] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of the text with its line ends normalised: a Windows checkout counts the same."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    @property
    def number(self) -> str:
        """`05` or `Lab 1`: what stands before the title."""
        prefix = self.name.split("_")[0]
        return f"Lab {prefix[3:]}" if self.kind == "lab" else prefix

    @property
    def heading(self) -> str:
        """Number and title."""
        return f"{self.number} · {self.front.title}"


def source_paths(root: Path, names: list[str] | None = None) -> list[Path]:
    """The sources under `root`/course in teaching order; `names` are names or their beginnings."""
    found = [
        path
        for folder in FOLDERS
        for path in sorted((root / "course" / folder).glob("*.py"))
        if not path.name.startswith(("_", "."))
    ]
    if not names:
        return found
    chosen: list[Path] = []
    for name in names:
        stem = Path(name).stem
        fit = [path for path in found if path.stem == stem] or [
            path for path in found if path.stem.startswith(stem)
        ]
        if not fit:
            raise KitError(f"There is no lesson called {name}.", "ls course/notebooks course/labs")
        chosen += [path for path in fit if path not in chosen]
    return chosen


def load(path: Path, root: Path) -> Lesson:
    """Read one source; SourceError if its name or header is not as it should be."""
    file = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise SourceError([
            Finding(file, None, "The file is not UTF-8.", "save it as UTF-8")
        ]) from None
    kind = FOLDERS[path.parent.name]
    if not NAME.fullmatch(path.stem) or (path.stem.startswith("lab") != (kind == "lab")):
        mend = "call it NN_name.py in course/notebooks or labN_name.py in course/labs"
        raise SourceError([Finding(file, None, "The file's name does not fit.", mend)])
    front = read_front(text, file, lab=kind == "lab")
    text, translations, lines = separate(text)
    notebook = jupytext.reads(text, fmt="py:percent")
    return Lesson(
        kind=kind,
        name=path.stem,
        path=path,
        file=file,
        text=text,
        front=front,
        cells=[clean(cell) for cell in notebook.cells],
        lines=lines,
        translations=translations,
    )


def clean(cell: Any) -> Any:
    """The cell as a source knows it: type, text, and the metadata that counts."""
    make = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "raw": nbformat.v4.new_raw_cell,
    }[cell.cell_type]
    fresh = make(text(cell))
    fresh.metadata = {key: cell.metadata[key] for key in KEPT if cell.metadata.get(key)}
    fresh.pop("id", None)
    return fresh


def text(cell: Any) -> str:
    """The cell's text without the blank lines around it, which a source does not keep."""
    return _BLANK_START.sub("", cell.source).rstrip()


def key(cell: Any) -> tuple[str, str, str]:
    """What makes a cell that cell, hashable."""
    meta = {name: cell.metadata[name] for name in KEPT if cell.metadata.get(name)}
    return cell.cell_type, text(cell), repr(sorted(meta.items()))


def rewrite(lesson: Lesson, cells: list[Any]) -> str:
    """The source's text with these cells: header and untouched cells kept as written."""
    header, rest = split_header(lesson.text)
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.from_dict({**clean(cell), "id": f"cell-{n}"}) for n, cell in enumerate(cells)
        ]
    )
    notebook.metadata = {"jupytext": {"cell_metadata_filter": ",".join(KEPT) + ",-all"}}
    _, body = split_header(jupytext.writes(notebook, fmt="py:percent"))
    written = "".join(body)
    new, old = _chunks(body), _chunks(rest)
    if len(new) == len(cells):  # else `# %%` stands in a string somewhere: leave jupytext's text
        if len(old) == len(lesson.cells):
            ours, theirs = [key(c) for c in lesson.cells], [key(c) for c in cells]
            matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
            for block in matcher.get_matching_blocks():
                new[block.b : block.b + block.size] = old[block.a : block.a + block.size]
        written = "\n\n".join(chunk.strip("\n") for chunk in new)
    return "".join(header) + "\n" + written.strip("\n") + "\n"


def reads_as(text: str, cells: list[Any]) -> int | None:
    """None if the text holds exactly these cells; else the place (from 0) of the first that fails.

    A line of code that begins with `# %%` would be a new cell: better refused than torn apart.
    """
    read = [key(cell) for cell in jupytext.reads(text, fmt="py:percent").cells]
    wanted = [key(cell) for cell in cells]
    if read == wanted:
        return None
    pairs = enumerate(zip(read, wanted, strict=False))
    return next((place for place, (one, other) in pairs if one != other), len(wanted) - 1)


def _chunks(lines: list[str]) -> list[str]:
    """The text of each cell, its marker included."""
    starts = [i for i, line in enumerate(lines) if _CELL.match(line)]
    return ["".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]

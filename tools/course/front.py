"""The header of a source: what a reader is promised before the first cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from tools.course.report import Finding, SourceError

# What a lesson may ask for: (said in its first cell, what a reader does who lacks it).
NEEDS: dict[str, tuple[str, str]] = {
    "endpoint": (
        "a model that answers: the notebook finds your Ollama, or starts the small model that "
        "comes with the kit",
        "the model that comes with the kit answers without a network",
    ),
    "network": (
        "the internet, for the cells that say so",
        "without it those cells say in one line what you would see: read it and go on",
    ),
    "gpu": (
        "an NVIDIA GPU, for the cells that say so",
        "without it those cells say in one line what you would see: read it and go on",
    ),
    "desktop": (
        "a desktop, for the graphical programs",
        "on a server without one, read those parts and try them later on a laptop",
    ),
    "speech": (
        "the speech engines (`selfhost doctor` says whether they are there)",
        "they work without a network once they are installed",
    ),
    "compiler": (
        "a C++ compiler (`selfhost doctor` says whether there is one)",
        "without it the cells that need it say so: read them and go on",
    ),
}
KEYS = {"title", "minutes", "exercises", "objectives", "needs", "next", "es"}
NAME = re.compile(r"(?:\d\d|lab\d+)_[a-z0-9_]+")


@dataclass(frozen=True)
class Spanish:
    """The words of the head in Spanish; their presence asks for a Spanish edition."""

    title: str
    objectives: tuple[str, ...]


@dataclass(frozen=True)
class Front:
    """The `kit` block of a header. `minutes` and `exercises` are minutes of a reader's time."""

    title: str
    minutes: int
    objectives: tuple[str, ...]
    needs: tuple[str, ...]
    next: str | None
    exercises: int | None = None
    es: Spanish | None = None

    def as_dict(self) -> dict[str, Any]:
        """As stored in the notebook's metadata (the running order reads it there)."""
        stored = {
            "title": self.title,
            "minutes": self.minutes,
            "objectives": list(self.objectives),
            "needs": list(self.needs),
            "next": self.next,
        }
        return stored | ({"exercises": self.exercises} if self.exercises is not None else {})


def split_header(text: str) -> tuple[list[str], list[str]]:
    """The header's lines (with both `# ---`) and the lines after it; no header: ([], all)."""
    lines = text.splitlines(keepends=True)
    fences = [i for i, line in enumerate(lines[:200]) if line.rstrip() == "# ---"][:2]
    if len(fences) < 2 or any(line.strip() for line in lines[: fences[0]]):
        return [], lines
    return lines[: fences[1] + 1], lines[fences[1] + 1 :]


def read_front(text: str, file: str, *, lab: bool = False) -> Front:
    """Read and check the header of a source; SourceError names file, line and field."""
    header, _ = split_header(text)
    if not header:
        raise SourceError([
            Finding(file, None, "The source has no header.", "copy one from course/README.md", 1)
        ])
    body = "".join(line[2:] if line.startswith("# ") else line[1:] for line in header[1:-1])
    try:
        node = yaml.compose(body, Loader=yaml.SafeLoader)
        data = yaml.safe_load(body)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise SourceError([
            Finding(
                file,
                None,
                f"The header is no YAML: {problem}.",
                "mend the indentation or put quotes around a text with a colon",
                line,
            )
        ]) from None
    lines = _key_lines(node)
    findings: list[Finding] = []

    def wrong(field: str, sentence: str, mend: str) -> None:
        line = lines.get(f"jupyter.kit.{field}") or lines.get("jupyter.kit") or 1
        findings.append(Finding(file, None, sentence, mend, line))

    jupyter = data.get("jupyter") if isinstance(data, dict) else None
    kit = jupyter.get("kit") if isinstance(jupyter, dict) else None
    if not isinstance(kit, dict):
        wrong("", "The header has no `kit` block.", "copy one from course/README.md")
        raise SourceError(findings)
    assert isinstance(jupyter, dict)
    kernel = jupyter.get("kernelspec")
    if not isinstance(kernel, dict) or kernel.get("name") != "python3":
        wrong(
            "", "The header names no kernel `python3`.", "copy `kernelspec` from course/README.md"
        )
    for key in kit.keys() - KEYS:
        wrong(str(key), f"`{key}` is no field of a header.", f"use {', '.join(sorted(KEYS))}")
    title, minutes = kit.get("title"), kit.get("minutes")
    if not isinstance(title, str) or not title.strip():
        wrong("title", "`title` is missing.", "write `title: …`")
    elif re.match(r"(?:lab\s*)?\d+\s*[:.·–-]", title, re.IGNORECASE):
        wrong("title", "`title` repeats the number, which the file's name gives.", "drop it there")
    if not _minutes(minutes):
        wrong("minutes", "`minutes` is no whole number from 5 to 240.", "write `minutes: 30`")
    exercises = kit.get("exercises")
    if exercises is not None and not _minutes(exercises):
        wrong("exercises", "`exercises` is no whole number from 5 to 240.", "write minutes")
    if lab and exercises is None:
        wrong("exercises", "A lab says how long its exercises take.", "write `exercises: 40`")
    objectives = kit.get("objectives")
    if not isinstance(objectives, list) or not _texts(objectives) or not 3 <= len(objectives) <= 5:
        wrong("objectives", "`objectives` is no list of 3 to 5 sentences.", "write them as a list")
    needs = kit.get("needs", [])
    if not isinstance(needs, list) or any(need not in NEEDS for need in needs):
        wrong("needs", f"`needs` is no list of {', '.join(NEEDS)}.", "write `needs: [endpoint]`")
    following = kit.get("next")
    if "next" not in kit:
        wrong("next", "`next` is missing.", "write `next: 01_inside_a_model`, or null for the last")
    elif following is not None and not (isinstance(following, str) and NAME.fullmatch(following)):
        wrong("next", f"`next: {following}` is no name of a lesson.", "write `next: 02_name`")
    spanish = kit.get("es")
    if spanish is not None and not _is_spanish(spanish, objectives):
        mend = "write `title:` and as many `objectives:` as in English"
        wrong("es", "`es` is not the head in Spanish.", mend)
    if findings:
        raise SourceError(findings)
    assert isinstance(title, str) and isinstance(minutes, int) and isinstance(objectives, list)
    return Front(
        title=title.strip(),
        minutes=minutes,
        objectives=tuple(text.strip() for text in objectives),
        needs=tuple(needs),
        next=following,
        exercises=exercises,
        es=Spanish(spanish["title"], tuple(spanish["objectives"])) if spanish else None,
    )


def _is_spanish(value: object, english: object) -> bool:
    """Title and as many objectives as the English head has."""
    if not isinstance(value, dict) or value.keys() != {"title", "objectives"}:
        return False
    goals = value["objectives"]
    same = isinstance(goals, list) and isinstance(english, list) and len(goals) == len(english)
    return same and _texts([value["title"], *goals])


def _minutes(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 5 <= value <= 240


def _texts(value: list[Any]) -> bool:
    return all(isinstance(v, str) and v.strip() for v in value)


def _key_lines(node: yaml.Node | None, prefix: str = "") -> dict[str, int]:
    """Line in the file (1-based) of every key, by dotted path."""
    found: dict[str, int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            path = f"{prefix}{key.value}"
            found[path] = key.start_mark.line + 2  # the opening fence is line 1
            found |= _key_lines(value, f"{path}.")
    return found

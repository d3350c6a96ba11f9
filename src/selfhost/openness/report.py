"""A verdict as text for people: short lines, the reasons first, what is missing last."""

from __future__ import annotations

import textwrap
from typing import Any

from .aspects import WHY
from .classes import MEANING
from .compare import answer
from .osaid import CAVEAT
from .verdict import Verdict

WIDTH = 96


def _wrapped(text: str, mark: str = "  - ") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))


def lines(verdict: Verdict, *, evidence: bool = True) -> list[str]:
    """The card of a release, as lines of text."""
    name = verdict.spectrum.name
    out = [f"{verdict.release.name}: {name or 'nothing to run'}"]
    if name:
        out += _wrapped(MEANING[name], "  ")
    if verdict.spectrum.possible != name:
        out += _wrapped(f"could be '{verdict.spectrum.possible}' if what is not known turned out "
                        "well", "  ")  # fmt: skip
    mof = f"class {verdict.mof.name}" if verdict.mof.name else "no class yet"
    out += [f"  Model Openness Framework: {mof}"]
    out += [f"  Open Source AI Definition: {answer(verdict.osaid.answer)}"]
    if verdict.osaid.answer:
        out += _wrapped(CAVEAT, "    ")
    out += ["Aspects"]
    out += [f"  {key:14}{value:28}{WHY[key].split(': ')[1]}"
            for key, value in verdict.aspects.items()]  # fmt: skip
    if evidence and verdict.evidence:
        out += _evidence(verdict)
    out += ["Why this class"]
    for finding in verdict.spectrum.reasons():
        out += _wrapped(f"{finding.rule}: {finding.text}")
    out += _missing(verdict)
    if verdict.mof.warnings:
        out += ["Open, but made for another kind of content"]
        for warning in verdict.mof.warnings:
            out += _wrapped(warning)
    if verdict.disagreements():
        out += ["Where the definitions disagree"]
        for text in verdict.disagreements():
            out += _wrapped(text)
    return out


def _evidence(verdict: Verdict) -> list[str]:
    out: list[str] = []
    for title, met in (("Found", True), ("To be judged by you", None), ("Not found", False)):
        rows = [f.text for f in verdict.evidence if f.met is met]
        if rows:
            out.append(title)
            for text in rows:
                out += _wrapped(text)
    return out


def _missing(verdict: Verdict) -> list[str]:
    out: list[str] = []
    steps = (
        (verdict.spectrum.next, "Missing for the class '{}'", verdict.spectrum.missing()),
        (verdict.mof.next, "Missing for MOF class {}", verdict.mof.missing()),
        ("it", "Missing for the Open Source AI Definition", verdict.osaid.missing()),
    )
    for target, title, findings in steps:
        if target and findings:
            out.append(title.format(target))
            for finding in findings:
                out += _wrapped(finding.text)
    return out


def table(compared: dict[str, Any]) -> list[str]:
    """A comparison as a text table; a star marks the rows that differ."""
    rows = [["", compared["left"], compared["right"]], *compared["rows"]]
    width = [max(len(str(row[i])) for row in rows) for i in (0, 1)]
    out = []
    for number, (what, left, right) in enumerate(rows):
        star = "*" if number and left != right else " "
        out.append(f"{star} {what:{width[0]}}  {left:{width[1]}}  {right}".rstrip())
        if number == 0:
            out.append("-" * min(WIDTH, len(out[0]) + 8))
    return out

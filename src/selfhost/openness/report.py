"""A verdict as text for people: short lines, the reasons first, what is missing last."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from .aspects import WHY
from .classes import MEANING
from .compare import answer
from .osaid import CAVEAT
from .verdict import Verdict

WIDTH = 96
_MANY = 4  # confirmed statements from here on are told in one line


def _wrapped(text: str, mark: str = "  - ") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))


def briefly(texts: Iterable[str], said: set[str]) -> Iterator[str]:
    """Reasons in which the conditions of a licence are told once; `said` holds those told."""
    for text in texts:
        head, sign, conditions = text.partition(" is not open: ")
        if sign and conditions in said:
            yield f"{head} is not open (see above)"
        else:
            yield text
        if sign and ") or " not in conditions:  # the end of an alternative is not a licence's
            said.add(conditions)


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
    said: set[str] = set()
    for text in briefly((f"{f.rule}: {f.text}" for f in verdict.spectrum.reasons()), said):
        out += _wrapped(text)
    out += _missing(verdict, said)
    if verdict.mof.warnings:
        out += ["Open, but made for another kind of content"]
        for text in _together(verdict.mof.warnings):
            out += _wrapped(text)
    if verdict.disagreements():
        out += ["Where the definitions disagree"]
        for text in verdict.disagreements():
            out += _wrapped(text)
    return out


def _evidence(verdict: Verdict) -> list[str]:
    out: list[str] = []
    for title, met in (("Found", True), ("To be judged by you", None), ("Not found", False)):
        rows = _confirmed([f.text for f in verdict.evidence if f.met is met])
        if rows:
            out.append(title)
            for text in rows:
                out += _wrapped(text)
    return out


def _confirmed(rows: list[str]) -> list[str]:
    """Many statements of a description that a file confirms, as one line."""
    good = [text for text in rows if text.endswith(", which is there")]
    if len(good) < _MANY:
        return rows
    name = good[0].partition(": ")[2].partition(" gives ")[0]
    parts = ", ".join(text.partition(":")[0] for text in good)
    rest = [text for text in rows if text not in good]
    return [*rest, f"{name} gives a path for {len(good)} parts, and each is there: {parts}"]


def _together(warnings: Iterable[str]) -> list[str]:
    """`part: reason` with the parts that share a reason in one line."""
    parts: dict[str, list[str]] = {}
    for text in warnings:
        part, _, reason = text.partition(": ")
        parts.setdefault(reason, []).append(part)
    return [f"{', '.join(named)}: {reason}" for reason, named in parts.items()]


def _missing(verdict: Verdict, said: set[str]) -> list[str]:
    out: list[str] = []
    steps = (
        (verdict.spectrum.next, "Missing for the class '{}'", verdict.spectrum.missing()),
        (verdict.mof.next, "Missing for MOF class {}", verdict.mof.missing()),
        ("it", "Missing for the Open Source AI Definition", verdict.osaid.missing()),
    )
    for target, title, findings in steps:
        if target and findings:
            out.append(title.format(target))
            for text in briefly((finding.text for finding in findings), said):
                out += _wrapped(text)
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

"""The one policy of what a student sees and what only the solution shows.

Everything that cuts, compares or searches answers goes through `split`: two places with a
policy of their own are how a course hands out its solutions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

STUB = "# YOUR CODE HERE"
HINT = "# Hint: "
MORE = "#       "  # before the further lines of a hint, below its words
WRITE_HERE = "*Write your answer here (double click to edit).*"
BEGIN, END = "### BEGIN ", "### END "
BLOCKS = ("SOLUTION", "HINT")
_LIKE = re.compile(r"#+\s*(BEGIN|END)\b.*\b(SOLUTION|HINT|ANSWER)|BEGIN_SOLUTION", re.IGNORECASE)
_IN_TEXT = re.compile(r"###\s*(BEGIN|END)\s+(SOLUTION|HINT)", re.IGNORECASE)


class MarkerError(ValueError):
    """A marker that cannot be followed; `line` counts from 1 inside the cell."""

    def __init__(self, line: int, sentence: str, mend: str) -> None:
        super().__init__(sentence)
        self.line, self.sentence, self.mend = line, sentence, mend


@dataclass
class Split:
    """A cell cut in two: `student` is the lab's text, `hidden` the lines it must not show."""

    student: str
    hidden: list[str] = field(default_factory=list)

    @property
    def has_solution(self) -> bool:
        """Whether the cell asks the student for something."""
        return bool(self.hidden)


def split(source: str, *, code: bool, tags: tuple[str, ...] = ()) -> Split:
    """Cut the answers out of a cell; MarkerError if a marker cannot be followed.

    In a code cell the lines between BEGIN and END SOLUTION become `# YOUR CODE HERE`, at the
    marker's own indentation, with `...` below where Python wants a body; the comments between
    BEGIN and END HINT become `# Hint: …`. A markdown cell with the tag `solution` is an
    answer as a whole.
    """
    if not code:
        for number, line in enumerate(source.splitlines(), 1):
            if _IN_TEXT.search(line):
                raise MarkerError(
                    number,
                    f"A text cell holds the marker `{line.strip()}`.",
                    "put markers into code cells; an answer in words is a markdown cell with "
                    'the tag "solution"',
                )
        if "solution" in tags:
            return Split(WRITE_HERE, [line for line in source.splitlines() if line.strip()])
        return Split(source)
    return _split_code(source)


def _split_code(source: str) -> Split:
    kept: list[str] = []
    hidden: list[str] = []
    stack: list[tuple[str, int, str]] = []  # (block, line, indentation)
    counts = [0]  # lines of content of the open blocks
    needs_body = False
    for number, line in enumerate(source.splitlines(), 1):
        bare = line.strip()
        if not _LIKE.search(line):
            if stack:
                counts[-1] += bool(bare)
            if not stack:
                kept.append(line)
            elif stack[-1][0] == "SOLUTION":
                if bare:
                    hidden.append(line)
            elif bare:
                if not bare.startswith("#"):
                    raise MarkerError(number, "A hint holds code.", "write hints as comments")
                label = HINT if counts[-1] == 1 else MORE
                kept.append(f"{stack[0][2]}{label}{bare.lstrip('# ')}")
            continue
        verb, _, block = bare.removeprefix("### ").partition(" ")
        if not bare.startswith("### ") or verb not in ("BEGIN", "END") or block not in BLOCKS:
            raise MarkerError(
                number, f"`{bare}` is no marker.", "write `### BEGIN SOLUTION` on its own line"
            )
        indent = line[: len(line) - len(line.lstrip())]
        if verb == "BEGIN":
            if stack and (block == "SOLUTION" or stack[-1][0] == "HINT"):
                raise MarkerError(
                    number, f"`{bare}` stands inside a {stack[-1][0]}.", f"close it before: {END}…"
                )
            stack.append((block, number, indent))
            counts.append(0)
            if block == "SOLUTION":
                needs_body = _opens_a_body(kept)
                kept.append(indent + STUB)
            continue
        if not stack or stack[-1][0] != block:
            raise MarkerError(number, f"`{bare}` closes nothing.", f"write `{BEGIN}{block}` above")
        _, opened, opened_at = stack.pop()
        if counts.pop() == 0:
            raise MarkerError(opened, f"The {block} is empty.", "write it, or drop the markers")
        if opened_at != indent:
            raise MarkerError(number, f"`{bare}` is indented unlike its BEGIN.", "align the two")
        if block == "SOLUTION" and needs_body:
            kept.append(f"{indent}...")
    if stack:
        block, opened, _ = stack[-1]
        raise MarkerError(opened, f"The {block} is never closed.", f"write `{END}{block}`")
    return Split("\n".join(kept), hidden)


def _opens_a_body(kept: list[str]) -> bool:
    """Whether the last line of code opens a block, so that a comment alone is no Python."""
    code = (line for line in reversed(kept) if line.strip() and not line.lstrip().startswith("#"))
    return next(code, "").rstrip().endswith(":")

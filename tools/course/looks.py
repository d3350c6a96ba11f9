"""What a reader would stumble over in one cell: length, pictures, secrets, outputs."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from tools.course.names import parse, split_magics

Problem = tuple[str, str, str]  # level, sentence, mend

LINES_WARN, LINES_FAIL = 15, 25
OUTPUT_BYTES, NOTEBOOK_BYTES = 400_000, 2_000_000
_PICTURE = re.compile(r"!\[([^\]]*)\]\(")
_IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"[^"]*\w[^"]*"|'[^']*\w[^']*')""", re.IGNORECASE)
_SECRETS = {
    "an OpenAI or Anthropic key": r"\bsk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,}",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{20,}",
    "a Groq key": r"\bgsk_[A-Za-z0-9]{20,}",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})",
    "a Google key": r"\bAIza[A-Za-z0-9_-]{30,}",
    "an AWS key": r"\bAKIA[A-Z0-9]{16}\b",
    "a Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
}
_PATHS = re.compile(
    r"(?<![\w.:/])(?:/(?:home|root|Users|tmp|private|var/folders|work|mnt|data)/[\w.-]+"
    r"|[A-Za-z]:\\{1,2}(?:Users|Temp|Windows)\b)"
)
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")


def code_lines(source: str) -> int:
    """Lines that a reader has to read: not blank, no marker, no hint."""
    inside_hint, count = False, 0
    for line in source.splitlines():
        bare = line.strip()
        if bare.startswith(("### BEGIN", "### END")):
            inside_hint = bare == "### BEGIN HINT"
        elif bare and not inside_hint:
            count += 1
    return count


def in_source(cell: Any, previous: Any | None) -> Iterator[Problem]:
    """Problems of a cell as written."""
    yield from secrets(cell.source)
    if cell.cell_type == "markdown":
        yield from _markdown_pictures(cell.source)
        return
    if cell.cell_type != "code":
        return
    if not cell.source.strip():
        yield "fail", "The code cell is empty.", "drop it"
    if previous is None or previous.cell_type != "markdown":
        yield "fail", "No sentence stands before the code.", "say in a markdown cell why it is run"
    count = code_lines(cell.source)
    if count > LINES_WARN:
        level = "fail" if count > LINES_FAIL else "warn"
        mend = f"cut it, or move logic to src/selfhost ({LINES_WARN} is the measure)"
        yield level, f"The code cell has {count} lines.", mend
    try:
        tree = parse(split_magics(cell.source)[0])
    except SyntaxError as error:
        yield "fail", f"The cell is no Python: {error.msg}, line {error.lineno}.", "mend the cell"
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "picture" and not _has_alt(node):
            yield (
                "fail",
                "A call of picture() has no alt text.",
                'write picture(fig, "what it shows, with the numbers that matter")',
            )


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _has_alt(node: ast.Call) -> bool:
    """A second argument, or one called alt…; a constant has at least three words."""
    given = node.args[1:2] + [k.value for k in node.keywords if (k.arg or "").startswith("alt")]
    for value in given:
        if isinstance(value, ast.Constant):
            return isinstance(value.value, str) and len(value.value.split()) >= 3
        return True
    return False


def _markdown_pictures(text: str) -> Iterator[Problem]:
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    bad = [alt for alt in _PICTURE.findall(prose) if len(alt.split()) < 2]
    bad += [tag for tag in _IMG.findall(prose) if not _ALT.search(tag)]
    if bad:
        yield "fail", "A picture has no alt text.", "write ![what it shows](…)"


def secrets(text: str) -> Iterator[Problem]:
    """Strings that look like a credential; the text itself is not repeated."""
    for name, pattern in _SECRETS.items():
        if re.search(pattern, text):
            yield (
                "fail",
                f"The cell holds what looks like {name}.",
                "take it out, revoke it, and read it from the environment",
            )


def in_outputs(cell: Any, paths: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Problems of a cell's stored outputs; `paths` are this machine's own."""
    text = json.dumps(cell.outputs, ensure_ascii=False)
    size = len(text.encode("utf-8"))
    if size > OUTPUT_BYTES:
        mend = f"show less, or draw smaller (limit {OUTPUT_BYTES // 1000} kB)"
        yield "fail", f"The stored output has {size // 1000} kB.", mend
    shown = "\n".join(_texts(cell.outputs))
    yield from in_text(shown, paths)
    volatile = "nbval-ignore-output" in cell.metadata.get("tags", [])
    if not volatile and _ADDRESS.search(shown):
        mend = "print what the object holds instead"
        yield "fail", "The output holds a memory address, which changes every time.", mend
    for output in cell.outputs:
        if output.output_type == "error":
            yield "fail", f"The output is an error: {output.ename}.", "mend the cell, build again"
        if output.output_type == "stream" and output.name == "stderr":
            mend = "silence or explain the warning's cause"
            yield "fail", f"The cell writes to stderr: {_first_line(output.text)}", mend
    yield from _output_pictures(cell, volatile)


def in_text(shown: str, paths: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Problems of a text that a cell left: credentials, paths of one machine."""
    yield from secrets(shown)
    found = _PATHS.search(shown)
    if found or any(path in shown for path in paths):
        named = found[0] if found else "the checkout's folder"
        yield "fail", f"The output names a path of one machine ({named}…).", "print a relative path"


def _output_pictures(cell: Any, volatile: bool) -> Iterator[Problem]:
    has_picture = said = False
    for output in cell.outputs:
        data = output.get("data", {})
        has_picture = has_picture or any(kind.startswith("image/") for kind in data)
        html = _joined(data.get("text/html", ""))
        tags = _IMG.findall(html)
        if any(not _ALT.search(tag) for tag in tags):
            yield "fail", "A picture in the output has no alt text.", 'use picture(fig, "…")'
        if has_picture or tags:
            said = said or any("In words:" in text for text in _texts([output]))
            has_picture = True
    if has_picture and not said:
        mend = 'show it with selfhost.show.picture(fig, "…")'
        yield "fail", "The picture is not followed by its words.", mend
    if has_picture and not volatile:
        mend = 'tag the cell "nbval-ignore-output"'
        yield "fail", "A picture stands in a compared cell.", mend


def _texts(outputs: list[Any]) -> Iterator[str]:
    for output in outputs:
        if "text" in output:
            yield _joined(output["text"])
        for kind, value in output.get("data", {}).items():
            if not kind.startswith("image/") or kind == "image/svg+xml":
                yield _joined(value) if isinstance(value, (str, list)) else json.dumps(value)
        if output.output_type == "error":
            yield "\n".join(output.get("traceback", []))


def _joined(value: Any) -> str:
    return value if isinstance(value, str) else "".join(map(str, value))


def _first_line(text: Any) -> str:
    lines = _joined(text).strip().splitlines()
    return lines[0][:120] if lines else ""

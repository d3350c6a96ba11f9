"""Keys: read from the environment, shown masked, and looked for where they must not be.

A key in a notebook is a key in every copy of it, in its history on the forge and in whatever
reads the forge. So keys come from environment variables, and a scan of the files that are handed
round looks for strings that are keys by their form, and for a literal where a key is expected.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Forms that are somebody's key and nothing else: prefixes that owners give their keys so that a
# scan can find them.
FORMS: dict[str, str] = {
    "an OpenAI, Anthropic or OpenRouter key": r"\bsk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,}",
    "a Groq key": r"\bgsk_[A-Za-z0-9]{20,}",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{20,}",
    "a Google key": r"\bAIza[A-Za-z0-9_-]{30,}",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})",
    "an AWS key": r"\bAKIA[A-Z0-9]{16}\b",
    "a Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
}
# Somebody's key of unknown form: a long literal with letters and digits where a key is expected.
_ASSIGNED = re.compile(
    r"""(?ix) (?:api[_-]?key | secret(?:[_-]?key)? | access[_-]?token | auth[_-]?token | password)
        ["']? \s* [:=] \s* \\?["'] (?P<value>[^"'\\\s]{16,}) \\?["'] """
)
_BEARER = re.compile(r"(?i)\bbearer\s+(?P<value>[A-Za-z0-9._~+/-]{16,}=*)")
_COMPILED = {name: re.compile(pattern) for name, pattern in FORMS.items()}
TEXTS = (".py", ".ipynb", ".md", ".yaml", ".yml", ".toml", ".cfg", ".json", ".txt", ".sh", ".env")


@dataclass(frozen=True)
class Leak:
    """Where something looks like a key. The key itself is never kept or shown, only its end."""

    what: str
    line: int
    shown: str
    file: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.file else f"line {self.line}"
        return f"{where}: looks like {self.what} ({self.shown})"


def masked(key: str) -> str:
    """A key as it may be shown: `...` and its last four characters, or nothing of a short one."""
    return f"...{key[-4:]}" if len(key) >= 16 else "..."


def find_key(names: Iterable[str], environment: Mapping[str, str] | None = None) -> str | None:
    """The first of these environment variables that holds something, else None."""
    place = os.environ if environment is None else environment
    return next((place[name].strip() for name in names if place.get(name, "").strip()), None)


def scan_text(text: str, file: str = "") -> list[Leak]:
    """Everything in a text that looks like a key, by line, each place once."""
    found: list[Leak] = []
    for number, line in enumerate(text.splitlines(), 1):
        taken: list[tuple[int, int]] = []
        for what, start, end in _hits(line):
            if any(start < e and end > s for s, e in taken):
                continue
            taken.append((start, end))
            found.append(Leak(what, number, masked(line[start:end]), file))
    return found


def _hits(line: str) -> Iterator[tuple[str, int, int]]:
    for what, pattern in _COMPILED.items():
        for match in pattern.finditer(line):
            if not _example(match[0]):
                yield what, match.start(), match.end()
    for pattern in (_ASSIGNED, _BEARER):
        for match in pattern.finditer(line):
            if _random(match["value"]):
                yield "a key written out", match.start("value"), match.end("value")


def _random(value: str) -> bool:
    """Letters and digits mixed, as keys are and words, paths and variables are not."""
    if _example(value) or value.startswith(("$", "{", "<", "http://", "https://")):
        return False
    digits = sum(c.isdigit() for c in value)
    letters = sum(c.isalpha() for c in value)
    return digits >= 3 and letters >= 3 and len(set(value)) >= 8


def _example(value: str) -> bool:
    """What stands for a key in a text for people: one sign repeated, dots, words in capitals."""
    body = value.partition("-")[2] or value.partition("_")[2] or value
    return len(set(body.lower()) - set("-_.")) <= 2 or "..." in value or "…" in value


def scan_files(paths: Iterable[Path]) -> list[Leak]:
    """The same for files and whole folders (texts only; notebooks with their outputs).

    Folders whose name begins with a dot, and environments, are left out. A file that is no UTF-8
    text is read as far as possible: a key is ASCII.
    """
    found: list[Leak] = []
    for path in _files(paths):
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".ipynb":
            text = _notebook_text(text)
        found += scan_text(text, path.as_posix())
    return found


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_file():
            yield path
            continue
        for inner in sorted(path.rglob("*")):
            parts = inner.relative_to(path).parts
            hidden = (
                any(p.startswith(".") and p != ".env" for p in parts) or "node_modules" in parts
            )
            if (inner.is_file() and not hidden and inner.suffix in TEXTS) or inner.name == ".env":
                yield inner


def _notebook_text(text: str) -> str:
    """Sources and outputs of a notebook as lines, without pictures, which are long random text."""
    try:
        cells = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError):
        return text
    lines: list[str] = []

    def walk(value: object, key: str = "") -> None:
        if key.startswith("image/") and key != "image/svg+xml":
            return
        if isinstance(value, str):
            lines.extend(value.splitlines())
        elif isinstance(value, list):
            if value and all(isinstance(item, str) for item in value):
                lines.extend("".join(value).splitlines())
            else:
                for item in value:
                    walk(item)
        elif isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, name)

    for cell in cells:
        walk({k: v for k, v in cell.items() if k in ("source", "outputs")})
    return "\n".join(lines)

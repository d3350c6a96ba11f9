"""Read a YAML file that a stranger wrote: plain text values, line numbers, and nothing surprising.

No tags are followed, no objects are made, aliases are refused (they are how small files grow to
gigabytes), size and depth are limited, keys may not repeat. Every scalar stays the text that stands
in the file, so that version 1.10 is not read as the number 1.1; an empty value or `null` is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..errors import KitError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
MAX_NODES = 20_000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_TAGS = ("tag:yaml.org,2002:", "!")

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """The values of a file (dict, list, str or None) and the line of each, by path."""

    data: Any
    lines: dict[Path_, int]
    name: str

    def fail(self, path: Path_, problem: str) -> KitError:
        """The error for a wrong value: file, line, field, problem, in one sentence."""
        line = self.lines.get(path)
        up = path
        while line is None and up:
            up = up[:-1]
            line = self.lines.get(up)
        field = dotted(path)
        return _error(self.name, line or 1, f"{field}: {problem}" if field else problem)


def dotted(path: Path_) -> str:
    """("release", "components", 3, "name") as people write it: release.components[3].name."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _error(name: str, line: int, problem: str) -> KitError:
    end = "" if problem.endswith("?") else "."
    return KitError(
        f"{name}, line {line}: {problem}{end}", "correct that line, then run the command again"
    )


def read_text(path: Path) -> str:
    """The text of a small UTF-8 file; a KitError says what is wrong with it otherwise."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _error(path.name, 1, f"the file has {size:,} bytes, and a description has at "
                         f"most {MAX_BYTES:,}")  # fmt: skip
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as why:
        line = path.read_bytes()[: why.start].count(b"\n") + 1
        raise _error(path.name, line, "this is not UTF-8 text") from None
    except OSError as why:
        raise KitError(f"{path} cannot be read: {why.strerror}.", "check the path") from None


def load(text: str, name: str = "the description") -> Document:
    """Parse YAML text within the limits above.

    Raises KitError, with one sentence that names the line, for everything that is not plain YAML.
    """
    if len(text) > MAX_BYTES:
        raise _error(name, 1, f"the text is longer than {MAX_BYTES:,} characters")
    try:
        _check_events(text, name)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as why:
        raise _syntax(name, why) from None
    except RecursionError:
        raise _error(name, 1, "the file is nested too deeply") from None
    lines: dict[Path_, int] = {}
    data = None if node is None else _plain(node, (), lines, name)
    return Document(data, lines, name)


def _check_events(text: str, name: str) -> None:
    """Look at the stream of events first: it needs no memory, whatever the file does."""
    depth = nodes = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise _error(name, line, f"the alias *{event.anchor} is not allowed here, write the "
                         "value out")  # fmt: skip
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _error(name, line, "a second document starts here, and one is expected")
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
            tag = getattr(event, "tag", None)
            if tag and tag != "!" and not tag.startswith("tag:yaml.org,2002:"):
                raise _error(name, line, f"the tag {tag} is not allowed here")
            if tag and tag.startswith("tag:yaml.org,2002:python"):
                raise _error(name, line, "a Python tag is not allowed here")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _error(name, line, f"nested more than {MAX_DEPTH} levels deep")
        if nodes > MAX_NODES:
            raise _error(name, line, f"more than {MAX_NODES:,} values")


def _plain(node: Any, path: Path_, lines: dict[Path_, int], name: str) -> Any:
    line = node.start_mark.line + 1
    lines[path] = line
    if isinstance(node, yaml.ScalarNode):
        quoted = node.style in ("'", '"', "|", ">")
        return None if not quoted and node.value in _NULLS else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, i), lines, name) for i, child in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _error(name, key.start_mark.line + 1, "a key must be plain text")
        if key.value in found:
            where = dotted((*path, key.value))
            raise _error(name, key.start_mark.line + 1, f"{where} stands here a second time")
        found[key.value] = _plain(value, (*path, key.value), lines, name)
        lines[*path, key.value] = key.start_mark.line + 1
    return found


def _syntax(name: str, why: yaml.YAMLError) -> KitError:
    """PyYAML's several lines as one sentence."""
    mark = getattr(why, "problem_mark", None) or getattr(why, "context_mark", None)
    line = mark.line + 1 if mark is not None else 1
    problem = getattr(why, "problem", None) or getattr(why, "reason", None) or "not YAML"
    clean = " ".join(str(problem).split()).rstrip(".")
    if isinstance(why, yaml.reader.ReaderError):
        clean = f"the character {why.character!r} does not belong in a text file"
    return _error(name, line, f"this is not YAML ({clean})")

"""The part of Go's text/template that Modelfiles use, for `TEMPLATE` and `template`.

Known: `{{ .Field }}`, `$`, `$name := ...`, `if`/`else if`/`else`/`end`, `range` (also with
`$i, $m :=`), `eq ne and or not len slice index`, string and number literals, `-` trimming and
comments. Anything else raises `TemplateError` with a sentence; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_ACTION = re.compile(r"\{\{(-\s)?(.*?)(\s-)?\}\}", re.DOTALL)
_TOKEN = re.compile(r'\s*("(?:\\.|[^"\\])*"|`[^`]*`|\(|\)|:=|=|,|\||-?\d+|[$.\w]+)')
_MAX_OUTPUT = 4_000_000


class TemplateError(Exception):
    """The template cannot be used; the message says why."""


Node = Callable[["Scope", list[str]], None]


class Scope:
    """`dot` is Go's `.`, `root` its `$`; variables are shared with inner blocks."""

    def __init__(self, dot: Any, root: Any, names: dict[str, Any]) -> None:
        self.dot, self.root, self.names = dot, root, names


def render(template: str, values: dict[str, Any]) -> str:
    """Fill `template`; field names are those of Ollama (`System`, `Messages`, `Role`, ...)."""
    tokens = _lex(template)
    nodes, stopped = _block(tokens, ())
    if stopped:
        raise TemplateError(f"unexpected {{{{ {stopped} }}}}")
    out: list[str] = []
    scope = Scope(values, values, {})
    for node in nodes:
        node(scope, out)
    return "".join(out)


def _lex(template: str) -> list[tuple[str, str]]:
    """[("text", ...), ("action", ...)], reversed so that `pop()` takes the next one."""
    parts: list[tuple[str, str]] = []
    at, trim = 0, False
    for match in _ACTION.finditer(template):
        text = template[at : match.start()]
        text = text.lstrip() if trim else text
        text = text.rstrip() if match[1] else text
        parts.append(("text", text))
        action = match[2].strip()
        if not action.startswith("/*"):
            parts.append(("action", action))
        at, trim = match.end(), bool(match[3])
    rest = template[at:]
    if "{{" in rest:
        raise TemplateError("a {{ is not closed")
    parts.append(("text", rest.lstrip() if trim else rest))
    return parts[::-1]


def _block(tokens: list[tuple[str, str]], ends: tuple[str, ...]) -> tuple[list[Node], str]:
    nodes: list[Node] = []
    while tokens:
        kind, value = tokens.pop()
        if kind == "text":
            nodes.append(lambda scope, out, value=value: out.append(value))  # type: ignore[misc]
            continue
        word = value.split(maxsplit=1)[0] if value else ""
        if word in ("end", "else"):
            if word not in ends:
                raise TemplateError(f"unexpected {{{{ {value} }}}}")
            return nodes, value
        if word == "if":
            nodes.append(_if(tokens, value[2:]))
        elif word == "range":
            nodes.append(_range(tokens, value[5:]))
        elif word in ("with", "define", "template", "block", "break", "continue"):
            raise TemplateError(f"{{{{ {word} }}}} is not supported here")
        else:
            nodes.append(_action(value))
    if ends:
        raise TemplateError("an {{ end }} is missing")
    return nodes, ""


def _if(tokens: list[tuple[str, str]], condition: str) -> Node:
    test = _expression(condition)
    yes, stopped = _block(tokens, ("end", "else"))
    no: list[Node] = []
    if stopped.startswith("else"):
        rest = stopped[4:].strip()
        if rest.startswith("if"):
            no = [_if(tokens, rest[2:])]
        else:
            no, _ = _block(tokens, ("end",))

    def run(scope: Scope, out: list[str]) -> None:
        for node in yes if test(scope) else no:
            node(scope, out)

    return run


def _range(tokens: list[tuple[str, str]], head: str) -> Node:
    names: list[str] = []
    if ":=" in head:
        left, head = head.split(":=", 1)
        names = [name.strip() for name in left.split(",")]
    over = _expression(head)
    body, stopped = _block(tokens, ("end", "else"))
    empty = _block(tokens, ("end",))[0] if stopped.startswith("else") else []

    def run(scope: Scope, out: list[str]) -> None:
        items = over(scope) or []
        if not isinstance(items, list):
            raise TemplateError("range needs a list")
        for index, item in enumerate(items):
            inner = Scope(item, scope.root, scope.names)
            for name, value in zip(
                names, (index, item) if len(names) == 2 else (item,), strict=False
            ):
                scope.names[name] = value
            for node in body:
                node(inner, out)
            if sum(map(len, out)) > _MAX_OUTPUT:
                raise TemplateError("the result is too long")
        if not items:
            for node in empty:
                node(scope, out)

    return run


def _action(value: str) -> Node:
    match = re.match(r"(\$\w+)\s*:?=\s*(.*)", value, re.DOTALL)
    if match:
        name, expression = match[1], _expression(match[2])

        def assign(scope: Scope, out: list[str]) -> None:
            scope.names[name] = expression(scope)

        return assign
    expression = _expression(value)

    def emit(scope: Scope, out: list[str]) -> None:
        found = expression(scope)
        out.append(
            ""
            if found is None
            else str(found).lower()
            if found is True or found is False
            else str(found)
        )

    return emit


Expression = Callable[[Scope], Any]


def _expression(source: str) -> Expression:
    words: list[str] = []
    at = 0
    while source[at:].strip():
        match = _TOKEN.match(source, at)
        if not match:
            raise TemplateError(f"cannot read {source.strip()!r}")
        words.append(match[1])
        at = match.end()
    if not words:
        raise TemplateError("an action is empty")
    if "|" in words:
        raise TemplateError("pipes are not supported here")
    expression, rest = _call(words)
    if rest:
        raise TemplateError(f"cannot read {source.strip()!r}")
    return expression


def _call(words: list[str]) -> tuple[Expression, list[str]]:
    head = words[0]
    if head in _FUNCTIONS:
        arguments: list[Expression] = []
        rest = words[1:]
        while rest and rest[0] != ")":
            argument, rest = _term(rest)
            arguments.append(argument)
        function = _FUNCTIONS[head]

        def call(scope: Scope) -> Any:
            try:
                return function(*[argument(scope) for argument in arguments])
            except (TypeError, IndexError, KeyError) as error:
                raise TemplateError(f"{head}: {error}") from error

        return call, rest
    return _term(words)


def _term(words: list[str]) -> tuple[Expression, list[str]]:
    head, rest = words[0], words[1:]
    if head == "(":
        expression, rest = _call(rest)
        if not rest or rest[0] != ")":
            raise TemplateError("a ) is missing")
        return expression, rest[1:]
    if head[0] == '"':
        text = (
            head[1:-1]
            .encode()
            .decode("unicode_escape")
            .encode("latin-1", "replace")
            .decode("utf-8", "replace")
        )
        return (lambda scope: text), rest
    if head[0] == "`":
        return (lambda scope: head[1:-1]), rest
    if head.lstrip("-").isdigit():
        return (lambda scope: int(head)), rest
    if head in ("true", "false"):
        return (lambda scope: head == "true"), rest
    if head[0] in ".$":
        return _path(head), rest
    raise TemplateError(f"{head!r} is not supported here")


def _path(word: str) -> Expression:
    first, *fields = word.split(".")

    def look(scope: Scope) -> Any:
        found = scope.dot if first == "" else scope.root if first == "$" else scope.names.get(first)
        for name in fields:
            if name:
                found = found.get(name) if isinstance(found, dict) else None
        return found

    return look


def _first(want: bool) -> Callable[..., Any]:
    def choose(*values: Any) -> Any:
        for value in values[:-1]:
            if bool(value) is want:
                return value
        return values[-1]

    return choose


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "eq": lambda a, *rest: any(a == b for b in rest),
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "gt": lambda a, b: a > b,
    "le": lambda a, b: a <= b,
    "ge": lambda a, b: a >= b,
    "and": _first(False),
    "or": _first(True),
    "not": lambda a: not a,
    "len": lambda a: len(a or ()),
    "index": lambda a, i: a[i],
    "slice": lambda a, i, j=None: a[i:j],
}

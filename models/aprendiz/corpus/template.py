# SPDX-License-Identifier: MIT
"""A tiny template language, and the random choices that everything else is made of.

``[a|b|]`` is a choice (it nests), ``$name`` a variable. Every random choice is one call of
``Random.random()``, so that a document depends on its seed alone: not on the platform, not on the
number of processes, not on the order in which a set happens to be stored.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, TypeAlias, TypeVar

START, END = "<start_of_turn>", "<end_of_turn>"

T = TypeVar("T")
Part: TypeAlias = "str | tuple[str] | list[list[Any]]"
# A question, its short answer (None: it has none) and its answer in full.
Answered: TypeAlias = tuple[str, str | None, str]
Values: TypeAlias = Mapping[str, object]

_parsed: dict[str, list[Any]] = {}


def _parse(template: str) -> list[Any]:
    """The template as text, (variable,) and [alternative, ...] parts."""
    out: list[Any] = []
    current, text = out, ""
    stack: list[tuple[list[Any], list[list[Any]]]] = []
    i = 0
    while i < len(template):
        c = template[i]
        if c not in "[]|$" or (c == "|" and not stack):
            text += c
            i += 1
            continue
        if text:
            current.append(text)
            text = ""
        if c == "[":
            choice: list[list[Any]] = [[]]
            current.append(choice)
            stack.append((current, choice))
            current = choice[0]
        elif c == "|":
            stack[-1][1].append([])
            current = stack[-1][1][-1]
        elif c == "]":
            current = stack.pop()[0]
        else:
            j = i + 1
            while j < len(template) and (template[j].isalnum() or template[j] == "_"):
                j += 1
            current.append((template[i + 1 : j],))
            i = j
            continue
        i += 1
    if text:
        current.append(text)
    return out


def _emit(parts: list[Any], r: Random, values: Values, out: list[str]) -> None:
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, tuple):
            out.append(str(values[part[0]]))
        else:
            _emit(part[int(r.random() * len(part))], r, values, out)


def fill(r: Random, template: str, values: Values | None = None) -> str:
    """The template with one alternative of each choice, and its variables replaced."""
    parts = _parsed.get(template)
    if parts is None:
        parts = _parsed[template] = _parse(template)
    out: list[str] = []
    _emit(parts, r, values or {}, out)
    return "".join(out)


def pick(r: Random, items: Sequence[T]) -> T:
    """One of the items, each as likely."""
    return items[int(r.random() * len(items))]


def pick_early(r: Random, items: Sequence[T], off: int = 6) -> T:
    """One of the items; the first ones much more often than the last ones."""
    n = len(items)
    if r.random() < 0.5:
        return items[min(n - 1, int(((n + off) / off) ** r.random() * off - off))]
    return items[int(r.random() * n)]


def upper_first(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def with_article(noun: str) -> str:
    """``a model``, ``an apple``."""
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def held(*key: object, pct: int = 10) -> bool:
    """Whether this key is held out of training: about ``pct`` in a hundred are."""
    return zlib.crc32(repr(key).encode()) % 100 < pct


def chat(*turns: str) -> str:
    """Turns of user and model, in the chat template's form."""
    return "".join(
        f"{START}{'model' if i % 2 else 'user'}\n{t.strip()}{END}\n" for i, t in enumerate(turns)
    )

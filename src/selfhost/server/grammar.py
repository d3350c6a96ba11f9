"""From a JSON schema to what the engine takes as a grammar, within limits.

The engine compiles a grammar in the thread that writes everybody's tokens, so a schema that asks
for a billion elements would stop the whole server. What the engine cannot follow at all is found
out later, by `generation.Session`.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from selfhost.server.errors import ApiError

MAX_BYTES, MAX_DEPTH, MAX_REPEATS = 65_536, 64, 10_000
_COUNTS = ("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties")
_QUANTIFIER = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def grammar_of(schema: Any) -> str:
    """The engine's grammar for a JSON schema. Raises `ApiError` 400 for one that is too large."""
    import xllamacpp

    text = orjson.dumps(schema)
    if len(text) > MAX_BYTES:
        raise ApiError(400, f"the JSON schema is longer than {MAX_BYTES} bytes", param="format")
    _check(schema, 0, 1)
    try:
        return str(xllamacpp.json_schema_to_grammar(text.decode()))
    except Exception as error:  # a C++ exception of any kind
        raise ApiError(400, f"invalid JSON schema in format: {error}", param="format") from error


def _check(value: Any, depth: int, repeats: int) -> None:
    if depth > MAX_DEPTH:
        raise ApiError(400, "the JSON schema is nested too deeply", param="format")
    if isinstance(value, list):
        for each in value:
            _check(each, depth + 1, repeats)
    if not isinstance(value, dict):
        return
    counts = [value[key] for key in _COUNTS if isinstance(value.get(key), int | float)]
    pattern = value.get("pattern")
    if isinstance(pattern, str):
        for low, high in _QUANTIFIER.findall(pattern[:MAX_BYTES]):
            counts.append(int((high or low)[:9]))
    # Repetitions inside repetitions multiply.
    repeats = int(min(repeats * max([1, *counts]), 1e12))
    if repeats > MAX_REPEATS:
        raise ApiError(
            400, f"the JSON schema repeats something more than {MAX_REPEATS} times", param="format"
        )
    for each in value.values():
        _check(each, depth + 1, repeats)

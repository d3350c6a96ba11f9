# SPDX-License-Identifier: MIT
"""Questions with a known answer, and whether a text answers them. Standard library only.

One line of a ``.jsonl`` file is one item: ``prompt`` (with ``system``, or ``messages`` instead of
both), ``accept`` and ``match``, the rule:

``number``      the last number in the text is the accepted one. A model may work before it
                answers; what it says last counts, here and in the next rule.
``letter``      the last A, B, C or D that stands alone is the accepted one.
``contains``    the text contains one of the accepted strings.
``all_groups``  the text contains a string of each group.
``json``        the text is JSON, and one of its values is an accepted one.
``story``       at least ``min_words`` words, a string of each group, and it ends like a sentence.

Case never matters, except for letters. A rule looks at nothing but the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

Item: TypeAlias = dict[str, Any]
HERE = Path(__file__).parent
NAMES = ("arith", "capitals", "choice", "workshop_qa")


def load(name: str) -> list[Item]:
    """The items of a benchmark, or of ``showcase``."""
    path = HERE / "showcase.jsonl" if name == "showcase" else HERE / "benchmarks" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def messages(item: Mapping[str, Any]) -> list[dict[str, str]]:
    """The chat to send to a model."""
    if "messages" in item:
        return list(item["messages"])
    system = [{"role": "system", "content": item["system"]}] if item.get("system") else []
    return [*system, {"role": "user", "content": item["prompt"]}]


def _groups(groups: Iterable[list[str]], text: str) -> bool:
    low = text.lower()
    return all(any(word.lower() in low for word in group) for group in groups)


def _json_values(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for v in value.values() for leaf in _json_values(v)]
    if isinstance(value, list):
        return [leaf for v in value for leaf in _json_values(v)]
    return [str(value).lower()]


def _is_json(accept: list[str], text: str) -> bool:
    try:
        values = _json_values(json.loads(text))
    except ValueError:
        return False
    return any(a.lower() in values for a in accept)


def score(item: Mapping[str, Any], text: str) -> bool:
    """Whether the text answers the item."""
    text, accept, match = text.strip(), item["accept"], item["match"]
    if match == "number":
        numbers = re.findall(r"-?\d+", text)
        return bool(numbers) and numbers[-1] == accept[0]
    if match == "letter":
        letters = re.findall(r"\b([ABCD])\b", text)
        return bool(letters) and letters[-1] == accept[0]
    if match == "contains":
        return _groups([accept], text)
    if match == "all_groups":
        return _groups(accept, text)
    if match == "json":
        return _is_json(accept, text)
    if match == "story":
        long_enough = len(text.split()) >= item["min_words"]
        return long_enough and text[-1] in '.!?"»”' and _groups(accept, text)
    raise ValueError(f"unknown rule: {match}")

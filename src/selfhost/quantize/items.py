"""What models are measured on: held-out text, and four small benchmarks with their scoring rules.

`heldout.jsonl` and `calibration.jsonl` were made once by aprendiz' own text generator (mixes stage4
and stage1), each with a seed that training never used: other draws from the same templates, so a
short question may have been seen. The benchmarks under models/aprendiz/benchmarks are held out by
wording (its DATA_CARD.md). All CC BY 4.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from selfhost.errors import KitError
from selfhost.paths import shipped_models

NAMES = ("arith", "capitals", "choice", "workshop_qa")
Item = dict[str, Any]


def heldout() -> list[str]:
    """The documents of the held-out text, turn markers included."""
    return _documents("heldout.jsonl")


def calibration() -> list[str]:
    """Other documents, for what must look at text before it quantizes; none is held out."""
    return _documents("calibration.jsonl")


def _documents(name: str) -> list[str]:
    text = resources.files("selfhost.quantize").joinpath(name).read_text("utf-8")
    return [json.loads(line)["text"] for line in text.splitlines() if line]


def questions(per_benchmark: int) -> list[Item]:
    """So many items of each benchmark, evenly spread over it (they are sorted by kind).

    Each has `id`, `prompt`, `accept`, `match`, sometimes `system`, and here `benchmark`. Raises
    `KitError` when the shipped files are missing.
    """
    found: list[Item] = []
    for name in NAMES:
        path = shipped_models() / "aprendiz" / "benchmarks" / f"{name}.jsonl"
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise KitError(f"The benchmark {name} is missing.", "selfhost models verify") from error
        items = [json.loads(line) for line in lines if line]
        count = min(per_benchmark, len(items))
        chosen = [items[k * len(items) // count] for k in range(count)]
        found += [{**item, "benchmark": name} for item in chosen]
    return found


def chat(item: Mapping[str, Any]) -> list[dict[str, str]]:
    """The messages to send."""
    system = [{"role": "system", "content": item["system"]}] if item.get("system") else []
    return [*system, {"role": "user", "content": item["prompt"]}]


def right(item: Mapping[str, Any], text: str) -> bool:
    """Whether the text answers the item; the rules are those of models/aprendiz/scoring.py.

    `number`: the last number is the accepted one; `letter`: the last A, B, C or D that stands
    alone; `contains`: one of the accepted texts; `all_groups`: one of each group.
    """
    accept, rule, low = item["accept"], item["match"], text.lower()
    if rule == "number":
        numbers = re.findall(r"-?\d+", text)
        return bool(numbers) and numbers[-1] == accept[0]
    if rule == "letter":
        letters = re.findall(r"\b([ABCD])\b", text)
        return bool(letters) and letters[-1] == accept[0]
    if rule in ("contains", "all_groups"):
        groups = [accept] if rule == "contains" else accept
        return all(any(word.lower() in low for word in group) for group in groups)
    raise KitError(f"A benchmark asks for the unknown rule {rule!r}.")


def rows(tokens: list[list[int]], bos: int, eos: int, length: int = 256) -> list[list[int]]:
    """Documents of token ids as rows of `length`, one after another, each between BOS and EOS."""
    stream = [token for document in tokens for token in (bos, *document, eos)]
    return [stream[at : at + length] for at in range(0, len(stream) - length + 1, length)]

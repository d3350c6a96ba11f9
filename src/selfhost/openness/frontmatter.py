"""The front matter of a model card: what README.md says about licence, data and papers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ..errors import KitError
from .safeyaml import load

_ARXIV = re.compile(r"arxiv(?:\.org/(?:abs|pdf)/|:\s*)(\d{4}\.\d{4,5})", re.IGNORECASE)
_SCORES = re.compile(r"benchmark|evaluation|score|accuracy|results", re.IGNORECASE)


@dataclass(frozen=True)
class Card:
    """A model card, taken apart. `problem` says why the front matter could not be read."""

    licence: str = ""
    licence_name: str = ""
    licence_link: str = ""
    datasets: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    words: int = 0
    has_scores: bool = False
    claims_open_source: str = ""
    problem: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


def read_card(text: str, name: str = "README.md") -> Card:
    """Read a model card; a front matter that is not YAML is reported, not raised."""
    matter, body = _split(text)
    fields: dict[str, Any] = {}
    problem = ""
    if matter:
        try:
            data = load(matter, name).data
            fields = data if isinstance(data, dict) else {}
        except KitError as why:
            problem = why.message
    lines = [line for line in body.splitlines() if line.strip().startswith("|")]
    table = len(lines) >= 3 and _SCORES.search(body) is not None
    claim = re.search(r"[^.\n|]*\bopen[- ]source\b[^.\n|]*", body, re.IGNORECASE)
    return Card(
        licence=_text(fields.get("license")),
        licence_name=_text(fields.get("license_name")),
        licence_link=_text(fields.get("license_link")),
        datasets=_texts(fields.get("datasets")),
        papers=tuple(dict.fromkeys(_ARXIV.findall(text))),
        words=len(body.split()),
        has_scores=table or "model-index" in fields,
        claims_open_source=" ".join(claim.group(0).split()) if claim else "",
        problem=problem,
        fields=fields,
    )


def _split(text: str) -> tuple[str, str]:
    match = re.match(r"\ufeff?---\r?\n(.*?)\r?\n---\r?\n?", text, re.DOTALL)
    return (match.group(1), text[match.end() :]) if match else ("", text)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " AND ".join(v for v in value if isinstance(v, str))
    return value.strip() if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()

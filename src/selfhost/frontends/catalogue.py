"""What the kit knows about front ends: `data/frontends.yaml`, checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from selfhost.errors import KitError

WAYS = ("client", "server", "both", "itself")
RUNS = ("run", "played", "read")


@dataclass(frozen=True)
class Source:
    """Where a statement comes from, and when it was looked at or made (YYYY-MM or -DD)."""

    url: str
    date: str
    says: str


@dataclass(frozen=True)
class FrontEnd:
    """One front end.

    `way`: "client" (uses other people's endpoints), "server" (offers one), "both", or "itself"
    (talks only to the server that it is part of). `licence` is an SPDX id or LicenseRef.
    `tried` is RUNS[0] when it ran for this course, "played" when its requests were sent by a
    test, "read" when only its documentation or source was read; `tried_how` says what exactly.
    `recipe` steps may hold {v1}, {url} and {model}.
    """

    id: str
    name: str
    form: str
    way: str
    licence: str
    producer: str
    version: str
    date: str
    what: str
    port: int | None
    recipe: tuple[str, ...]
    tried: str
    tried_how: str
    sources: tuple[Source, ...]


@cache
def catalogue() -> Mapping[str, FrontEnd]:
    """All of them by id, in the order of the file. Raises `ValueError` when it is wrong."""
    text = files("selfhost").joinpath("data/frontends.yaml").read_text(encoding="utf-8")
    return {row["id"]: _entry(row) for row in yaml.safe_load(text)["frontends"]}


def _entry(row: dict[str, Any]) -> FrontEnd:
    entry = FrontEnd(
        **{**row, "recipe": tuple(row["recipe"])},
    )
    entry = FrontEnd(**{
        **entry.__dict__,
        "sources": tuple(Source(**source) for source in row["sources"]),
    })
    if entry.way not in WAYS or entry.tried not in RUNS or not entry.sources:
        raise ValueError(f"frontends.yaml: {entry.id}")
    return entry


def recipe(name: str, *, url: str, model: str) -> list[str]:
    """The steps that tie a front end to the endpoint at `url` (without `/v1`).

    Raises `KitError` for a name that is not in the catalogue.
    """
    entry = catalogue().get(name)
    if entry is None:
        raise KitError(f"There is no front end {name!r} here.", "selfhost frontends list")
    values = {"{url}": url, "{v1}": f"{url}/v1", "{model}": model}
    steps = []
    for step in entry.recipe:
        for sign, value in values.items():
            step = step.replace(sign, value)
        steps.append(step)
    return steps

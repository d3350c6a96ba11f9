"""The package's table of shapes and prices, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any


@cache
def table() -> dict[str, Any]:
    """`data/sizing.yaml`; the result must not be changed."""
    import yaml

    text = resources.files("selfhost").joinpath("data/sizing.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded

"""The package's own tables, read once. They are ours, so no limits are needed here."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

# libyaml's loader is ten times faster; PyYAML's wheels have it, a source build may not.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load_data(name: str) -> Any:
    """Read `src/selfhost/data/NAME` (YAML) with a safe loader; the result must not be changed."""
    text = resources.files("selfhost").joinpath("data", name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_LOADER)

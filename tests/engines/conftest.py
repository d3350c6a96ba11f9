"""Conversions are made once per test process, in a store of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from selfhost import engines


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`SELFHOST_MODELS` of these tests, which the conversions are kept in."""
    folder = tmp_path_factory.mktemp("store")
    before = os.environ.get("SELFHOST_MODELS")
    os.environ["SELFHOST_MODELS"] = str(folder)
    yield folder
    if before is None:
        os.environ.pop("SELFHOST_MODELS", None)
    else:
        os.environ["SELFHOST_MODELS"] = before


@pytest.fixture(scope="session")
def source() -> engines.Source:
    """The shipped model."""
    return engines.shipped()


@pytest.fixture(scope="session")
def items() -> list[engines.Item]:
    """Two questions of each set."""
    return engines.items(per_set=2)


@pytest.fixture(scope="session")
def prompts(source: engines.Source, items: list[engines.Item]) -> list[engines.Prompt]:
    """The same as the engines get them."""
    return [engines.OWN.prompt(source, item) for item in items]


@pytest.fixture(scope="session")
def reference(prompts: list[engines.Prompt]) -> list[engines.Generated]:
    """The answers of transformers in float32."""
    with engines.open_engine("transformers") as engine:
        return engine.generate_all(prompts)

"""Conversions are made once per test process, in a store of its own."""

from __future__ import annotations

import pytest

from selfhost import engines


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

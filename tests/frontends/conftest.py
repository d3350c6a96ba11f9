"""A recording endpoint, and places of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from selfhost.frontends import Recorder
from tests.conftest import ROOT


# Not for a whole process: what changes the environment must not outlive its file.
@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """One for all tests of a file; each begins with an empty record."""
    folder = tmp_path_factory.mktemp("recorder")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SELFHOST_ROOT", str(ROOT))
        patch.setenv("SELFHOST_RUN", str(folder / "run"))
        patch.setenv("SELFHOST_MODELS", str(folder / "models"))
        patch.delenv("SELFHOST_API_KEY", raising=False)
        with Recorder() as recorder:
            yield recorder


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for front ends."""
    folder = tmp_path / "frontends"
    monkeypatch.setenv("SELFHOST_FRONTENDS", str(folder))
    return folder

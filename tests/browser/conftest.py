"""One JupyterLab for all browser tests of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.jupyterlab import Lab, jupyterlab
from tests.conftest import chromium


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A running JupyterLab over a copy of the course."""
    if chromium() is None:
        pytest.skip("no Chromium here (Debian: apt install chromium; or set SELFHOST_CHROMIUM)")
    with jupyterlab(tmp_path_factory.mktemp("jupyterlab")) as lab:
        yield lab

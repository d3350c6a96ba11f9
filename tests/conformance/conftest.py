"""The target of the conformance tests: our endpoint, or a real Ollama when one is named.

`CONFORMANCE_OLLAMA=http://127.0.0.1:11434 CONFORMANCE_MODEL=gemma3:1b pytest tests/conformance`
drives a real Ollama with the very same file; `OLLAMA_HOST` is accepted as well, unless it is the
endpoint of this kit. Without either, the embedded endpoint is started on a free port.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest

from tests.conformance.target import Target


def _named() -> str | None:
    asked = os.environ.get("CONFORMANCE_OLLAMA") or os.environ.get("OLLAMA_HOST")
    if not asked:
        return None
    url = asked if "://" in asked else "http://" + asked
    try:
        answer = httpx.get(url + "/selfhost/info", timeout=5)
    except httpx.HTTPError:
        return None
    return None if answer.status_code == 200 else url.rstrip("/")


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    named = _named()
    if named:
        yield Target(named, os.environ.get("CONFORMANCE_MODEL", "gemma3:1b"), ours=False)
        return
    server = request.getfixturevalue("server")
    yield Target(server.url, server.model, ours=True)


@pytest.fixture(scope="session")
def ours(target: Target) -> Target:
    """For what only our endpoint has: its own routes, two shipped models, its error texts."""
    if not target.ours:
        pytest.skip(
            "a real Ollama is driven: this test is about the embedded endpoint's own routes"
        )
    return target

"""kill -9 of the server while it streams: the client gets an error at once, not a hang."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest


@pytest.fixture()
def own_server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of this test's own, since it will be killed."""
    env = {
        **os.environ,
        "SELFHOST_RUN": str(tmp_path / "run"),
        "SELFHOST_MODELS": str(tmp_path / "m"),
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "selfhost.server", "--port", "0", "--lease", str(os.getpid())],
        stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env,
    )  # fmt: skip
    assert child.stdout
    ready = json.loads(child.stdout.readline())
    yield child, ready["url"]
    child.kill()
    child.wait()
    child.stdout.close()


def test_a_killed_server_ends_the_stream_with_an_error(
    own_server: tuple[subprocess.Popen[str], str],
) -> None:
    child, url = own_server
    body = {"model": "aprendiz", "prompt": "Tell me a story.",
            "options": {"num_predict": 100_000, "temperature": 1.5}}  # fmt: skip
    with (
        pytest.raises(httpx.TransportError),
        httpx.stream("POST", url + "/api/generate", json=body, timeout=30) as answer,
    ):
        lines = answer.iter_lines()
        for _ in range(3):
            assert "response" in json.loads(next(lines))
        child.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        for _ in lines:
            pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(url + "/api/version", timeout=5)

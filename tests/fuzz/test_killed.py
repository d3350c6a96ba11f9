"""kill -9 of the server while it streams: the client gets an error at once, not a hang."""

from __future__ import annotations

import json
import signal
import subprocess

import httpx
import pytest


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

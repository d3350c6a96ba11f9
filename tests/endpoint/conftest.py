"""Servers with settings of their own, for tests of one setting."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT, server_environment, stop, wait_for_ready

APRENDIZ = ROOT / "models" / "aprendiz" / "aprendiz-F16.gguf"


def long_answer(count: int = 16) -> dict[str, Any]:
    """A request for `count` answers whose grammar does not let them end: seconds on one slot."""
    schema = {"type": "array", "items": {"type": "string"}, "minItems": 1500}
    return {
        "model": "aprendiz",
        "messages": [{"role": "user", "content": "Tell me a story."}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": schema}},
        "n": count,
        "max_tokens": 1500,
        "stream": True,
    }


CHAT = "/v1/chat/completions"


@dataclass
class Child:
    """A server of one test, and a client for it."""

    process: subprocess.Popen[Any]
    http: httpx.Client
    url: str
    log: Path
    folder: Path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Start `python -m selfhost.server` with more arguments; ended after the test."""
    children: list[Child] = []

    def begin(*arguments: str, headers: dict[str, str] | None = None, **more: str) -> Child:
        log = tmp_path / f"server{len(children)}.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "selfhost.server", "--port", "0", *arguments],
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=server_environment(tmp_path) | more,
                cwd=ROOT,
            )
        ready = wait_for_ready(process, log)
        client = httpx.Client(base_url=ready["url"], timeout=60, headers=headers)
        child = Child(process, client, ready["url"], log, tmp_path)
        children.append(child)
        return child

    yield begin
    for child in children:
        child.http.close()
        stop(child.process)


@pytest.fixture
def http(server: Any) -> Iterator[httpx.Client]:
    """A client of the shared server."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client

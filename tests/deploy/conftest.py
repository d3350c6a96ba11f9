"""A router of the test's own: HAProxy with three embedded endpoints."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT, server_environment, stop


def load_router() -> ModuleType:
    """`deploy/router/router.py`, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("router", ROOT / "deploy/router/router.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ROUTER = load_router()


def start_endpoint(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """An embedded endpoint with one engine thread and two slots; (process, address)."""
    child = subprocess.Popen(
        [sys.executable, "-m", "selfhost.server", "--port", "0", "--parallel", "2", "--threads",
         "1", "--preload", "aprendiz", "--lease", str(os.getpid())],
        stdout=subprocess.PIPE, text=True, encoding="utf-8", env=server_environment(folder),
    )  # fmt: skip
    assert child.stdout
    return child, json.loads(child.stdout.readline())["url"]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Running:
    """The router, its endpoints, and keys for two students."""

    process: subprocess.Popen[bytes]
    runtime: Any
    url: str
    metrics_url: str
    endpoints: list[tuple[subprocess.Popen[str], str]]
    folder: Path
    keys: dict[str, str] = field(default_factory=dict)

    def ask(self, student: str = "ana", limit: int = 6, **fields: Any) -> httpx.Response:
        """One question of a student."""
        messages = [{"role": "user", "content": "Tell me a story."}]
        body = {"model": "aprendiz", "max_tokens": limit, "messages": messages, **fields}
        key = {"Authorization": f"Bearer {self.keys[student]}"}
        return httpx.post(f"{self.url}/v1/chat/completions", json=body, timeout=60, headers=key)

    def served(self) -> dict[str, int]:
        """Answers with status 2xx of each endpoint, from the metrics."""
        found = {}
        for line in httpx.get(self.metrics_url).text.splitlines():
            if line.startswith("haproxy_server_http_responses_total") and 'code="2xx"' in line:
                found[line.split('server="')[1].split('"')[0]] = int(float(line.split()[-1]))
        return found

    def up(self) -> list[str]:
        """Names of the endpoints in service."""
        return [r["svname"] for r in self.runtime.endpoints() if r["status"].startswith("UP")]

    def wait_for(self, count: int, seconds: float = 30) -> None:
        """Until so many endpoints are in service."""
        end = time.monotonic() + seconds
        while len(self.up()) != count:
            assert time.monotonic() < end, self.runtime.endpoints()
            time.sleep(0.1)


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Running]:
    """Started, with ana (1000 requests a minute) and ben (3 a minute)."""
    if not (shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")):
        pytest.skip("haproxy is not installed (Debian: apt install haproxy)")
    # The admin socket's path must be short (108 characters), which tmp_path may not be.
    run = Path(tempfile.mkdtemp(prefix="router-"))
    endpoints = [start_endpoint(tmp_path / f"e{n}") for n in range(3)]
    bind, metrics = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    ROUTER.prepare(run, [url for _, url in endpoints], 2, "/")
    runtime = ROUTER.Runtime(run)
    keys = {"ana": runtime.student("ana", 1000)}
    line, env = ROUTER.command(run, bind, metrics, 3)
    with (tmp_path / "router.log").open("wb") as sink:
        process = subprocess.Popen(line, env=env, stdout=sink, stderr=subprocess.STDOUT)
    found = Running(process, runtime, f"http://{bind}", f"http://{metrics}/metrics", endpoints,
                    tmp_path, keys)  # fmt: skip
    try:
        end = time.monotonic() + 20
        while not (run / "admin.sock").exists():
            assert process.poll() is None and time.monotonic() < end, (
                tmp_path / "router.log"
            ).read_text(encoding="utf-8")
            time.sleep(0.05)
        found.wait_for(3)
        keys["ben"] = runtime.student("ben")  # while it runs
        yield found
    finally:
        stop(process)
        for child, _ in found.endpoints:
            stop(child)
            child.stdout.close()
        shutil.rmtree(run, ignore_errors=True)

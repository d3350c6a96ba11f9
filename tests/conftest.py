"""Fixtures that every test may use: a real server on a free port, and a real browser."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
# A busy machine is no failure; pytest-timeout ends what hangs.
hypothesis.settings.register_profile("kit", deadline=None)
hypothesis.settings.load_profile("kit")
# A shell that starts a check in the background makes it deaf to Ctrl-C, and with it every program
# that the tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def run_async(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: Playwright keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@contextmanager
def offline_page(browser: Any, width: int, height: int) -> Iterator[Any]:
    """A page without a network that notes what it asks for and what goes wrong."""
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page = context.new_page()
    page.asked, page.errors = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    try:
        yield page
    finally:
        context.close()


@dataclass(frozen=True)
class RunningServer:
    """A `python -m selfhost.server` child that answers."""

    url: str
    model: str
    pid: int
    log: Path

    @property
    def v1(self) -> str:
        """Base address of the OpenAI-style routes."""
        return f"{self.url}/v1"


def server_environment(folder: Path) -> dict[str, str]:
    """This process's environment, with run-time and model folders of the test's own.

    What a developer has set to reach another endpoint is taken out: a test drives the server
    that it started.
    """
    env = {key: value for key, value in os.environ.items() if not key.startswith("SELFHOST_")}
    env |= {
        "SELFHOST_ROOT": str(ROOT),
        "SELFHOST_RUN": str(folder / "run"),
        "SELFHOST_MODELS": str(folder / "models"),
        "PYTHONUNBUFFERED": "1",
    }
    return env


def wait_for_ready(process: subprocess.Popen[Any], log: Path, seconds: float = 90) -> dict:
    """The server's ready line, read from the file that its output goes to."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("{") and '"ready"' in line:
                return json.loads(line)
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    tail = log.read_text(encoding="utf-8", errors="replace")[-3000:]
    raise RuntimeError(f"selfhost.server did not come up (exit {process.poll()}):\n{tail}")


def stop(process: subprocess.Popen[Any]) -> None:
    """End a child: politely first, surely in the end."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(15)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real embedded endpoint with the shipped model, one per test process."""
    folder = tmp_path_factory.mktemp("server")
    log = folder / "server.log"
    command = [sys.executable, "-m", "selfhost.server", "--port", "0", "--lease", str(os.getpid())]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, stdout=sink, stderr=subprocess.STDOUT, env=server_environment(folder), cwd=ROOT
        )
    try:
        ready = wait_for_ready(process, log)
        url = ready.get("url") or f"http://127.0.0.1:{ready['port']}"
        yield RunningServer(url.rstrip("/"), "aprendiz", process.pid, log)
    finally:
        stop(process)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of one test's own, which it may kill: (process, address)."""
    child = subprocess.Popen(
        [sys.executable, "-m", "selfhost.server", "--port", "0", "--lease", str(os.getpid())],
        stdout=subprocess.PIPE, text=True, encoding="utf-8", env=server_environment(tmp_path),
    )  # fmt: skip
    assert child.stdout
    try:
        yield child, json.loads(child.stdout.readline())["url"]
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


@pytest.fixture(scope="session")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is quantized or converted once stays here for all tests of a process."""
    return tmp_path_factory.mktemp("store")


# Files are dealt to processes one by one: what changes the environment must not outlive its file.
@pytest.fixture(scope="module")
def store(store_folder: Path) -> Iterator[Path]:
    """The folder that SELFHOST_MODELS names while a file's tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SELFHOST_MODELS", str(store_folder))
        yield store_folder


@pytest.fixture(scope="session")
def litellm_python() -> str:
    """The interpreter of LiteLLM's own environment, which `kit.py check` makes."""
    folder = ROOT / ".venv-litellm"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        pytest.skip(f"{folder.name} is not there: python kit.py check makes it")
    return str(python)


def chromium() -> str | None:
    """A Chromium of this machine: Debian's, or whatever `SELFHOST_CHROMIUM` names."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("SELFHOST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium driven by playwright, one per test process."""
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium here (Debian: apt install chromium; or set SELFHOST_CHROMIUM)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # A container has no user namespaces for Chromium's sandbox; the pages are our own.
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh page; its console errors are in `page.errors`."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-GB")
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    yield page
    context.close()

"""Two students on one server: each runs a notebook, neither sees the other's files."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.browser.jupyterlab import Notebook
from tests.conftest import ROOT, stop

HUB = ROOT / "deploy" / "jupyterhub"
MISSING = [
    what
    for what, there in (
        ("bubblewrap (apt install bubblewrap)", shutil.which("bwrap")),
        ("node (apt install nodejs npm)", shutil.which("node")),
        ("jupyterhub (make hub)", find_spec("jupyterhub")),
        ("its proxy (make hub)", (HUB / "node_modules" / "configurable-http-proxy").is_dir()),
    )
    if not there
]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(MISSING), reason="not here: " + ", ".join(MISSING)),
]
_READY = """() => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    const kernel = panel?.sessionContext?.session?.kernel;
    return Boolean(panel?.content?.model?.cells?.length && kernel?.status === "idle");
}"""


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The real hub, its proxy and its endpoint on free ports: (address, folder of its state)."""
    state = tmp_path_factory.mktemp("hub")
    front, inner, proxy, endpoint = free_ports(4)
    env = {key: value for key, value in os.environ.items() if not key.startswith("SELFHOST_")}
    env |= {
        "WORKSHOP_STATE": str(state), "WORKSHOP_PORT": str(front),
        "WORKSHOP_HUB_PORT": str(inner), "WORKSHOP_PROXY_PORT": str(proxy),
        "WORKSHOP_ENDPOINT_PORT": str(endpoint), "WORKSHOP_TEACHERS": "teacher",
        "WORKSHOP_TEST": "yes",
    }  # fmt: skip
    log = (state / "hub.log").open("wb")
    command = [sys.executable, "-m", "jupyterhub", "-f", str(HUB / "jupyterhub_config.py")]
    child = subprocess.Popen(
        command, cwd=state, env=env, stdout=log, stderr=log, start_new_session=True
    )
    url = f"http://127.0.0.1:{front}"
    try:
        end = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"{url}/hub/login", timeout=5).close()
                break
            except OSError:
                said = (state / "hub.log").read_text(encoding="utf-8", errors="replace")
                assert child.poll() is None and time.monotonic() < end, said
                time.sleep(0.3)
        yield url, state
    finally:
        stop(child)
        log.close()


def sign_in(browser: Any, url: str, name: str, password: str) -> Any:
    """A student's own browser, signed in."""
    page = browser.new_context().new_page()
    page.set_default_timeout(150_000)
    page.goto(f"{url}/hub/login")
    page.fill("#username_input", name)
    page.fill("#password_input", password)
    page.click("#login_submit")
    return page


def started(page: Any) -> None:
    """Wait until the student's JupyterLab is there."""
    page.wait_for_function("() => Boolean(window.jupyterapp)", timeout=200_000)


def test_two_students_each_run_a_notebook_and_see_nothing_of_each_other(
    browser: Any, hub: tuple[str, Path]
) -> None:
    url, state = hub
    pages = {name: sign_in(browser, url, name, f"password of {name}") for name in ("ana", "bruno")}
    for name, page in pages.items():
        started(page)
        page.goto(f"{url}/user/{name}/lab/tree/workshop/notebooks/01_inside_a_model.ipynb")
        page.wait_for_function(_READY, timeout=200_000)
    for name, page in pages.items():
        cells = Notebook(page, "01").run_all(280)
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert code and all(cell["execution_count"] for cell in code), name
    secret = state / "homes" / "ana" / "secret.txt"
    secret.write_text("of ana", encoding="utf-8")
    # Her server does not open for him, and his programs do not find her folder or the hub's.
    answer = pages["bruno"].goto(f"{url}/user/ana/api/contents/secret.txt")
    assert answer.status in (403, 404)
    sandboxed = in_sandbox(state, "bruno")
    assert "homes/bruno/workshop" in sandboxed and "homes/ana" not in sandboxed
    assert "hub.sqlite" not in sandboxed and "passwords" not in sandboxed


def in_sandbox(state: Path, name: str) -> str:
    """What a program of this student finds under the server's folder."""
    code = (
        "import runpy, subprocess, sys, types\n"
        f"sys.argv = ['x']; home = {str(state / 'homes' / name)!r}\n"
        "from pathlib import Path\n"
        "class C:\n"
        "    def __getattr__(self, key): value = C(); setattr(self, key, value); return value\n"
        f"ns = runpy.run_path({str(HUB / 'jupyterhub_config.py')!r}, {{'get_config': C}})\n"
        f"command = ns['sandbox'](Path(home)) + ['find', {str(state)!r}]\n"
        "print(subprocess.run(command, capture_output=True, text=True).stdout)\n"
    )
    env = {**os.environ, "WORKSHOP_STATE": str(state)}
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert answer.returncode == 0 and answer.stdout.strip(), answer.stderr
    return answer.stdout


def test_a_name_is_kept_by_its_first_password(browser: Any, hub: tuple[str, Path]) -> None:
    url, _ = hub
    sign_in(browser, url, "carla", "first password")
    page = sign_in(browser, url, "carla", "another password")
    page.get_by_text("Invalid username or password").wait_for(timeout=30_000)


@pytest.mark.parametrize("name", ["../ana", "Root User", "a/b", "-x"])
def test_a_name_that_is_no_folder_is_refused(
    browser: Any, hub: tuple[str, Path], name: str
) -> None:
    url, state = hub
    page = sign_in(browser, url, name, "a long password")
    page.get_by_text("Invalid username or password").wait_for(timeout=30_000)
    assert sorted(p.name for p in (state / "homes").iterdir()) == sorted(
        {p.name for p in (state / "homes").iterdir()} & {"ana", "bruno", "carla"}
    )

"""A real JupyterLab, started for a test and driven in Chromium as a student would.

    with jupyterlab(tmp_path) as lab:
        notebook = lab.open(page, "notebooks/01_inside_a_model.ipynb")
        notebook.run_all()
        notebook.screenshot("01")

Pictures go to build/screens/. JupyterLab's own settings, kernels and run-time files lie in the
test's folder; the notebooks are copies with their outputs cleared, so that "has run" means here
and now.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, server_environment, stop

SCREENS = ROOT / "build" / "screens"
# Cells outside the screen would not be in the page otherwise.
_SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
_READY = """() => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    const kernel = panel?.sessionContext?.session?.kernel;
    return Boolean(panel?.content?.model?.cells?.length && kernel?.status === "idle");
}"""
_CELLS = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    return {
        kernel: panel.sessionContext.session?.kernel?.status ?? "gone",
        cells: panel.content.model.sharedModel.cells.map(cell => cell.toJSON()),
    };
}"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: `root` is the folder it shows."""

    url: str
    token: str
    root: Path

    def open(self, page: Any, path: str, seconds: float = 90) -> Notebook:
        """Open a notebook of `root` in the page, and wait until its kernel is ready."""
        workspace = secrets.token_hex(4)  # a new one: nothing is restored, nothing reloads
        page.goto(f"{self.url}/lab/workspaces/{workspace}/tree/{path}?token={self.token}")
        page.wait_for_function(_READY, timeout=seconds * 1000)
        return Notebook(page, path)


@dataclass(frozen=True)
class Notebook:
    """A notebook open in a page."""

    page: Any
    path: str

    def run_all(self, seconds: float = 300) -> list[dict[str, Any]]:
        """Run > Run All Cells; all cells as JSON once the last has run.

        AssertionError tells the first cell that failed, or the one at which time ran out.
        """
        self.page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
        self.page.locator("li[data-command='runmenu:run-all']").click()
        end = time.monotonic() + seconds
        while True:
            state = self.page.evaluate(_CELLS)
            cells = state["cells"]
            code = [(n, c) for n, c in enumerate(cells, 1) if c["cell_type"] == "code"]
            for number, cell in code:
                for output in cell["outputs"]:
                    if output["output_type"] == "error":
                        said = f"{output['ename']}: {output['evalue']}"
                        raise AssertionError(f"{self.path}, cell {number}: {said}")
            waiting = [number for number, cell in code if cell["execution_count"] is None]
            if not waiting and state["kernel"] == "idle":
                return cells
            where = f"{self.path}, cell {waiting[0] if waiting else len(cells)}"
            assert state["kernel"] not in ("dead", "gone"), f"{where}: the kernel is gone"
            assert time.monotonic() < end, f"{where} has not run after {seconds:.0f} s"
            self.page.wait_for_timeout(250)

    def cell(self, number: int) -> Any:
        """The cell with this number (from 1), as a locator."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number - 1)

    def screenshot(self, name: str, target: Any = None) -> Path:
        """A picture of the page, or of a locator, as build/screens/NAME.png."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        path = SCREENS / f"{name}.png"
        (target or self.page).screenshot(path=path)
        return path

    def screenshots(self, name: str) -> list[Path]:
        """The whole notebook, a screenful at a time: NAME-01.png, NAME-02.png …"""
        scroll = self.page.locator(".jp-WindowedPanel-outer").first
        step, total = scroll.evaluate("e => [e.clientHeight - 40, e.scrollHeight]")
        pictures = []
        for number, top in enumerate(range(0, total, step), 1):
            scroll.evaluate("(e, top) => { e.scrollTop = top; }", top)
            self.page.wait_for_timeout(150)
            pictures.append(self.screenshot(f"{name}-{number:02}"))
        return pictures


@contextmanager
def jupyterlab(folder: Path, *, root: Path = ROOT) -> Iterator[Lab]:
    """A JupyterLab over copies of the course in `folder`, ended with its kernels afterwards."""
    shown = folder / "kit"
    copy_course(root, shown)
    _write_settings(folder / "settings")
    env = server_environment(folder) | {
        "SELFHOST_ENGINE": "embedded",
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", ""),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    for key in ("OLLAMA_HOST", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        env.pop(key, None)
    token, log = secrets.token_hex(16), folder / "jupyterlab.log"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser"),
        f"--ServerApp.root_dir={shown}",
        f"--ServerApp.port={_free_port()}",
        f"--IdentityProvider.token={token}",
        "--ServerApp.allow_root=True",  # a container's only user may be root
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
    ]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, stdout=sink, stderr=subprocess.STDOUT, env=env, cwd=shown
        )
    try:
        url = _wait(process, folder / "runtime", log)
        yield Lab(url, token, shown)
        with suppress(OSError):  # the kernels end with it; a kill would leave them behind
            request = urllib.request.Request(
                f"{url}/api/shutdown", headers={"Authorization": f"token {token}"}, method="POST"
            )
            urllib.request.urlopen(request, timeout=10).close()
            process.wait(20)
    except subprocess.TimeoutExpired:
        pass
    finally:
        stop(process)


def copy_course(root: Path, shown: Path) -> None:
    """notebooks/, labs/ and solutions/, outputs cleared; labs' data; the models, linked."""
    for name in ("notebooks", "labs", "solutions"):
        if not (root / name).is_dir():
            continue
        shutil.copytree(root / name, shown / name, ignore=shutil.ignore_patterns(".*"))
        for path in (shown / name).glob("*.ipynb"):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            notebook["metadata"].pop("widgets", None)
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    cell |= {"outputs": [], "execution_count": None}
            path.write_text(json.dumps(notebook), encoding="utf-8")
    if (root / "models").is_dir():
        try:
            (shown / "models").symlink_to(root / "models", target_is_directory=True)
        except OSError:  # Windows without developer mode
            shutil.copytree(root / "models" / "aprendiz", shown / "models" / "aprendiz")


def _write_settings(folder: Path) -> None:
    for name, settings in _SETTINGS.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[Any], runtime: Path, log: Path, seconds: float = 90) -> str:
    """The server's address, from the file that it writes once it listens.

    It takes another port than asked for if that one has gone in the meantime.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            with suppress(ValueError, KeyError, OSError):
                url = str(json.loads(path.read_text(encoding="utf-8"))["url"])
                return url.replace("localhost", "127.0.0.1").rstrip("/")
        time.sleep(0.1)
    tail = log.read_text(encoding="utf-8", errors="replace")[-3000:]
    raise RuntimeError(f"JupyterLab did not come up (exit {process.poll()}):\n{tail}")

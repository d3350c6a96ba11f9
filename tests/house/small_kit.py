"""A kit that installs in seconds and without a network: the real set-up code on tiny packages.

The copy has the real `kit.py` and `tools/house`. Its `pyproject.toml` asks for almost nothing and
is built by a backend of a few lines that lies beside it, and `torch` and `llama-cpp-python` are
empty wheels of those names in a local folder. So a test can set a kit up, interrupt it, move it
and see what happens, through the same pip, venv, stamp and lock that students get.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PYPROJECT = """\
[build-system]
requires = []
build-backend = "tiny_backend"
backend-path = ["."]

[project]
name = "selfhost"
version = "0.1.0"

[project.optional-dependencies]
lab = []
torch = ["torch==2.13.0"]
lowlevel = ["llama-cpp-python==0.3.36"]
engines = []
speech = []
site = []
dev = []
"""

BACKEND = """\
import os, zipfile

METADATA = "Metadata-Version: 2.1\\nName: selfhost\\nVersion: 0.1.0\\n" + "".join(
    "Provides-Extra: %s\\n" % extra
    for extra in ("lab", "torch", "engines", "speech", "site", "dev")
) + "Requires-Dist: torch==2.13.0; extra == 'torch'\\n"

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "selfhost-0.1.0-py3-none-any.whl"
    info = "selfhost-0.1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        wheel.writestr("selfhost.pth", os.path.abspath("src"))
        wheel.writestr(info + "METADATA", METADATA)
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name

build_wheel = build_editable
"""

# Stands where the real one starts JupyterLab: these tests are about what comes before.
LAB = "import sys\nprint('the lab runs with', sys.executable)\n"


def empty_wheel(folder: Path, name: str, version: str) -> Path:
    """A wheel that installs one empty module."""
    folder.mkdir(parents=True, exist_ok=True)
    module = name.replace("-", "_")
    path = folder / f"{module}-{version}-py3-none-any.whl"
    info = f"{module}-{version}.dist-info/"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{module}_is_here.py", "")
        wheel.writestr(
            info + "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")
    return path


class SmallKit:
    """A small checkout, with an environment in which pip sees only a local folder."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "sala ñ 1" / "the kit"  # people have such folders
        self.wheels = folder / "wheels"
        self.cache = folder / "cache"
        for name in ("kit.py", "tools/__init__.py", "src/selfhost/errors.py"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        shutil.copy(ROOT / "src/selfhost/__init__.py", self.root / "src/selfhost/__init__.py")
        shutil.copytree(
            ROOT / "tools/house", self.root / "tools/house",
            ignore=shutil.ignore_patterns("__pycache__"),
        )  # fmt: skip
        self.write("tools/lab.py", LAB)
        self.write("pyproject.toml", PYPROJECT)
        self.write("tiny_backend.py", BACKEND)
        self.write("constraints.txt", "torch==2.13.0\n")
        self.write("constraints-litellm.txt", "")
        empty_wheel(self.wheels, "torch", "2.13.0")

    def write(self, name: str, text: str) -> None:
        """Put a file into the checkout."""
        (self.root / name).write_text(text, encoding="utf-8")

    @property
    def stamp(self) -> Path:
        """What the set-up writes last."""
        return self.root / ".venv" / "selfhost-setup.json"

    @property
    def log(self) -> str:
        """What pip said."""
        path = self.root / "build" / "setup.log"
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def environment(self, **changes: str) -> dict[str, str]:
        """No index but the local folder; no settings of this user or machine."""
        dropped = ("PIP_", "SELFHOST_", "UV_", "CONDA_", "PYTEST_", "COV_")
        env = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        return env | {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.wheels.as_uri(),
            "PIP_CACHE_DIR": str(self.cache / "pip"),
            "SELFHOST_LOWLEVEL": "no",
            "SELFHOST_WHEELS": str(self.cache / "wheels"),
            "PYTHONUTF8": "1",
            **changes,
        }

    def uninstall(self, name: str) -> None:
        """Take a package out of the environment."""
        python = self.root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        command = [str(python), "-m", "pip", "uninstall", "--yes", "--quiet", name]
        subprocess.run(command, check=True, env=self.environment())

    def start(self, *arguments: str, **changes: str) -> subprocess.Popen[str]:
        """kit.py as a child in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, str(self.root / "kit.py"), *arguments],
            cwd=self.root.parent, env=self.environment(**changes), text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=os.name != "nt",
        )  # fmt: skip

    def run(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """kit.py, waited for."""
        process = self.start(*arguments, **changes)
        out, err = process.communicate(timeout=150)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

"""Would a laptop find everything? The set-up, resolved from the bundle's packages alone.

uv does it: pip can choose wheels for another kind of laptop, but it judges `; sys_platform ==
'win32'` by the machine that it runs on, and so asks for the wrong packages.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

from selfhost.errors import KitError
from tools.bundle.targets import NEWEST, OLDEST, Target
from tools.house.environment import EXTRAS
from tools.house.places import ROOT

BUILDERS = ["hatchling==1.33.0", "editables", "setuptools", "wheel"]
_PLATFORMS = {
    "linux-x86_64": "x86_64-manylinux_2_28",
    "linux-arm64": "aarch64-manylinux_2_28",
    "macos-arm64": "aarch64-apple-darwin",
    "windows-x86_64": "x86_64-pc-windows-msvc",
}
# In uv's sentences; the first that is found is the package to name.
_CULPRITS = (
    r"Because (\S+) has no wheels",
    r"no version of (\S+?)(?:,| and|$)",
    r"Because (\S+) was not found",
    r"only (\S+?)[<>=]\S* is available",
)


def gaps(target: Target, names: Iterable[str], folder: Path) -> dict[str, str]:
    """Parts of the set-up that cannot be installed from these wheels of `folder`: part -> why.

    Parts are `lab` (with the kit's own packages and what builds them), the other extras of
    `tools.house.environment`, and `litellm`.
    """
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "wheels.html"  # a flat page of links is all that pip and uv need
        links = [f'<a href="{(folder / name).absolute().as_uri()}">{name}</a>' for name in names]
        page.write_text("<!doctype html><html><body>\n" + "\n".join(links), encoding="utf-8")
        found = {}
        for part, (lock, asked) in _parts().items():
            why = _resolve(target, page, lock, asked)
            if part == "lab":
                why = why or _resolve(target, page, None, BUILDERS)
            if why:
                found[part] = why
        return found


def _parts() -> dict[str, tuple[str, list[str]]]:
    """Part -> its lock and what pip is asked for; as kit.py asks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    base, extras = project["project"]["dependencies"], project["project"]["optional-dependencies"]
    parts = {part: ("constraints.txt", [*base, *extras[part]]) for part in EXTRAS["check"]}
    group = project["dependency-groups"]["litellm"]
    return parts | {"litellm": ("constraints-litellm.txt", list(group))}


def _resolve(target: Target, page: Path, lock: str | None, asked: list[str]) -> str:
    """ "" if all of it can be had, for early and late releases of this Python; else why not."""
    for patch in (NEWEST, OLDEST):
        command = [sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet"]
        command += ["--no-config", "--no-cache", "--offline", "--no-index"]
        command += ["--find-links", page.as_uri(), "--only-binary", ":all:"]
        command += ["--python", sys.executable, "--python-version", f"{target.python}.{patch}"]
        command += ["--python-platform", _PLATFORMS[target.platform]]
        command += ["--constraint", str(ROOT / lock)] if lock else []
        kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(("PIP_", "UV_"))}
        answer = subprocess.run(
            command, input="\n".join(asked), capture_output=True, text=True, encoding="utf-8",
            env=kept | {"MACOSX_DEPLOYMENT_TARGET": "14.0", "NO_COLOR": "1"},
        )  # fmt: skip
        if answer.returncode:
            if "No solution found" not in answer.stderr:
                raise KitError(
                    f"uv cannot check the bundle ({' '.join(answer.stderr.split())[-200:]}).",
                    "python kit.py check",
                )
            return _why(answer.stderr)
    return ""


def _why(words: str) -> str:
    """uv's explanation as half a sentence."""
    plain = " ".join(words.split())
    for pattern in _CULPRITS:
        found = re.search(pattern, plain)
        if found:
            return f"it needs {found[1]}, of which there is no wheel for this kind of laptop"
    return plain[-300:]

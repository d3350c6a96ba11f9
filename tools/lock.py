"""`make constraints`: derive constraints and environment.yml from pyproject.toml.

Three files, none edited by hand:

- `constraints.txt`: every direct and indirect version, all extras, Python 3.11 to 3.13, every
  platform (uv's universal resolution);
- `constraints-litellm.txt`: the same for the `litellm` group, which cannot share an environment
  with openai 3;
- `environment.yml`: the direct versions again, under conda-forge's names.

The files name no package index: they hold for whichever one a machine uses.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

from selfhost.errors import KitError
from tools.run import program

ROOT = Path(__file__).resolve().parents[1]
PYTHON_FLOOR = "3.11"

HEADER = """\
# {what}
# Made from pyproject.toml by `make constraints` (tools/lock.py, uv {uv}); do not edit.
"""

# conda-forge's name where it differs from PyPI's. None: pip installs it inside the conda
# environment, because conda-forge does not carry it in this version, or carries something else
# under that name (`ollama` there is the server, not the Python client).
CONDA_NAMES: dict[str, str | None] = {
    "torch": "pytorch",
    "matplotlib": "matplotlib-base",
    "sentencepiece": "sentencepiece",
    "huggingface_hub": "huggingface_hub",
    "ollama": None,
    "xllamacpp": None,
    "gguf": None,
    "langchain-ollama": None,
    "langchain-openai": None,
    "openai": None,
    "tokenizers": None,
    "transformers": None,
    "fastapi": None,
    "pydantic": None,
}
CONDA_EXTRAS = ("lab", "torch")  # what a student needs; `kit.py check --here` adds the rest


class Pin(NamedTuple):
    """One direct dependency: `name==version; marker`."""

    name: str
    version: str
    marker: str = ""


def direct(pyproject: dict, extras: tuple[str, ...]) -> list[Pin]:
    """The direct dependencies, those of the extras included."""
    project = pyproject["project"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    pins = set()
    for line in lines:
        pattern = r"([A-Za-z0-9_.-]+)(?:\[[a-z-]+\])?==([A-Za-z0-9.+!]+)(?:; (.+))?"
        match = re.fullmatch(pattern, line)
        if match is None:
            raise KitError(
                f"pyproject.toml asks for “{line}”, which is not NAME==VERSION.",
                "write the exact version that was checked",
            )
        pins.add(Pin(match[1], match[2], match[3] or ""))
    return sorted(pins, key=lambda pin: pin.name.lower())


def environment_yml(pyproject: dict) -> str:
    """The conda environment: same direct versions, conda-forge's names."""
    conda, pip = [], []
    for pin in direct(pyproject, CONDA_EXTRAS):
        conda_name = CONDA_NAMES.get(pin.name, pin.name.lower())
        if pin.marker:  # conda's files know no conditions, pip's lines do
            pip.append(f'      - "{pin.name}=={pin.version}; {pin.marker}"')
        elif conda_name is None:
            pip.append(f"      - {pin.name}=={pin.version}")
        else:
            conda.append(f"  - {conda_name}={pin.version}")
    return "\n".join([
        "# The kit for conda users:",
        "#     conda env create -f environment.yml",
        "#     conda activate selfhost-workshop",
        "#     python kit.py lab --here",
        "# Made from pyproject.toml by `make constraints` (tools/lock.py); do not edit.",
        "name: selfhost-workshop",
        "channels:",
        "  - conda-forge",
        "  - nodefaults",
        "dependencies:",
        "  - python>=3.11,<3.14",
        "  - pip",
        *conda,
        "  - pip:",
        *pip,
        "",
    ])


def uv_command() -> list[str]:
    """uv as a module of this environment (it is in the `dev` extra)."""
    return [sys.executable, "-m", "uv"]


def uv_version() -> str:
    """The version of uv that resolves, for the header."""
    answer = subprocess.run([*uv_command(), "--version"], capture_output=True, text=True)
    if answer.returncode:
        raise KitError("uv is not installed here.", "python kit.py constraints")
    return answer.stdout.split()[1]


def resolve(arguments: list[str], current: Path, upgrade: bool) -> str:
    """Run uv's resolver; what stands in `current` is kept unless `upgrade` is set."""
    command = [
        *uv_command(), "pip", "compile", *arguments, "--universal", "--quiet",
        "--python-version", PYTHON_FLOOR, "--no-header", "--annotation-style", "line",
        "--no-emit-index-url", "--no-emit-find-links",
        "--output-file", str(current),
    ]  # fmt: skip
    if upgrade:
        command.append("--upgrade")
    env = {**os.environ, "UV_NO_PROGRESS": "1"}
    answer = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=env)
    if answer.returncode:
        # uv's own words name the packages that exclude each other; addresses are left out.
        words = re.sub(r"\w+://\S+", "(address)", answer.stderr.strip())
        raise KitError(f"The versions in pyproject.toml do not fit together. uv says: {words}")
    return current.read_text(encoding="utf-8")


def write(path: Path, text: str) -> bool:
    """Write a derived file atomically; True if it changed."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)
    return True


def strip_comments(text: str) -> str:
    """The file without its header, as uv wrote it."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Rewrite the three derived files and say which changed."""
    parser = argparse.ArgumentParser(prog="tools.lock", description=__doc__.splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take newer indirect versions")
    asked = parser.parse_args(arguments)
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    version = uv_version()
    for path, what, inputs in (
        (
            ROOT / "constraints.txt",
            "Every version of the kit, direct and indirect, for Python 3.11 to 3.13.",
            ["pyproject.toml", "--all-extras"],
        ),
        (
            ROOT / "constraints-litellm.txt",
            "Every version of LiteLLM's own environment (see pyproject.toml, group litellm).",
            ["--group", "pyproject.toml:litellm"],
        ),
    ):
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        text = HEADER.format(what=what, uv=version) + strip_comments(
            resolve(inputs, path, asked.upgrade)
        )
        write(path, text)
        print(f"{path.name}: {'unchanged' if text == before else 'written'}")
    changed = write(ROOT / "environment.yml", environment_yml(pyproject))
    print(f"environment.yml: {'written' if changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    program(main)

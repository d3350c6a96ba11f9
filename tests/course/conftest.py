"""Tiny courses in a folder of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tools.course.assemble import assemble, targets
from tools.course.build import _write
from tools.course.normalise import outputs_sha256
from tools.course.source import load, source_paths

HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: %s
#     minutes: 10%s
#     objectives: [say one, say two, say three]
#     needs: [endpoint]
#     next: null
# ---
"""
NOTEBOOK = """
# %% [markdown]
# A sum.

# %%
print(1 + 1)

# %% [markdown]
# A number by chance.

# %% tags=["nbval-ignore-output"]
import random
print(random.random())
"""
LAB = """
# %% [markdown]
# Which class is it?

# %%
answer = None
### BEGIN HINT
# Read the licence.
### END HINT
### BEGIN SOLUTION
answer = "reproducible"
### END SOLUTION

# %% [markdown]
# Double a number.

# %%
def double(number):
    ### BEGIN SOLUTION
    return number * 2
    ### END SOLUTION
"""


class Course:
    """A kit's root with a course in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("notebooks", "labs"):
            (root / "course" / folder).mkdir(parents=True)
        self.manifest(
            "models: {aprendiz: shipped}\nimports: {ipywidgets: ipywidgets, ollama: ollama}\n"
        )

    def manifest(self, text: str) -> None:
        (self.root / "course" / "manifest.yaml").write_text(text, encoding="utf-8")

    def notebook(self, body: str = NOTEBOOK, name: str = "00_first", title: str = "First") -> Path:
        path = self.root / "course" / "notebooks" / f"{name}.py"
        path.write_text(HEADER % (title, "") + body, encoding="utf-8")
        return path

    def lab(self, body: str = LAB, name: str = "lab1_audit") -> Path:
        path = self.root / "course" / "labs" / f"{name}.py"
        path.write_text(HEADER % ("Audit", "\n#     exercises: 20") + body, encoding="utf-8")
        return path

    def made(self, outputs: dict[int, list[Any]] | None = None) -> None:
        """Write all made files as a build would, with these outputs per code cell (from 1).

        Saves the tests of what is *read* from running a kernel; test_build.py runs real ones.
        """
        for path in source_paths(self.root):
            lesson = load(path, self.root)
            for kind, file in targets(lesson).items():
                notebook = assemble(lesson, kind, self.root)
                if kind != "lab":
                    code = [c for c in notebook.cells if c.cell_type == "code"]
                    for count, cell in enumerate(code, 1):
                        cell.execution_count = count
                        cell.outputs = [
                            nbformat.from_dict(o) for o in (outputs or {}).get(count, [])
                        ]
                    notebook.metadata.kit["outputs_sha256"] = outputs_sha256(notebook)
                _write(self.root / file, file, notebook, "executed")

    def edit(self, file: str, change: Callable[[Any], None]) -> None:
        """Change a made notebook as a person in JupyterLab could."""
        path = self.root / file
        notebook = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
        for cell in notebook.cells:
            cell.source = "".join(cell.source)
        change(notebook)
        path.write_text(nbformat.writes(nbformat.from_dict(notebook)), encoding="utf-8")

    def read(self, file: str) -> Any:
        return nbformat.reads((self.root / file).read_text(encoding="utf-8"), as_version=4)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """An empty course."""
    return Course(tmp_path)

"""Real kernels: what a build runs, stores, and leaves alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.course.conftest import LAB, NOTEBOOK, Course
from tools.course.build import build
from tools.course.check import check

ROOT = Path(__file__).resolve().parents[2]
WIDGET = """
# %% [markdown]
# A slider.

# %% tags=["nbval-ignore-output"]
import ipywidgets
ipywidgets.HBox([ipywidgets.IntSlider(value=3), ipywidgets.Label("three")])
"""


def quiet(_: str) -> None:
    """Say nothing."""


def run(course: Course, **options: bool) -> dict[str, str]:
    built, findings = build(course.root, say=quiet, **options)
    assert findings == []
    return {Path(one.file).parent.name: one.status for one in built}


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.ipynb")}


@pytest.mark.slow
def test_a_course_from_nothing_and_again(course: Course) -> None:
    course.notebook(NOTEBOOK + WIDGET)
    course.lab()
    assert run(course) == {"notebooks": "executed", "solutions": "executed", "labs": "written"}
    assert [f for f in check(course.root) if f.level == "fail"] == []
    first = snapshot(course.root)

    # Nothing changed: nothing runs, nothing is written.
    assert set(run(course).values()) == {"unchanged"}
    assert snapshot(course.root) == first

    # Words changed: the outputs stay, also the one by chance.
    course.notebook((NOTEBOOK + WIDGET).replace("A sum.", "A small sum."))
    number = course.read("notebooks/00_first.ipynb").cells[4].outputs[0].text
    assert run(course)["notebooks"] == "text"
    again = course.read("notebooks/00_first.ipynb")
    assert again.cells[1].source == "A small sum."
    assert again.cells[4].outputs[0].text == number

    # Run again: what is compared agrees, so the file stays.
    second = snapshot(course.root)
    assert run(course, rerun=True)["notebooks"] == "unchanged"
    assert snapshot(course.root) == second

    # Forced: the chance output is new, widgets and ids are not.
    assert run(course, force=True)["notebooks"] == "executed"
    forced = course.read("notebooks/00_first.ipynb")
    assert forced.cells[4].outputs[0].text != number
    assert forced.metadata.widgets == again.metadata.widgets
    assert forced.cells[6].outputs == again.cells[6].outputs
    assert forced.metadata.language_info == {"name": "python"}
    assert all("execution" not in cell.metadata for cell in forced.cells)


@pytest.mark.slow
def test_after_changed_code_all_outputs_come_from_one_run(course: Course) -> None:
    tail = "\n# %% [markdown]\n# The end.\n\n# %%\nprint('end')\n"
    course.notebook(NOTEBOOK + tail)
    run(course)
    number = course.read("notebooks/00_first.ipynb").cells[4].outputs[0].text
    course.notebook(NOTEBOOK + tail.replace("'end'", "'the end'"))
    assert run(course) == {"notebooks": "executed"}
    made = course.read("notebooks/00_first.ipynb")
    assert made.cells[6].outputs[0].text == "the end\n"
    assert made.cells[4].outputs[0].text != number, "a mixture of two runs contradicts itself"


@pytest.mark.slow
def test_a_cell_that_fails_is_named_and_nothing_is_written(course: Course) -> None:
    course.notebook(NOTEBOOK.replace("1 + 1", "1 / 0"))
    built, findings = build(course.root, say=quiet)
    assert [one.status for one in built] == ["failed"]
    (finding,) = findings
    assert finding.file == "notebooks/00_first.ipynb"
    assert "Cell 3 fails: ZeroDivisionError: division by zero" in finding.sentence
    assert not (course.root / "notebooks" / "00_first.ipynb").exists()


@pytest.mark.slow
def test_a_kernel_that_dies_is_told_in_a_sentence(course: Course) -> None:
    course.notebook(NOTEBOOK.replace("print(1 + 1)", "import os; os._exit(3)"))
    _, (finding,) = build(course.root, say=quiet)
    assert "Cell 3 stopped the run" in finding.sentence


@pytest.mark.slow
def test_a_cell_runs_where_a_reader_runs_it(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFHOST_ENDPOINT", "http://example.invalid")
    monkeypatch.setenv("OLLAMA_HOST", "http://example.invalid")
    body = (
        "\n# %% [markdown]\n# Where.\n\n# %%\nimport os, pathlib\n"
        "print(pathlib.Path.cwd().name, os.environ.get('SELFHOST_ENDPOINT'),\n"
        "      os.environ.get('OLLAMA_HOST'), os.environ['SELFHOST_ENGINE'])\n"
    )
    course.notebook(body)
    run(course)
    (output,) = course.read("notebooks/00_first.ipynb").cells[2].outputs
    assert output.text == "notebooks None None embedded\n"


def test_a_marker_error_blocks_the_build(course: Course) -> None:
    course.lab(LAB.replace("### END SOLUTION\n\n", "\n", 1))
    built, findings = build(course.root, say=quiet)
    assert {one.status for one in built} == {"failed"}
    (finding,) = findings
    lines = (course.root / finding.file).read_text(encoding="utf-8").splitlines()
    assert lines[(finding.line or 0) - 1] == "### BEGIN SOLUTION"
    assert not (course.root / "labs").exists()


def test_a_notebook_with_answers_and_a_lab_without_are_refused(course: Course) -> None:
    course.notebook(LAB)
    course.lab(NOTEBOOK)
    _, findings = build(course.root, say=quiet)
    sentences = {f.sentence for f in findings}
    assert sentences == {"A notebook holds a solution.", "The lab asks for nothing."}


def test_a_lab_is_cut_from_its_solution(course: Course) -> None:
    course.lab()
    course.made()
    lab, done = course.read("labs/lab1_audit.ipynb"), course.read("solutions/lab1_audit.ipynb")
    assert [cell.id for cell in lab.cells] == [cell.id for cell in done.cells]
    assert "reproducible" not in json.dumps(lab)
    assert lab.cells[2].source == "answer = None\n# Hint: Read the licence.\n# YOUR CODE HERE"
    assert "20 minutes for the exercises" in lab.cells[0].source
    assert "../solutions/lab1_audit.ipynb" in lab.cells[-1].source
    assert all(c.execution_count is None for c in lab.cells if c.cell_type == "code")


def test_a_windows_checkout_counts_the_same(course: Course) -> None:
    path = course.notebook()
    course.made()
    text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(text.encode("utf-8"))
    assert check(course.root) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_leaves_one_sentence_no_kernel_and_no_file(course: Course) -> None:
    started = course.root / "started"
    wait = f"import pathlib, time; pathlib.Path({str(started)!r}).touch(); time.sleep(120)"
    course.notebook(NOTEBOOK.replace("print(1 + 1)", wait))
    command = [sys.executable, "-m", "tools.course", "--root", str(course.root), "build"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.1)
    kernels = psutil.Process(process.pid).children(recursive=True)
    assert kernels
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert (process.returncode, said.splitlines()[-1]) == (
        130,
        "Stopped; nothing is half written, and the next build goes on.",
    )
    assert "Traceback" not in said
    assert psutil.wait_procs(kernels, timeout=20)[1] == []
    assert list(course.root.glob("notebooks/*.ipynb")) == []

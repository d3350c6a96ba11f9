"""The browser tests' own helper: a failing cell fails them, with its number."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from tests.browser.jupyterlab import Lab, copy_course

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def write(lab: Lab, name: str, *cells: str) -> str:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    (lab.root / name).write_text(nbformat.writes(notebook), encoding="utf-8")
    return name


def test_a_notebook_that_runs(lab: Lab, page: Any) -> None:
    notebook = lab.open(page, write(lab, "good.ipynb", "x = 1", "print(x + 1)"))
    cells = notebook.run_all(60)
    assert [cell["execution_count"] for cell in cells] == [1, 2]
    assert cells[1]["outputs"][0]["text"] in ("2\n", ["2\n"])
    assert notebook.cell(2).inner_text().strip().endswith("2")
    assert notebook.screenshot("helper").stat().st_size > 5_000


def test_a_notebook_that_fails_names_its_cell(lab: Lab, page: Any) -> None:
    notebook = lab.open(page, write(lab, "bad.ipynb", "x = 1", "x / 0", "print('never')"))
    with pytest.raises(AssertionError, match=r"bad\.ipynb, cell 2: ZeroDivisionError"):
        notebook.run_all(60)


def test_a_notebook_that_hangs_names_its_cell(lab: Lab, page: Any) -> None:
    body = ("x = 1", "import time; time.sleep(600)")
    notebook = lab.open(page, write(lab, "slow.ipynb", *body))
    with pytest.raises(AssertionError, match=r"slow\.ipynb, cell 2 has not run"):
        notebook.run_all(3)


def test_copies_have_no_outputs(tmp_path: Any) -> None:
    source = tmp_path / "root" / "notebooks"
    source.mkdir(parents=True)
    cell = nbformat.v4.new_code_cell("1", execution_count=4)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="old")]
    text = nbformat.writes(nbformat.v4.new_notebook(cells=[cell]))
    (source / "00_first.ipynb").write_text(text, encoding="utf-8")
    copy_course(tmp_path / "root", tmp_path / "shown")
    copied = (tmp_path / "shown" / "notebooks" / "00_first.ipynb").read_text(encoding="utf-8")
    (cell,) = nbformat.reads(copied, as_version=4).cells
    assert (cell.outputs, cell.execution_count) == ([], None)

"""`make report`: another set of parameters, the real papermill."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from selfhost.errors import KitError
from tools import report


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch) -> Path:
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    first = nbformat.v4.new_code_cell('model = "aprendiz"\nrepeats = 3')
    first.metadata["tags"] = ["parameters"]
    book.cells = [
        first,
        nbformat.v4.new_code_cell("print(model, 'x' * repeats)\nassert repeats < 9"),
    ]
    (tmp_path / "notebooks").mkdir()
    nbformat.write(book, tmp_path / "notebooks" / "14_repeat.ipynb")
    monkeypatch.setattr(report, "ROOT", tmp_path)
    monkeypatch.setattr(report, "REPORTS", tmp_path / "build" / "reports")
    return tmp_path


def test_notebook_and_page_are_left(checkout: Path, capsys) -> None:
    assert report.main(["14", "MODEL=gemma3:1b", "REPEATS=5"]) == 0
    files = sorted((checkout / "build" / "reports").iterdir())
    assert [path.suffix for path in files] == [".html", ".ipynb"]
    executed = nbformat.read(files[1], as_version=4)
    assert executed.cells[-1].outputs[0].text == "gemma3:1b xxxxx\n"
    assert "gemma3:1b xxxxx" in files[0].read_text(encoding="utf-8")
    assert files[0].name in capsys.readouterr().out


def test_a_failing_cell_leaves_both_and_is_told(checkout: Path) -> None:
    with pytest.raises(KitError, match="A cell failed: AssertionError"):
        report.main(["14", "REPEATS=9"])
    assert len(list((checkout / "build" / "reports").iterdir())) == 2


def test_capitals_do_not_matter() -> None:
    assert report.parameters(["REPEATS=5"], {"Repeats": 3}, "14") == {"Repeats": 5}


def test_unknown_parameters_and_notebooks_are_sentences(checkout: Path) -> None:
    with pytest.raises(KitError, match="has no parameter REPEAT "):
        report.main(["14", "REPEAT=9"])
    with pytest.raises(KitError, match="No notebooks have a name that starts with 77"):
        report.main(["77"])


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5), ("0.7", 0.7), ("true", True), ("gemma3:1b", "gemma3:1b"), ("", "")],
)
def test_values(text: str, value: object) -> None:
    assert report.value_of(text) == value

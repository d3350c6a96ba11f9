"""`make check` counts right: small notebooks of our own, through the real nbval."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from selfhost.errors import KitError
from tools import check, nbcount
from tools.checktable import closing_line, table

ROOT = Path(__file__).resolve().parents[2]


def notebook(path: Path, cells: list[dict[str, Any]], needs: tuple[str, ...] = ()) -> Path:
    """Write a notebook as if it had been executed: {source, out, tags, meta}."""
    book = nbformat.v4.new_notebook()
    book.metadata["kit"] = {"needs": list(needs)}
    book.cells.append(nbformat.v4.new_markdown_cell("Text is not counted."))
    for number, cell in enumerate(cells, 1):
        code = nbformat.v4.new_code_cell(cell["source"], execution_count=number)
        if "out" in cell:
            code.outputs.append(nbformat.v4.new_output("stream", name="stdout", text=cell["out"]))
        code.metadata["tags"] = cell.get("tags", [])
        code.metadata.update(cell.get("meta", {}))
        book.cells.append(code)
    nbformat.write(book, path)
    return path


def count(*paths: Path) -> tuple[int, dict[str, Any]]:
    """nbval with our counting plugin, in two worker processes as `make check` runs it."""
    target = paths[0].parent / "counts.json"
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [
        sys.executable, "-m", "pytest", "-p", "tools.nbcount", "--nbcount", str(target), "-q",
        *[part for name in check.PLUGINS for part in ("-p", name)],
        "-n", "2", "--dist", "loadfile", "--nbval", "--nbval-current-env",
        "--nbval-cell-timeout", "60", *map(str, paths),
    ]  # fmt: skip
    answer = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert target.is_file(), answer.stdout + answer.stderr
    return answer.returncode, json.loads(target.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("books")
    good = notebook(
        folder / "00_good.ipynb",
        [
            {"source": "print(6 * 7)", "out": "42\n"},
            {"source": "x = 1"},  # no output: nothing to compare
            {
                "source": "import time; print(time.time())",
                "out": "1.5\n",
                "tags": ["nbval-ignore-output"],
            },
            {"source": "1 / 0", "tags": ["nbval-skip"], "meta": {"kit": {"skip": "on purpose"}}},
        ],
    )
    bad = notebook(
        folder / "01_bad.ipynb",
        [{"source": "print(1)", "out": "2\n"}, {"source": "nowhere"}, {"source": "print(3)"}],
    )
    return count(good, bad)


def test_files_that_are_skipped_or_broken_are_counted(tmp_path: Path) -> None:
    (tmp_path / "test_skipped.py").write_text(
        "import pytest\npytest.importorskip('a_module_that_nobody_has')\n", encoding="utf-8"
    )
    (tmp_path / "test_broken.py").write_text("1 / 0\n", encoding="utf-8")
    (tmp_path / "test_good.py").write_text("def test_good():\n    pass\n", encoding="utf-8")
    status, counts = count(*sorted(tmp_path.glob("*.py")))
    assert status == 1
    assert counts["tests"] == {"passed": 1, "failed": 1, "skipped": 1}
    assert any("a_module_that_nobody_has" in reason for reason in counts["reasons"])


@pytest.mark.parametrize(
    ("needs", "words"),
    [((), None), (("endpoint", "network"), None), (("nowhere",), "needs nowhere: the module")],
)
def test_a_notebook_that_lacks_a_module_is_skipped_with_the_reason(
    needs: tuple[str, ...], words: str | None, monkeypatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(nbcount.MODULES, "nowhere", "a_module_that_nobody_has")
    path = notebook(tmp_path / "a.ipynb", [{"source": "1"}], needs=needs)
    reason = nbcount.missing(nbformat.read(path, as_version=4))
    assert reason is None if words is None else words in str(reason)


def test_executed_compared_skipped(counted: tuple[int, dict[str, Any]]) -> None:
    good = counted[1]["notebooks"]["00_good"]
    assert (good["executed"], good["compared"], good["skipped"], good["failed"]) == (3, 1, 1, 0)
    assert good["reasons"] == ["on purpose"]
    assert good["seconds"] > 0


def test_failures_are_counted_and_the_first_is_named(counted: tuple[int, dict[str, Any]]) -> None:
    status, counts = counted
    bad = counts["notebooks"]["01_bad"]
    assert status == 1
    assert (bad["executed"], bad["failed"]) == (3, 3)  # differs, raises, prints what is not stored
    assert len(bad["failures"]) == 1 and bad["failures"][0].startswith("cell 0:")


def test_tests_are_the_sum(counted: tuple[int, dict[str, Any]]) -> None:
    counts = counted[1]
    books = counts["notebooks"].values()
    assert counts["tests"]["failed"] == sum(book["failed"] for book in books)
    assert counts["tests"]["skipped"] == sum(book["skipped"] for book in books)
    total = sum(counts["tests"].values())
    assert total == 7


def test_result_has_the_agreed_form(counted: tuple[int, dict[str, Any]]) -> None:
    static = {"ruff": {"passed": True, "seconds": 1.0}, "mypy": {"passed": False, "seconds": 2.0}}
    units = {"tests": {"passed": 5, "failed": 0, "skipped": 1}, "reasons": ["t: no browser"]}
    result = json.loads(json.dumps(check.result_of(static, units, counted[1], 12.34)))
    for counts in result["notebooks"].values():
        assert {"executed", "compared", "skipped", "seconds"} <= set(counts)
        assert all(isinstance(counts[key], int) for key in ("executed", "compared", "skipped"))
    assert set(result["tests"]) == {"passed", "failed", "skipped"}
    assert result["tests"]["failed"] == counted[1]["tests"]["failed"] + 1  # mypy
    assert result["seconds"] == 12.3
    words = closing_line(result).splitlines()[-1]
    tests = result["tests"]
    assert (
        words == f"{tests['passed']} passed, {tests['failed']} failed, {tests['skipped']} skipped"
    )
    text = table(result)
    assert "00_good" in text and "on purpose" in text and "t: no browser" in text
    assert "Failed checks: mypy" in text


def test_kernels_see_the_embedded_endpoint_unless_told_otherwise(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("SELFHOST_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    env = check.check_environment(tmp_path, None, "embedded", None)
    assert env["SELFHOST_ENGINE"] == "embedded"
    assert "SELFHOST_ENDPOINT" not in env and "OLLAMA_HOST" not in env
    assert Path(env["SELFHOST_RUN"]).is_relative_to(tmp_path)
    env = check.check_environment(tmp_path, "gemma3:1b", "ollama", None)
    assert env["OLLAMA_HOST"] == "http://127.0.0.1:9" and env["SELFHOST_MODEL"] == "gemma3:1b"
    env = check.check_environment(tmp_path, "m", "openai", "http://127.0.0.1:8000/v1")
    assert env["SELFHOST_ENDPOINT"] == "http://127.0.0.1:8000/v1"


def test_an_openai_server_needs_an_address(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="needs the address"):
        check.check_environment(tmp_path, "m", "openai", None)


def test_one_notebook_is_chosen_by_its_number(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(check, "ROOT", tmp_path)
    for name in ("notebooks/00_a.ipynb", "notebooks/09_b.ipynb", "solutions/lab1_c.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}", encoding="utf-8")
    assert [path.stem for path in check.find_notebooks("09")] == ["09_b"]
    assert [path.stem for path in check.find_notebooks("lab1")] == ["lab1_c"]
    assert len(check.find_notebooks(None)) == 3
    with pytest.raises(KitError, match="starts with 77"):
        check.find_notebooks("77")


def test_a_stub_that_is_no_program_is_found(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(check, "ROOT", tmp_path)
    (tmp_path / "labs").mkdir()
    notebook(tmp_path / "labs" / "lab1.ipynb", [{"source": "!ls\n%time 1"}, {"source": "def f(:"}])
    (wrong,) = check.stubs_that_do_not_compile()
    assert wrong.startswith("lab1.ipynb, cell 3")

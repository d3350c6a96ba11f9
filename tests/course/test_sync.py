"""Source -> notebook -> source gives what was there; edits come back, and only edits."""

from __future__ import annotations

from typing import Any

import jupytext
import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.course.conftest import Course
from tools.course.build import build
from tools.course.source import key, load, rewrite
from tools.course.sync import sync

LINES = [
    "x = 1",
    "print('ñ, 文, 🙂')",
    "!curl -s $OLLAMA_HOST/api/tags",
    "%timeit x",
    "# a comment",
    "def f():\n    return 'text'",
    "",
    "    ",
    'y = """\n# %%\n"""',
    "files = !ls",
    "ollama?",
    "await x()",
    "%pip install ollama",
]
PROSE = [
    "A sentence.",
    "# Title",
    "- a list\n- of two",
    "$x^2$ and `code`",
    "",
    "> quote",
    "* [ ] x",
]
TAGS = [["nbval-ignore-output"], ["parameters"], ["install", "nbval-ignore-output"]]


def cells(kind: str, texts: list[str]) -> st.SearchStrategy[Any]:
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    body = st.lists(st.sampled_from(texts), min_size=1, max_size=4).map(lambda t: "\n".join(t))
    meta = st.one_of(st.just({}), st.sampled_from(TAGS).map(lambda tags: {"tags": tags}))
    return st.builds(lambda text, m: make(text.strip("\n"), metadata=m), body, meta).filter(
        lambda cell: cell.source.strip()
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(cells("code", LINES), cells("markdown", PROSE)), min_size=1, max_size=6))
def test_a_round_trip_changes_nothing(tmp_path_factory: pytest.TempPathFactory, made: Any) -> None:
    course = Course(tmp_path_factory.mktemp("course"))
    path = course.notebook("\n# %%\n1\n")
    text = rewrite(load(path, course.root), made)
    path.write_text(text, encoding="utf-8")
    lesson = load(path, course.root)
    assert [key(cell) for cell in lesson.cells] == [key(cell) for cell in made]
    assert rewrite(lesson, lesson.cells) == text
    course.made()
    assert [one.status for one in sync(course.root)] == ["unchanged"]
    assert path.read_text(encoding="utf-8") == text


def test_an_edited_cell_comes_back_and_the_rest_stays_as_written(course: Course) -> None:
    body = '\n# %% [markdown]\n"""\nWritten with quotes.\n"""\n\n# %%\nx = 1\n\n# %%\ny = 2\n'
    path = course.notebook(body)
    course.made()

    def change(notebook: Any) -> None:
        notebook.cells[2].source = "x = 10"
        notebook.cells.insert(3, nbformat.v4.new_markdown_cell("New words."))
        notebook.cells[2].metadata["collapsed"] = True
        notebook.metadata["language_info"] = {"name": "python", "version": "3.12.1"}

    course.edit("notebooks/00_first.ipynb", change)
    assert [one.status for one in sync(course.root)] == ["synced"]
    text = path.read_text(encoding="utf-8")
    assert text.startswith(course.notebook.__globals__["HEADER"] % ("First", ""))
    assert text.endswith(
        '\n# %% [markdown]\n"""\nWritten with quotes.\n"""\n\n'
        "# %%\nx = 10\n\n# %% [markdown]\n# New words.\n\n# %%\ny = 2\n"
    )
    assert [one.status for one in sync(course.root)] == ["unchanged"]


def test_a_whole_cell_of_shell_comes_back(course: Course) -> None:
    path = course.notebook()
    course.made()
    course.edit("notebooks/00_first.ipynb", lambda nb: nb.cells[2].update(source="%%bash\nls"))
    assert [one.status for one in sync(course.root)] == ["synced"]
    assert load(path, course.root).cells[1].source == "%%bash\nls"


def test_a_cell_that_would_be_torn_apart_is_refused(course: Course) -> None:
    path = course.notebook()
    before = path.read_text(encoding="utf-8")
    course.made()
    torn = "# %% a line of mine\nx = 1"
    course.edit("notebooks/00_first.ipynb", lambda nb: nb.cells[2].update(source=torn))
    (refused,) = sync(course.root)
    assert (refused.status, "Cell 3" in refused.note) == ("refused", True)
    assert path.read_text(encoding="utf-8") == before


def test_a_solution_brings_its_lab_back(course: Course) -> None:
    path = course.lab()
    course.made()

    def change(notebook: Any) -> None:
        notebook.cells[2].source = notebook.cells[2].source.replace("reproducible", "open source")

    course.edit("solutions/lab1_audit.ipynb", change)
    assert [one.status for one in sync(course.root)] == ["synced"]
    assert 'answer = "open source"' in path.read_text(encoding="utf-8")
    assert "### BEGIN HINT" in path.read_text(encoding="utf-8")


def test_an_edited_lab_is_refused_by_sync_and_not_overwritten_by_build(course: Course) -> None:
    path = course.lab()
    before = path.read_text(encoding="utf-8")
    course.made()

    def change(notebook: Any) -> None:
        notebook.cells[2].source = "answer = 'mine'"

    course.edit("labs/lab1_audit.ipynb", change)
    (refused,) = sync(course.root)
    assert refused.status == "refused"
    assert "solutions/lab1_audit.ipynb" in refused.note
    assert path.read_text(encoding="utf-8") == before
    _, findings = build(course.root, say=lambda _: None)
    assert any("edited since it was built" in f.sentence for f in findings)
    assert "mine" in course.read("labs/lab1_audit.ipynb").cells[2].source


def test_when_both_changed_a_person_decides(course: Course) -> None:
    path = course.notebook()
    course.made()
    path.write_text(
        path.read_text(encoding="utf-8").replace("A sum.", "Our sum."), encoding="utf-8"
    )

    def change(notebook: Any) -> None:
        notebook.cells[2].source = "print(2 + 2)"

    course.edit("notebooks/00_first.ipynb", change)
    (refused,) = sync(course.root)
    assert (refused.status, "both changed" in refused.note) == ("refused", True)
    (synced,) = sync(course.root, force=True)
    assert synced.status == "synced"
    assert "print(2 + 2)" in path.read_text(encoding="utf-8")


def test_a_source_newer_than_its_notebook_stays(course: Course) -> None:
    path = course.notebook()
    course.made()
    text = path.read_text(encoding="utf-8").replace("A sum.", "Our sum.")
    path.write_text(text, encoding="utf-8")
    (one,) = sync(course.root)
    assert (one.status, "build it" in one.note) == ("unchanged", True)
    assert path.read_text(encoding="utf-8") == text


def test_the_builders_own_cells_do_not_come_back(course: Course) -> None:
    path = course.notebook()
    before = path.read_text(encoding="utf-8")
    course.made()
    course.edit("notebooks/00_first.ipynb", lambda nb: nb.cells[0].update(source="# Mine"))
    (one,) = sync(course.root)
    assert (one.status, "header" in one.note) == ("unchanged", True)
    assert path.read_text(encoding="utf-8") == before


def test_the_sources_are_what_jupytext_reads(course: Course) -> None:
    path = course.notebook()
    read = jupytext.read(path)
    assert [c.source for c in read.cells] == [c.source for c in load(path, course.root).cells]

"""Everything the check promises to find, put into a course that was in order."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.course.conftest import LAB, Course
from tools.course.check import check
from tools.course.report import Finding

ROOT = Path(__file__).resolve().parents[2]
BOOK, SOLUTION, LAB_FILE = (
    "notebooks/00_first.ipynb",
    "solutions/lab1_audit.ipynb",
    "labs/lab1_audit.ipynb",
)
PNG = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "aGk=\n"}}


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def html(text: str) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": text}}


@pytest.fixture
def good(course: Course) -> Course:
    """A course with which nothing is wrong."""
    course.notebook()
    course.lab()
    course.made({1: [stream("2\n")]})
    assert check(course.root) == []
    return course


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, [str(f) for f in findings]
    assert findings[0].sentence.endswith((".", "`.")) or "stderr" in findings[0].sentence
    assert findings[0].mend
    return findings[0]


def set_source(cell: int, text: str) -> Callable[[Any], None]:
    return lambda notebook: notebook.cells[cell - 1].update(source=text)


def set_cell(cell: int, **fields: Any) -> Callable[[Any], None]:
    return lambda notebook: notebook.cells[cell - 1].update(fields)


@pytest.mark.parametrize(
    ("file", "change", "cell", "words"),
    [
        (BOOK, set_source(3, "print(1 + 2)"), 3, "not what course/notebooks/00_first.py gives"),
        (BOOK, set_source(1, "# Mine"), 1, "not what"),
        (BOOK, lambda nb: nb.cells.pop(1), 2, "not what"),
        (BOOK, lambda nb: nb.cells.pop(), None, "It has 5 cells"),
        (BOOK, lambda nb: nb.metadata.kit.update(minutes=11), None, "metadata"),
        (BOOK, lambda nb: nb.metadata.kernelspec.update(name="other"), None, "metadata"),
        (BOOK, set_cell(3, execution_count=None), 3, "was not run"),
        (BOOK, set_cell(3, execution_count=7), 3, "run out of order"),
        (BOOK, set_cell(3, outputs=[]), None, "not those of a build"),
        (SOLUTION, set_cell(5, execution_count=1), 5, "run out of order"),
        (LAB_FILE, set_cell(3, outputs=[stream("x")]), 3, "has outputs"),
        (LAB_FILE, set_cell(3, execution_count=1), 3, "has outputs"),
    ],
)
def test_a_made_file_that_is_not_what_its_source_gives(
    good: Course, file: str, change: Callable[[Any], None], cell: int | None, words: str
) -> None:
    good.edit(file, change)
    found = only(check(good.root))
    assert (found.file, found.cell) == (file, cell)
    assert words in found.sentence


@pytest.mark.parametrize(
    "change",
    [
        set_source(3, 'answer = "reproducible"'),
        set_source(2, 'Which class is it? (answer = "reproducible")'),
        set_source(5, "def double(number):\n    return   number * 2"),
        lambda nb: nb.metadata.update(note='answer = "reproducible"'),
        lambda nb: nb.cells[1].metadata.update(note="return number * 2"),
    ],
)
def test_an_answer_leaks(good: Course, change: Callable[[Any], None]) -> None:
    good.edit(LAB_FILE, change)
    assert any(f.sentence.startswith("An answer leaks") for f in check(good.root))


def test_an_answer_that_the_source_itself_gives_away(course: Course) -> None:
    course.lab(LAB.replace("Which class is it?", "Which class is it? Not `return number * 2`."))
    course.made()
    found = only(check(course.root))
    assert (found.file, found.cell) == (LAB_FILE, 2)


def test_stub_lines_that_differ_from_the_solution(good: Course) -> None:
    good.edit(LAB_FILE, set_source(5, "def triple(number):\n    # YOUR CODE HERE\n    ..."))
    sentences = [f.sentence for f in check(good.root)]
    assert "The stub's lines are not those of the solution." in sentences
    good.edit(LAB_FILE, set_source(5, "def double(number):\n    ..."))
    sentences = [f.sentence for f in check(good.root)]
    assert "The stub does not say where to write." in sentences


def test_a_widget_that_names_a_path_of_one_machine(good: Course) -> None:
    state = {"a": {"model_name": "HTMLModel", "state": {"value": "/home/ana/kit"}}}
    good.edit(BOOK, lambda nb: nb.metadata.update(widgets={"x": {"state": state}}))
    assert "In a widget" in only(check(good.root)).sentence


def test_files_that_are_missing_broken_or_nobodys(good: Course) -> None:
    (good.root / BOOK).unlink()
    assert only(check(good.root)).sentence == "It is not there."
    (good.root / BOOK).write_text("{", encoding="utf-8")
    assert only(check(good.root)).sentence == "It cannot be read."
    good.made()
    (good.root / "notebooks" / "99_old.ipynb").write_text("{}", encoding="utf-8")
    assert only(check(good.root)).file == "notebooks/99_old.ipynb"
    assert check(good.root, ["00"]) == []


def test_a_students_own_copy_is_no_mistake(good: Course) -> None:
    lab = good.root / LAB_FILE
    (lab.parent / "lab1_mine.ipynb").write_bytes(lab.read_bytes())
    assert only(check(good.root)).level == "warn"


def test_the_next_lesson_has_to_exist(course: Course) -> None:
    path = course.notebook()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("next: null", "next: 01_gone"), encoding="utf-8")
    course.made()
    assert "01_gone" in only(check(course.root)).sentence


@pytest.mark.parametrize(
    ("body", "level", "words"),
    [
        ("# %% [markdown]\n# ![](https://x.org/a.png)", "fail", "no alt text"),
        ("# %% [markdown]\n# <img src='a.png'>", "fail", "no alt text"),
        ("# %% [markdown]\n# Draw.\n\n# %%\npicture(fig)", "fail", "no alt text"),
        ("# %% [markdown]\n# Draw.\n\n# %%\nshow.picture(fig, alt='')", "fail", "no alt text"),
        ("# %% [markdown]\n# Draw.\n\n# %%\npicture(fig, 'figure')", "fail", "no alt text"),
        ("# %% [markdown]\n# See [there](../labs/lab9_gone.ipynb#top).", "fail", "leads nowhere"),
        ("# %%\n1", "fail", "No sentence"),
        ("# %% [markdown]\n# A.\n\n# %%\n1\n\n# %%\n2", "fail", "No sentence"),
        ("# %% [markdown]\n# A.\n\n# %%\n" + "x = 1\n" * 16, "warn", "16 lines"),
        ("# %% [markdown]\n# A.\n\n# %%\n" + "x = 1\n" * 26, "fail", "26 lines"),
        ("# %% [markdown]\n# A.\n\n# %%\nx = = 1", "fail", "no Python"),
        ("# %% [markdown]\n# sk-" + "a1B2" * 8, "fail", "OpenAI or Anthropic key"),
        ("# %% [markdown]\n# A.\n\n# %%\nt = 'hf_" + "aB3" * 10 + "'", "fail", "Hugging Face"),
    ],
)
def test_what_a_reader_would_stumble_over(
    course: Course, body: str, level: str, words: str
) -> None:
    course.notebook(f"\n{body}\n")
    course.made()
    found = only(check(course.root))
    assert (found.file, found.level) == ("course/notebooks/00_first.py", level)
    assert words in found.sentence
    assert found.line is not None and found.cell is not None


@pytest.mark.parametrize(
    "body",
    [
        "# %% [markdown]\n# ![a bar chart](https://x.org/a.png) and `![](x)`",
        "# %% [markdown]\n# <img src='a.png' alt='a bar chart'>",
        "# %% [markdown]\n# A.\n\n# %%\npicture(fig, words)\npicture(fig, alt=f'{n} bars')",
        "# %% [markdown]\n# A.\n\n# %%\npicture(fig, 'a chart of three bars')",
        "# %% [markdown]\n# A.\n\n# %%\n" + "x = 1\n" * 15 + "\n\n",
        "# %% [markdown]\n# Write `sk-...` or `hf_xxx`.",
        "# %% [markdown]\n# [Here](00_first.ipynb#top), [up](#top), [out](https://x.org/y).",
        "# %% [markdown]\n# A.\n\n# %%\nawait f()\nx = !ls /tmp",
    ],
)
def test_what_is_fine(course: Course, body: str) -> None:
    course.notebook(f"\n{body}\n")
    course.made()
    assert check(course.root) == []


@pytest.mark.parametrize(
    ("cell", "outputs", "words"),
    [
        (1, [{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}], "is an error"),
        (1, [stream("careful\n", "stderr")], "stderr: careful"),
        (2, [stream("saved in /home/ana/kit\n")], "path of one machine (/home/ana"),
        (2, [stream("C:\\Users\\ana\\kit\n")], "path of one machine"),
        (2, [html("<a href='file:///Users/ana'>x</a> /root/x")], "path of one machine"),
        (1, [stream("<function f at 0x7f08de12ab90>\n")], "memory address"),
        (2, [stream("x" * 500_000)], "has 500 kB"),
        (2, [stream("key " + "AKIA" + "ABCD" * 4)], "AWS key"),
        (2, [PNG], "not followed by its words"),
        (2, [html("<p>In words: two bars</p>"), PNG], "not followed by its words"),
        (2, [html("<img src='data:x'>"), html("In words: x")], "no alt text"),
        (1, [PNG, html("<p>In words: two bars</p>")], "compared cell"),
    ],
)
def test_stored_outputs(
    course: Course, cell: int, outputs: list[dict[str, Any]], words: str
) -> None:
    course.notebook()
    course.made({cell: outputs})
    assert any(words in f.sentence for f in check(course.root)), check(course.root)


@pytest.mark.parametrize(
    ("cell", "outputs"),
    [
        (2, [PNG, html("<p>In words: two bars</p>")]),
        (2, [html("<img alt='two bars' src='data:x'><p>In words: two bars</p>")]),
        (2, [stream("<function f at 0x7f08de12ab90>\n")]),
        (1, [stream("http://127.0.0.1/home/x and ../models/aprendiz and 3/work/3\n")]),
    ],
)
def test_outputs_that_are_fine(course: Course, cell: int, outputs: list[dict[str, Any]]) -> None:
    course.notebook()
    course.made({cell: outputs})
    assert check(course.root) == []


def test_the_command_line(good: Course) -> None:
    def command(*words: str) -> subprocess.CompletedProcess[str]:
        full = [sys.executable, "-m", "tools.course", "--root", str(good.root), *words]
        return subprocess.run(full, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)

    done = command("check")
    assert (done.returncode, done.stdout) == (0, "course: 0 to mend, 0 to look at\n")
    good.edit(BOOK, set_source(3, "print(3)"))
    done = command("check")
    assert done.returncode == 1
    assert done.stdout.startswith(f"FAIL  {BOOK}, cell 3: ")
    data = json.loads(command("check", "--json").stdout)
    assert (data["ok"], data["findings"][0]["cell"]) == (False, 3)
    assert command("sync", "00").stdout.split() == ["synced", "course/notebooks/00_first.py"]
    done = command("build", "77")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no lesson called 77.")


def test_the_check_loads_nothing_heavy(good: Course) -> None:
    program = (
        "import sys; from tools.course.__main__ import main; "
        f"main(['--root', {str(good.root)!r}, 'check']); "
        "print(sorted({'torch', 'IPython', 'nbclient', 'ipykernel', 'matplotlib', 'pandas',"
        " 'xllamacpp', 'transformers', 'rfc3987_syntax.syntax_helpers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"

"""Minutes follow from what a notebook asks of its reader, and the lessons state such minutes."""

from __future__ import annotations

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import v4

from selfhost.errors import KitError
from tools import effort, rehearsal, teaching


def notebook(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return v4.new_notebook(cells=list(cells))


def shown(kind: str) -> list[nbformat.NotebookNode]:
    return [v4.new_output("display_data", data={kind: "…"})]


def test_sections_are_those_of_the_headings() -> None:
    found = effort.sections(
        notebook(
            v4.new_markdown_cell("# Title\n\nTwo words here"),
            v4.new_markdown_cell("## 1. First\n\nwhy"),
            v4.new_code_cell("a = 1\n\nb = 2"),
            v4.new_markdown_cell("## Check yourself\n\n<details><summary>Q</summary>A</details>"),
        )
    )
    assert set(found) == {effort.INTRODUCTION, 1, effort.ENDING}
    assert found[1].asks["line of code"] == 2 and found[1].cells == [2]
    assert found[effort.ENDING].asks["question"] == 1
    assert found[effort.INTRODUCTION].words == 4


@pytest.mark.parametrize(
    ("source", "outputs", "kind"),
    [
        ("show(x)", shown("image/png"), "picture"),
        ("explorer()", shown("application/vnd.jupyter.widget-view+json"), "widget"),
        ("guess = predict('?', [])", shown("application/vnd.jupyter.widget-view+json"), "guess"),
        ("print(1)", [v4.new_output("stream", text="1")], "output"),
    ],
)
def test_what_a_cell_shows_is_looked_at_once(source: str, outputs: list, kind: str) -> None:
    found = effort.sections(notebook(v4.new_code_cell(source, outputs=outputs)))
    asks = found[effort.INTRODUCTION].asks
    assert {name for name in asks if name != "line of code"} == {kind}


@given(st.integers(0, 5000), st.integers(0, 50), st.floats(0, 600))
def test_more_to_do_takes_longer(words: int, guesses: int, seconds: float) -> None:
    some = effort.Effort(words, effort.Counter({"guess": guesses}), computing=seconds)
    more = some + effort.Effort(150, effort.Counter({"guess": 1}), computing=60)
    assert more.minutes == pytest.approx(some.minutes + 3)


@pytest.mark.parametrize("lesson", teaching.lessons(), ids=lambda lesson: lesson.name)
def test_lessons_state_the_minutes_that_they_ask_for(lesson: teaching.Lesson) -> None:
    asked = effort.whole(lesson.efforts().values())
    stated = lesson.minutes - lesson.exercises
    assert effort.is_fair(stated, asked), (
        f"{lesson.name} states {stated} minutes and asks for {effort.room_minutes(asked):.0f}: "
        "correct `minutes` in its head"
    )


def test_computing_is_measured_cell_by_cell(tmp_path) -> None:
    path = tmp_path / "slow.ipynb"
    cells = [v4.new_code_cell("import time; time.sleep(0.4)"), v4.new_code_cell("1 + 1")]
    nbformat.write(notebook(*cells), path)
    assert rehearsal.computing(path) >= 0.4
    nbformat.write(notebook(v4.new_code_cell("1 / 0")), path)
    with pytest.raises(KitError, match=r"slow\.ipynb failed: ZeroDivisionError"):
        rehearsal.computing(path)


def test_an_unknown_plan_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KitError, match="no plan third-week"):
        rehearsal.main(["third-week"])

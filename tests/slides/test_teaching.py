"""The running order adds up, and every lesson has its notes for the teacher."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost.errors import KitError
from tools import teaching

ROOT = Path(__file__).resolve().parents[2]
HEADS = ("**In a sentence**", "**They will say**", "**Stuck?**", "**Ask**", "**Short of time**")


def test_lessons_come_in_teaching_order() -> None:
    names = [lesson.name for lesson in teaching.lessons()]
    assert names[:3] == ["00_start_here", "01_inside_a_model", "02_openness_spectrum"]
    assert len(names) == len(set(names))
    notebooks = [name for name in names if name[0].isdigit()]
    assert notebooks == sorted(notebooks)


@pytest.mark.parametrize("name", teaching.plans())
def test_plan_fits_with_some_slack(name: str) -> None:
    plan = teaching.plans()[name]
    assert teaching.spare_minutes(plan) >= teaching.SLACK * plan["hours"] * 60


@pytest.mark.parametrize("name", teaching.plans())
def test_plan_has_its_breaks_and_follows_the_teaching_order(name: str) -> None:
    plan, order = teaching.plans()[name], [lesson.name for lesson in teaching.lessons()]
    pauses = [step["pause"] for step in plan["steps"] if "pause" in step]
    assert sum(pauses) >= 20 * (plan["hours"] // 3)
    worked = 0
    for step, line in zip(plan["steps"], teaching.steps(plan), strict=True):
        worked = 0 if "pause" in step else worked + line.minutes
        assert worked <= 185, f"{line.what}: three hours without a break"
    taken = [order.index(step["lesson"]) for step in plan["steps"] if "lesson" in step]
    assert taken == sorted(taken)


def test_page_is_up_to_date() -> None:
    text = teaching.PAGE.read_text(encoding="utf-8")
    assert teaching.fresh(text) == text, "python -m tools.teaching"
    named = [match[2] for match in teaching.MARKS.finditer(text)]
    assert sorted(named) == sorted(["overview", *teaching.plans()])


def test_minutes_are_those_of_heads_and_notes() -> None:
    plan = teaching.plans()["half-day"]
    whole = {lesson.label: lesson.minutes for lesson in teaching.lessons()}
    for line in teaching.steps(plan):
        if line.what in whole:
            assert line.minutes == whole[line.what] if not line.part else line.minutes > 0
            assert line.minutes <= whole[line.what]


def test_all_sections_take_the_whole_lesson_and_the_introduction_is_never_left_out() -> None:
    lesson = next(each for each in teaching.lessons() if each.name == "14_determinism")
    numbers = list(lesson.efforts())

    def minutes(sections: list[int]) -> int:
        return teaching.steps({"steps": [{"lesson": lesson.name, "sections": sections}]})[0].minutes

    assert minutes(numbers) == lesson.minutes
    assert minutes([]) >= 1
    assert minutes([1]) > minutes([]) and minutes([1, 2]) > minutes([1])


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"deck": "9_nothing"}, "no deck"),
        ({"deck": "1_opening", "slides": [1, 99]}, "no slide 99"),
        ({"lesson": "99_nothing"}, "no lesson"),
        ({"lesson": "00_start_here", "sections": [77]}, "no section 77"),
        ({"lesson": "00_start_here", "minutes": 500, "only": "x"}, r"takes \d+ minutes"),
    ],
)
def test_a_plan_with_a_mistake_is_refused(step: dict, words: str) -> None:
    with pytest.raises(KitError, match=words):
        teaching.steps({"steps": [step]})


def test_a_plan_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = copy.deepcopy(teaching.plans())
    plans["half-day"]["hours"] = 2
    monkeypatch.setattr(teaching, "plans", lambda: plans)
    with pytest.raises(KitError, match="half-day has -"):
        teaching.main(["--check"])


@given(st.sets(st.integers(1, 60), min_size=1))
def test_ranges_name_each_number_once(numbers: set[int]) -> None:
    found: list[int] = []
    for part in teaching.ranges(sorted(numbers)).split(", "):
        first, _, last = part.partition("–")
        found += range(int(first), int(last or first) + 1)
    assert found == sorted(numbers)


@pytest.mark.parametrize("lesson", teaching.lessons(), ids=lambda lesson: lesson.name)
def test_every_lesson_has_its_teacher_notes(lesson: teaching.Lesson) -> None:
    page = ROOT / "course" / "notes" / f"{lesson.name.partition('_')[0]}.md"
    assert page.exists(), f"course/notes/{page.name} is missing"
    text = page.read_text(encoding="utf-8")
    assert [head for head in HEADS if head not in text] == []
    number = lesson.number.capitalize()
    assert text.startswith(f"# {number} {lesson.title}\n"), page.name
    # A section that the notes name exists.
    named = re.findall(r"[Ss]ections? ((?:\d+(?:,| and| to)? ?)+)", text)
    sections = {int(n) for group in named for n in re.findall(r"\d+", group)}
    assert sections <= set(lesson.efforts()), page.name

"""A header that promises nothing is refused, with its line."""

from __future__ import annotations

import re

import pytest

from tests.course.conftest import HEADER
from tools.course.front import read_front
from tools.course.report import SourceError

GOOD = HEADER % ("First", "") + "\n# %%\n1\n"


def test_a_good_header_is_read() -> None:
    front = read_front(GOOD, "course/notebooks/00_first.py")
    assert (front.title, front.minutes, front.needs, front.next) == (
        "First",
        10,
        ("endpoint",),
        None,
    )
    assert front.objectives == ("say one", "say two", "say three")
    assert front.exercises is None


@pytest.mark.parametrize(
    ("pattern", "replacement", "line", "words"),
    [
        (r"# ---\n", "", 1, "no header"),
        (r"#   kit:\n(#     .*\n)+", "", 1, "no `kit` block"),
        (r"#     title: First\n", "", 6, "`title` is missing"),
        (r"title: First", "title: '00 · First'", 7, "repeats the number"),
        (r"title: First", "title: 'Lab 1: First'", 7, "repeats the number"),
        (r"minutes: 10", "minutes: ten", 8, "`minutes`"),
        (r"minutes: 10", "minutes: true", 8, "`minutes`"),
        (r"minutes: 10", "minutes: 1", 8, "`minutes`"),
        (r"objectives: .*", "objectives: [one, two]", 9, "3 to 5"),
        (r"objectives: .*", "objectives: say a lot", 9, "3 to 5"),
        (r"needs: .*", "needs: [wizard]", 10, "`needs`"),
        (r"#     next: .*\n", "", 6, "`next` is missing"),
        (r"next: null", "next: ../01", 11, "no name of a lesson"),
        (r"next: null", "next: null\n#     nxt: 1", 12, "`nxt` is no field"),
        (r"title: First", "title: First: part", 7, "no YAML"),
        (r"name: python3", "name: julia", 6, "python3"),
    ],
)
def test_a_bad_header_names_line_and_field(
    pattern: str, replacement: str, line: int, words: str
) -> None:
    bad, changed = re.subn(pattern, replacement, GOOD, count=1)
    assert changed
    with pytest.raises(SourceError) as caught:
        read_front(bad, "course/notebooks/00_first.py")
    found = [f for f in caught.value.findings if words in f.sentence]
    assert [f.line for f in found] == [line]
    assert found[0].mend


def test_a_lab_says_how_long_its_exercises_take() -> None:
    with pytest.raises(SourceError, match="exercises"):
        read_front(GOOD, "course/labs/lab1_first.py", lab=True)

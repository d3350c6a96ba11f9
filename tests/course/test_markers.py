"""What students see: tables for every rule, and that no answer ever gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.course.markers import STUB, WRITE_HERE, MarkerError, split


def solution(*lines: str) -> list[str]:
    return ["### BEGIN SOLUTION", *lines, "### END SOLUTION"]


@pytest.mark.parametrize(
    ("lines", "student"),
    [
        (["x = 1"], ["x = 1"]),
        (solution("x = 1"), [STUB]),
        (["x = None", *solution("x = 1"), "x"], ["x = None", STUB, "x"]),
        (
            ["def f():", *("    " + line for line in solution("return 1"))],
            ["def f():", f"    {STUB}", "    ..."],
        ),
        (
            ["def f():", '    """Say."""', *("    " + line for line in solution("return 1"))],
            ["def f():", '    """Say."""', f"    {STUB}"],
        ),
        (
            ["### BEGIN HINT", "# Look.", "#   Twice.", "### END HINT", *solution("x = 1")],
            ["# Hint: Look.", "#       Twice.", STUB],
        ),
        (
            solution("### BEGIN HINT", "# Look.", "### END HINT", "x = 1"),
            [STUB, "# Hint: Look."],
        ),
        (
            ["for i in y:  ", "    # each", *("    " + line for line in solution("print(i)"))],
            ["for i in y:  ", "    # each", f"    {STUB}", "    ..."],
        ),
        ([*solution("a = 1"), "", *solution("b = 2")], [STUB, "", STUB]),
    ],
)
def test_a_student_sees(lines: list[str], student: list[str]) -> None:
    assert split("\n".join(lines), code=True).student == "\n".join(student)


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        (["### BEGIN SOLUTION", "x = 1"], 1, "never closed"),
        (["x = 1", "### END SOLUTION"], 2, "closes nothing"),
        (["### BEGIN SOLUTION", "### END SOLUTION"], 1, "empty"),
        (["### BEGIN HINT", "", "### END HINT"], 1, "empty"),
        (["### BEGIN HINT", "x = 1", "### END HINT"], 2, "holds code"),
        (["### BEGIN SOLUTION", "x", "### BEGIN SOLUTION"], 3, "stands inside"),
        (["### BEGIN HINT", "# a", "### BEGIN SOLUTION"], 3, "stands inside"),
        (["### BEGIN SOLUTION", "x", "### END HINT"], 3, "closes nothing"),
        (["# BEGIN SOLUTION", "x", "# END SOLUTION"], 1, "no marker"),
        (["### begin solution", "x", "### end solution"], 1, "no marker"),
        (["###  BEGIN SOLUTION", "x"], 1, "no marker"),
        (["x = 1  ### BEGIN SOLUTION"], 1, "no marker"),
        (["### BEGIN SOLUTION 2", "x"], 1, "no marker"),
        (["if x:", "    ### BEGIN SOLUTION", "    y", "### END SOLUTION"], 4, "indented"),
    ],
)
def test_a_marker_error_names_its_line(lines: list[str], line: int, words: str) -> None:
    with pytest.raises(MarkerError, match=words) as caught:
        split("\n".join(lines), code=True)
    assert caught.value.line == line
    assert caught.value.mend


def test_an_answer_in_words_is_cut_as_a_whole() -> None:
    cut = split("Because it is open.\n\nAnd free.", code=False, tags=("solution",))
    assert cut.student == WRITE_HERE
    assert cut.hidden == ["Because it is open.", "And free."]
    with pytest.raises(MarkerError, match="text cell"):
        split("### BEGIN SOLUTION\nx\n### END SOLUTION", code=False)


visible = st.from_regex(r"v[a-z]{3,8} = [0-9]{1,4}", fullmatch=True)
hidden = st.from_regex(r"h[a-z]{3,8} = [0-9]{1,4}", fullmatch=True)
block = st.one_of(
    st.lists(visible, min_size=1, max_size=4).map(lambda lines: ("shown", lines)),
    st.lists(hidden, min_size=1, max_size=4).map(lambda lines: ("answer", lines)),
)


@given(st.lists(block, min_size=1, max_size=6))
def test_no_answer_gets_through_and_nothing_else_is_lost(
    blocks: list[tuple[str, list[str]]],
) -> None:
    lines: list[str] = []
    for kind, content in blocks:
        lines += content if kind == "shown" else solution(*content)
    cut = split("\n".join(lines), code=True)
    seen = cut.student.splitlines()
    assert [line for line in seen if line != STUB] == [
        line for kind, content in blocks if kind == "shown" for line in content
    ]
    assert cut.hidden == [line for kind, content in blocks if kind == "answer" for line in content]
    assert seen.count(STUB) == sum(kind == "answer" for kind, _ in blocks)
    assert split(cut.student, code=True).student == cut.student

"""The self-checks: hints for wrong and unfinished answers, never a stack trace."""

from __future__ import annotations

import pytest

from selfhost import KitError
from selfhost.checks import Checks, Hint, close, expect, explain, filled, mentions, one_of, written


def quiet() -> tuple[Checks, list[str]]:
    said: list[str] = []
    return Checks("Lab", show=said.append), said


def test_a_right_answer_passes_and_is_counted() -> None:
    check, said = quiet()
    assert check.run("1a", "sum", lambda x: "indeed" if x == 2 else None, 2)
    assert said == ["✔ 1a sum: indeed"]
    assert check.summary() == "Lab: 1 of 1 checks passed. Well done."


def test_a_wrong_answer_gets_its_hint() -> None:
    check, said = quiet()

    def test(value: int) -> None:
        expect(value == 2, "count again")

    assert not check.run("1a", "sum", test, 3)
    assert said == ["✘ 1a sum: count again"]
    assert check.open == ["1a"] and check.passed == 0 and not check.done("1a")
    assert "open: 1a" in check.summary()
    assert check.run("1a", "sum", test, 2), "a second try replaces the first"
    assert check.open == []
    assert check.done("1a") and not check.done("1a", "2"), "what never ran is not done"


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (NameError("x"), "run the cells above"),
        (KeyError("x"), "spelling"),
        (TypeError("x"), "another type"),
        (RuntimeError("two\nlines"), "could not be checked"),
        (KitError("The file is gone.", "fetch it"), "Try: fetch it"),
    ],
)
def test_no_error_becomes_a_trace(error: Exception, meaning: str) -> None:
    check, said = quiet()

    def test() -> None:
        raise error

    assert not check.run("1", "x", test)
    assert meaning in said[0]
    assert "Traceback" not in said[0] and "\n" not in said[0]


def test_the_line_of_the_readers_cell_is_named() -> None:
    code = compile("a = 1\nb = missing\n", "<ipython-input-3>", "exec")
    try:
        exec(code, {})
    except NameError as error:
        assert "line 2 of your cell" in explain(error)


@pytest.mark.parametrize("empty", [None, ..., "", "...", [], {}])
def test_unfilled_answers(empty: object) -> None:
    with pytest.raises(Hint, match="still empty"):
        filled(empty, "answer")


def test_only_names_are_shown_as_code() -> None:
    for name, shown in (
        ("room_mb", "`room_mb` is"),
        ("what say() returns", "what say() returns is"),
    ):
        with pytest.raises(Hint) as caught:
            filled(None, name)
        assert str(caught.value).startswith(shown)


def test_false_and_zero_are_answers() -> None:
    assert filled(False, "x") is False
    assert filled(0, "x") == 0


def test_tools_accept_and_refuse() -> None:
    assert one_of("a", ["a", "b"], "x") == "a"
    with pytest.raises(Hint, match="one of: a, b"):
        one_of("c", ["a", "b"], "x")
    with pytest.raises(Hint, match="text in quotes"):
        one_of(3, ["a"], "x")
    assert written("one two three", "x", 3) == "one two three"
    with pytest.raises(Hint, match="has 1 words"):
        written("one", "x", 2)
    mentions("The LICENSE file", ["license"], "no")
    with pytest.raises(Hint, match="look"):
        mentions("nothing", ["license"], "look")
    assert close(3.1, 3, 0.2, "x", "no") == 3.1
    with pytest.raises(Hint, match="without quotes"):
        close("3", 3, 0.2, "x", "no")
    with pytest.raises(Hint, match="too far"):
        close(4, 3, 0.2, "x", "too far")


def test_a_cell_that_calls_it_shows_one_line_and_no_value() -> None:
    check, said = quiet()
    assert check("1", "x", lambda: None) is None  # type: ignore[func-returns-value]
    assert len(said) == 1


def test_nothing_run_yet() -> None:
    assert "no check has run" in Checks("Lab").summary()

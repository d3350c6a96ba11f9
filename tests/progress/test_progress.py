"""`selfhost progress`: what is noted, by whom, and that it stays here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from selfhost import progress
from selfhost.commands import progress as command
from tests.conftest import ROOT

LAB = """
from selfhost.checks import Checks, expect
check = Checks("Lab 1", show=lambda line: None)
check("1", "the licences", lambda value: expect(value == 2, "no"), {value})
"""


@pytest.fixture
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SELFHOST_RUN", str(tmp_path / "run"))
    yield tmp_path


def in_a_kernel(code: str, folder: Path) -> None:
    """Run code as a notebook would: in an IPython shell, in this folder."""
    folder.mkdir(exist_ok=True)
    program = "from IPython.core.interactiveshell import InteractiveShell as S; import sys; "
    program += "S.instance().run_cell(sys.argv[1]).raise_error()"
    subprocess.run([sys.executable, "-c", program, code], cwd=folder, check=True, timeout=120)


def test_a_check_in_a_notebook_is_noted(own_place: Path) -> None:
    in_a_kernel(LAB.format(value=1), own_place / "labs")
    assert progress.read()["Lab 1"]["1"] == {"passed": None, "tries": 1}
    in_a_kernel(LAB.format(value=2), own_place / "labs")
    first = progress.read()["Lab 1"]["1"]
    assert first["tries"] == 2 and first["passed"]
    in_a_kernel(LAB.format(value=1), own_place / "labs")
    again = progress.read()["Lab 1"]["1"]
    assert again["passed"] == first["passed"], "what has passed stays passed"


def test_solutions_and_scripts_do_not_count(own_place: Path) -> None:
    in_a_kernel(LAB.format(value=2), own_place / "solutions")
    exec(compile(LAB.format(value=2), "script", "exec"), {})
    assert progress.read() == {}
    assert not progress.place().exists()


def test_labs_of_this_checkout_and_their_checks(own_place: Path) -> None:
    found = {lab.lab: lab for lab in progress.labs(ROOT)}
    assert {"Lab 1", "Lab 5"} <= set(found)
    assert len(found["Lab 1"].checks) >= 5 and found["Lab 1"].passed == frozenset()
    assert found["Lab 1"].following == found["Lab 1"].checks[0]
    assert all(lab.checks for lab in found.values()), "a lab without a check"


def test_command_says_what_comes_next(own_place: Path) -> None:
    in_a_kernel(LAB.format(value=2), own_place / "labs")
    answer = subprocess.run(
        [sys.executable, "-m", "selfhost.cli", "progress", "--json"],
        capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    result = json.loads(answer.stdout)
    lab = next(each for each in result["labs"] if each["lab"] == "Lab 1")
    assert lab["passed"] == ["1"] and lab["next"].startswith("2")
    words = command.text(result)
    assert "●○" in words and f"1 of {lab['checks']}" in words and "not begun" in words
    assert "sent nowhere" in words


def test_forget(own_place: Path) -> None:
    in_a_kernel(LAB.format(value=2), own_place / "labs")
    assert progress.forget() and not progress.forget()
    assert progress.read() == {}


def test_a_broken_file_is_no_obstacle(own_place: Path) -> None:
    progress.place().parent.mkdir(parents=True)
    for text in ("", "{", "[1]", "null"):
        progress.place().write_text(text, encoding="utf-8")
        assert progress.read() == {}
    in_a_kernel(LAB.format(value=2), own_place / "labs")
    assert progress.read()["Lab 1"]["1"]["tries"] == 1


def test_two_labs_at_once_lose_nothing(own_place: Path) -> None:
    code = LAB.format(value=2).replace('"1", "the', 'KEY, "the')
    program = "from IPython.core.interactiveshell import InteractiveShell as S; import sys; "
    program += "S.instance().run_cell(sys.argv[1]).raise_error()"
    (own_place / "labs").mkdir()
    running = [
        subprocess.Popen([sys.executable, "-c", program, f"KEY = {str(n)!r}{code}"],
                         cwd=own_place / "labs")
        for n in range(4)
    ]  # fmt: skip
    assert [process.wait(120) for process in running] == [0] * 4
    assert set(progress.read()["Lab 1"]) == {"0", "1", "2", "3"}

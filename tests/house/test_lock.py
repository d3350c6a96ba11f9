"""The lock between processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from selfhost.errors import KitError
from tools.house.lock import held

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from tools.house.lock import held
with held(Path(sys.argv[1]), print, "testing"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    """A child that has the lock."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert child.stdout is not None and child.stdout.readline().strip() == "held"
    return child


def test_the_second_waits_says_so_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "set-up.lock"
    child = holder(path)
    said: list[str] = []

    def waiting(text: str) -> None:
        said.append(text)
        child.communicate("go on\n", timeout=30)

    with held(path, waiting, "setting up") as waited:
        assert waited
    assert said == [f"Another run (process {child.pid}) is setting up; waiting for it."]


def test_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    path = tmp_path / "set-up.lock"
    child = holder(path)
    child.kill()
    child.communicate(timeout=30)
    with held(path, pytest.fail, "setting up") as waited:
        assert not waited


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(KitError, match="cannot be written"),
        held(tmp_path / "file" / "set-up.lock", print, "setting up"),
    ):
        pass

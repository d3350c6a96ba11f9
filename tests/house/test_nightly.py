"""The nightly run says of every step what became of it, and fails when one failed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from selfhost.errors import KitError
from tools import nightly


@pytest.fixture(autouse=True)
def _own_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "BUILD", tmp_path)
    monkeypatch.setattr(nightly, "OUT", tmp_path / "nightly")


def good(place: Path) -> list[str]:
    """Leaves a file in its folder, which goes afterwards."""
    where = repr(str(place / "left"))
    return [sys.executable, "-c", f"open({where}, 'w').close(); print({where})"]


def bad(place: Path) -> list[str]:
    """Fails."""
    return [sys.executable, "-c", "import sys; print('the reason'); sys.exit(3)"]


def unprepared(place: Path) -> list[str]:
    """Would pass, but what it needs is not there."""
    nightly.prepare([sys.executable, "-c", "raise SystemExit(1)"], "ground")
    return [sys.executable, "-c", ""]


def elsewhere(place: Path) -> list[str]:
    """Cannot run here."""
    raise KitError("Only Linux can do this.", "a Linux machine")


def steps(monkeypatch: pytest.MonkeyPatch, **kind: object) -> None:
    monkeypatch.setattr(nightly, "STEPS", kind)


def test_each_step_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps(monkeypatch, good=good, bad=bad, unprepared=unprepared, elsewhere=elsewhere)
    assert nightly.main([]) == 1
    done = json.loads((tmp_path / "nightly.json").read_text(encoding="utf-8"))
    assert [each["status"] for each in done] == ["ok", "failed", "failed", "not run"]
    assert done[1]["why"] == "the reason"
    assert "nightly/ground.log" in done[2]["why"]
    assert done[3]["why"] == "Only Linux can do this."
    assert not Path(done[0]["why"]).exists()  # what the step left in its folder
    assert "elsewhere  not run" in capsys.readouterr().out


def test_passes_when_nothing_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    steps(monkeypatch, good=good, elsewhere=elsewhere)
    assert nightly.main(["--only", "good,elsewhere"]) == 0
    with pytest.raises(KitError, match="no step nothing"):
        nightly.main(["--only", "nothing"])


def test_settings_of_our_own_make_go_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEFLAGS", "ONLY=offline")
    show = "import os; print('ONLY' in os.environ.get('MAKEFLAGS', ''))"
    steps(monkeypatch, good=lambda place: [sys.executable, "-c", show])
    assert nightly.main([]) == 0
    assert (tmp_path / "nightly" / "good.log").read_text(encoding="utf-8").strip() == "False"

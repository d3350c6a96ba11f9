"""Whole or not at all: what an installation leaves behind when it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from selfhost import KitError, frontends
from selfhost.frontends import installation as installing
from selfhost.frontends import pips
from selfhost.frontends.places import OPEN_WEBUI, home


def mounted(folder: Path, size: str) -> None:
    """A file system of `size` at `folder`; skips where that is not allowed."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("a small file system needs root")
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        pytest.skip("a small file system cannot be mounted here")


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """12 MB for front ends: less than a bare environment with pip takes."""
    folder = tmp_path / "small"
    mounted(folder, "12m")
    monkeypatch.setenv("SELFHOST_FRONTENDS", str(folder))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def quiet(_line: str) -> None:
    """Progress that nobody reads."""


def test_a_disk_that_fills_up_leaves_nothing_half_installed(small_disk: Path) -> None:
    with pytest.raises(KitError, match="disk is full") as caught:
        frontends.install(OPEN_WEBUI, say=quiet, needed=0)
    assert "removed again" in str(caught.value) and "free some space" in str(caught.value)
    assert not home(OPEN_WEBUI).env.exists()
    assert frontends.installed(OPEN_WEBUI) is None
    used = sum(f.stat().st_size for f in small_disk.rglob("*") if f.is_file())
    assert used < 100_000  # a log of what happened


def test_too_small_a_disk_is_seen_before_anything_is_fetched(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pips, "run", lambda *_: pytest.fail("pip was started"))
    with pytest.raises(KitError, match="GB free, and open-webui needs"):
        frontends.install(OPEN_WEBUI, say=quiet, needed=10**18)
    assert not home(OPEN_WEBUI).env.exists()


def test_without_a_network_it_says_so_and_leaves_nothing(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip, really run, looks at an address where nobody answers."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    said: list[str] = []
    with pytest.raises(KitError, match="could not be fetched"):
        frontends.install(OPEN_WEBUI, say=said.append, needed=0)
    assert not home(OPEN_WEBUI).env.exists()
    assert any("torch" in line for line in said)


def test_what_a_power_cut_left_is_not_installed_and_goes_away(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = home(OPEN_WEBUI)
    at.python.parent.mkdir(parents=True)
    at.python.write_text("half", encoding="utf-8")
    assert frontends.installed(OPEN_WEBUI) is None

    def fails(*_: object) -> str:
        assert not at.python.exists()  # taken away before the new beginning
        raise KitError("stopped here")

    monkeypatch.setattr(pips, "run", fails)
    with pytest.raises(KitError, match="stopped here"):
        frontends.install(OPEN_WEBUI, say=quiet, needed=0)
    assert not at.env.exists()


def test_ctrl_c_leaves_nothing(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> str:
        home(OPEN_WEBUI).env.mkdir(parents=True)
        raise KeyboardInterrupt

    monkeypatch.setattr(pips, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        frontends.install(OPEN_WEBUI, say=quiet, needed=0)
    assert not home(OPEN_WEBUI).env.exists()


def test_two_at_once(places: Path) -> None:
    at = home(OPEN_WEBUI)
    at.root.mkdir(parents=True)
    with FileLock(at.root / "install.lock"), pytest.raises(KitError, match="just being installed"):
        frontends.install(OPEN_WEBUI, say=quiet)


def test_one_that_is_there_is_left_alone_and_can_be_removed(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = home(OPEN_WEBUI)
    at.python.parent.mkdir(parents=True)
    at.python.write_bytes(b"x" * 1000)
    stamp = {"name": OPEN_WEBUI, "version": installing.VERSION, "torch": "2", "python": "3.11",
             "bytes": 1, "seconds": 1.0, "date": "2026-11-21"}  # fmt: skip
    at.stamp.write_text(json.dumps(stamp), encoding="utf-8")
    monkeypatch.setattr(pips, "run", lambda *_: pytest.fail("pip was started"))
    assert frontends.install(OPEN_WEBUI, say=quiet).version == installing.VERSION
    at.data.mkdir()
    (at.data / "webui.db").write_bytes(b"chats")
    assert frontends.remove(OPEN_WEBUI) > 1000
    assert frontends.installed(OPEN_WEBUI) is None
    assert (at.data / "webui.db").exists()
    assert frontends.remove(OPEN_WEBUI, data=True) == 5
    assert not at.data.exists()


def test_it_looks_for_a_python_that_open_webui_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert installing.find_python() == [sys.executable] or sys.version_info[:2] not in (
        installing.PYTHONS
    )
    monkeypatch.setattr(installing, "PYTHONS", ((9, 9),))
    with pytest.raises(KitError, match=r"needs Python 3\.11 or 3\.12"):
        installing.find_python()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  Downloading torch-2.13.0-cp311.whl (190.2 MB)", "  downloading torch (190.2 MB)"),
        ("Downloading https://x/y/six-1.0.whl (11 kB)", None),
        ("Installing collected packages: a, b, c", "  installing 3 packages"),
        ("WARNING: Location 'x' is ignored", None),
    ],
)
def test_what_of_pip_is_shown(line: str, shown: str | None) -> None:
    assert pips.telling(line) == shown


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("The virtual environment was not created: ensurepip is not", "venv module is a package"),
        ("ERROR: No matching distribution (from versions: none)", "could not be fetched"),
        ("PermissionError: [Errno 13] Permission denied", "may not be installed there"),
        ("ERROR: Something else at https://x.example/simple", "Something else at (address)"),
        ("", "no reason given"),
    ],
)
def test_every_failure_is_one_sentence_with_its_mend(
    printed: str, sentence: str, tmp_path: Path
) -> None:
    error = pips.explain("open-webui", printed, tmp_path / "install.log")
    assert sentence in error.message and error.mend and "\n" not in str(error)

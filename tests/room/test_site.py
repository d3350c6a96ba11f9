"""The course's website in the room: read on a telephone, with nothing installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from selfhost.room.manifest import Room, load, save
from tests.room.conftest import add, serving
from tools.bundle import pages


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small site as `make site` leaves it."""
    place = tmp_path / "build" / "site"
    (place / "notebooks").mkdir(parents=True)
    link = '<a href="notebooks/01.html">one</a>'
    (place / "index.html").write_text(f"<!doctype html><title>x</title>{link}", encoding="utf-8")
    (place / "notebooks" / "01.html").write_text("<!doctype html><h1>One</h1>", encoding="utf-8")
    (place / ".buildinfo").write_text("not for the room", encoding="utf-8")
    return place


def test_the_site_is_copied_whole_and_an_older_one_goes(built: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    (bundle / "site").mkdir(parents=True)
    (bundle / "site" / "old.html").write_text("old", encoding="utf-8")
    assert pages.copy(built, bundle) == ["site/index.html", "site/notebooks/01.html"]
    assert not (bundle / "site" / "old.html").exists()
    assert pages.copy(tmp_path / "nowhere", bundle) == []
    assert not (bundle / "site").exists()  # rather none than one of another day


def test_a_full_disk_leaves_no_half_site(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()

    def full(source: Path, target: Path, **_: Any) -> None:
        target.mkdir()
        (target / "index.html").write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pages.shutil, "copytree", full)
    with pytest.raises(OSError, match="No space left"):
        pages.copy(built, bundle)
    assert list(bundle.iterdir()) == []


def test_pages_are_shown_and_files_are_kept(folder: Path) -> None:
    room = load(folder)
    page = add(folder, "site/index.html", b"<!doctype html><h1>Course</h1>", "page")
    save(Room(room.targets, (*room.files, page)), folder)
    with serving(folder) as url:
        assert 'href="/site/"' in httpx.get(url).text
        answer = httpx.get(f"{url}/site", follow_redirects=True)
        assert answer.headers["content-type"].startswith("text/html")
        assert "content-disposition" not in answer.headers and "Course" in answer.text
        kept = httpx.get(f"{url}/kit/workshop.zip")
        assert kept.headers["content-disposition"].startswith("attachment")


def test_a_room_without_a_site_does_not_offer_one(room: str) -> None:
    assert "/site/" not in httpx.get(room).text
    assert httpx.get(f"{room}/site", follow_redirects=True).status_code == 404

"""A laptop fetches its packages: cuts, flipped bytes, a full house, the wrong address."""

from __future__ import annotations

import hashlib
import random
import shutil
import threading
from pathlib import Path

import pytest

from selfhost.errors import KitError
from tests.room.conftest import add, bad_wifi, serving
from tools.house import places
from tools.house import room as client

CONTENT = random.Random(3).randbytes(1_000_000)
ABOUT = {"bytes": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setattr(client.time, "sleep", lambda seconds: None)


def test_a_download_cut_at_60_percent_goes_on_there(tmp_path: Path) -> None:
    def cut(number: int, start: int, data: bytes) -> bytes:
        return data[:600_000] if number == 1 else data

    with bad_wifi(CONTENT, cut) as wifi:
        client.download(wifi.url, tmp_path / "x.whl", ABOUT)
        assert wifi.asked == [0, 600_000]
    assert (tmp_path / "x.whl").read_bytes() == CONTENT
    assert not list(tmp_path.glob("*.part"))


def test_an_interrupted_set_up_goes_on_with_the_next(tmp_path: Path) -> None:
    (tmp_path / "x.whl.part").write_bytes(CONTENT[:123_456])
    with bad_wifi(CONTENT, lambda number, start, data: data) as wifi:
        client.download(wifi.url, tmp_path / "x.whl", ABOUT)
        assert wifi.asked == [123_456]
    assert (tmp_path / "x.whl").read_bytes() == CONTENT


def test_a_flipped_byte_is_found_and_fetched_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def flip(number: int, start: int, data: bytes) -> bytes:
        return data[:500] + bytes([data[500] ^ 1]) + data[501:] if number == 1 else data

    with bad_wifi(CONTENT, flip) as wifi:
        client.download(wifi.url, tmp_path / "x.whl", ABOUT)
        assert wifi.asked == [0, 0]
    assert (tmp_path / "x.whl").read_bytes() == CONTENT
    assert "arrived damaged" in capsys.readouterr().out


def test_a_file_that_is_damaged_in_the_room_is_told(tmp_path: Path) -> None:
    with bad_wifi(b"\0" * len(CONTENT), lambda number, start, data: data) as wifi:
        with pytest.raises(KitError, match="damaged in the room itself") as caught:
            client.download(wifi.url, tmp_path / "x.whl", ABOUT)
        assert len(wifi.asked) == 3
    assert "room verify" in caught.value.mend
    assert not (tmp_path / "x.whl").exists()


def test_a_room_that_falls_silent_is_a_sentence_and_keeps_what_came(tmp_path: Path) -> None:
    def silence(number: int, start: int, data: bytes) -> bytes | None:
        return data[:300_000] if number == 1 else None

    with bad_wifi(CONTENT, silence) as wifi, pytest.raises(KitError, match="no longer answers"):
        client.download(wifi.url, tmp_path / "x.whl", ABOUT)
    assert (tmp_path / "x.whl.part").read_bytes() == CONTENT[:300_000]


def test_fetches_once_and_puts_last_terms_packages_away(
    room: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SELFHOST_ROOM", room + "/")
    wheels = places.room_wheels()
    assert wheels is not None
    wheels.mkdir(parents=True)
    (wheels / "old-0.9-py3-none-any.whl").write_bytes(b"old")
    client.prepare()
    for path in (folder / "wheels").iterdir():
        assert (wheels / path.name).read_bytes() == path.read_bytes()
    assert sorted(p.name for p in wheels.iterdir()) == sorted(
        p.name for p in (folder / "wheels").iterdir()
    )
    said = capsys.readouterr().out
    assert "fetching 2 packages" in said and "the room has no thing==1: compiled there" in said
    client.prepare()
    assert "fetching" not in capsys.readouterr().out


def test_thirty_laptops_at_once_get_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    large = folder / "wheels" / "large-1.0-py3-none-any.whl"
    about = {
        "bytes": large.stat().st_size,
        "sha256": hashlib.sha256(large.read_bytes()).hexdigest(),
    }
    failed: list[BaseException] = []

    def laptop(number: int, url: str) -> None:
        try:
            client.download(f"{url}/wheels/{large.name}", tmp_path / f"{number}.whl", about)
        except BaseException as error:
            failed.append(error)

    with serving(folder, places=3) as url:
        threads = [threading.Thread(target=laptop, args=(n, url)) for n in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert not failed
    assert {(tmp_path / f"{n}.whl").read_bytes() for n in range(30)} == {large.read_bytes()}


def test_a_stick_is_checked_and_used_in_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stick = tmp_path / "my stick"
    shutil.copytree(folder, stick)
    monkeypatch.setenv("SELFHOST_ROOM", str(stick))
    client.prepare()
    links = places.child_environment()["PIP_FIND_LINKS"]
    assert links == (stick / "wheels").as_uri() and " " not in links
    path = stick / "wheels" / "small-1.0-py3-none-any.whl"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(KitError, match="missing or damaged"):
        client.prepare()


def test_a_compiled_wheel_of_the_room_is_kept_for_this_laptop(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = add(folder, "wheels/llama_cpp_python-0.3.36-py3-none-any.whl", b"compiled")
    monkeypatch.setenv("SELFHOST_ROOM", str(folder))
    client._keep_built_wheels([{"path": about.path}])
    kept = places.wheel_cache() / "llama_cpp_python-0.3.36-py3-none-any.whl"
    assert kept.read_bytes() == b"compiled"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("http://127.0.0.1:9", "Nobody answers"),
        ("/no/such/folder", "no room.json"),
    ],
)
def test_a_wrong_room_is_a_sentence(
    where: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFHOST_ROOM", where)
    with pytest.raises(KitError, match=words):
        client.prepare()


def test_another_page_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    with bad_wifi(b"<html>sign in</html>", lambda number, start, data: data) as wifi:
        monkeypatch.setenv("SELFHOST_ROOM", wifi.url)
        with pytest.raises(KitError, match="no list of the kit's files"):
            client.prepare()


def test_a_laptop_of_another_kind_is_told_what_there_is(
    room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFHOST_ROOM", room)
    here = client.target()
    monkeypatch.setattr(client, "target", lambda: "windows-arm64-3.11")
    with pytest.raises(KitError, match=here) as caught:
        client.prepare()
    assert "TARGETS=windows-arm64-3.11" in caught.value.mend


def test_with_a_room_pip_sees_nothing_else(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):  # as they are in a check from a room
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "http://elsewhere.invalid")
    monkeypatch.setenv("SELFHOST_ROOM", room)
    env = places.child_environment()
    assert "PIP_EXTRA_INDEX_URL" not in env
    assert env["PIP_NO_INDEX"] == "1" and env["PIP_FIND_LINKS"].startswith("file://")
    monkeypatch.delenv("SELFHOST_ROOM")
    assert "PIP_NO_INDEX" not in places.child_environment()

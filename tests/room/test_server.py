"""The room's server: files, ranges, places, the hub's addresses, the page."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from selfhost import KitError, net, weights
from selfhost.room import app, load, verify
from selfhost.room.manifest import incomplete
from tests.room.conftest import serving, until


def test_ranges_and_tags(room: str, folder: Path) -> None:
    path = "wheels/large-1.0-py3-none-any.whl"
    content = (folder / path).read_bytes()
    part = httpx.get(f"{room}/{path}", headers={"Range": "bytes=2999990-"})
    assert part.status_code == 206 and part.content == content[2_999_990:]
    middle = httpx.get(f"{room}/{path}", headers={"Range": "bytes=10-19"})
    assert middle.content == content[10:20]
    head = httpx.head(f"{room}/{path}")
    assert int(head.headers["content-length"]) == len(content)
    digest = next(each.sha256 for each in load(folder).files if each.path == path)
    assert head.headers["etag"] == f'"{digest}"'
    assert httpx.get(f"{room}/{path}", headers={"Range": "bytes=9999999-"}).status_code == 416


@pytest.mark.parametrize(
    "path", ["../secret", "wheels/../../secret", "%2e%2e/secret", "wheels//small", "x", "wheels/"]
)
def test_nothing_but_the_list_is_given(room: str, folder: Path, path: str) -> None:
    (folder.parent / "secret").write_text("secret", encoding="utf-8")
    host, port = room.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(f"GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert b"secret\n" not in answer and not answer.endswith(b"secret")
    assert answer.startswith(b"HTTP/1.1 200" if path == "wheels/" else b"HTTP/1.1 404")


def test_pip_reads_the_folder_of_packages(room: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-index", "--no-deps", "--isolated"]
    command += ["--find-links", f"{room}/wheels/", "--dest", str(tmp_path), "small==1.0"]
    answer = subprocess.run(command, capture_output=True, text=True)
    # The bytes are noise and no wheel; what counts is that pip finds them and their sha256 fits.
    assert "Downloading" in answer.stdout and "small-1.0-py3-none-any.whl" in answer.stdout
    assert "is invalid" in answer.stderr and "HASHES" not in answer.stderr


def test_a_model_has_its_hubs_address(
    room: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "models"
    store.mkdir()
    model = next(each for each in load(folder).files if each.kind == "model")
    entry = {
        "name": "small", "repo": "owner/model", "file": "small.gguf", "licence": "MIT",
        "licence_url": "x", "architecture": "gemma3", "note": "n", "sha256": model.sha256,
    }  # fmt: skip
    (store / "known.json").write_text(json.dumps([entry]), encoding="utf-8")
    monkeypatch.setenv("SELFHOST_MODELS", str(store))
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.setenv("SELFHOST_ROOM", room)
    monkeypatch.setattr("selfhost.weights.download.check_gguf", lambda path: None)
    path = weights.fetch("small")
    assert path.read_bytes() == (folder / model.path).read_bytes()
    assert httpx.head(f"{room}/owner/other/resolve/main/small.gguf").status_code == 404


def test_so_many_downloads_at_once_and_no_more(folder: Path) -> None:
    path = folder / "wheels/large-1.0-py3-none-any.whl"
    path.write_bytes(path.read_bytes() * 8)  # more than the system buffers for a slow reader
    data = json.loads((folder / "room.json").read_text(encoding="utf-8"))
    for each in data["files"]:
        each["bytes"] = (folder / each["path"]).stat().st_size
    (folder / "room.json").write_text(json.dumps(data), encoding="utf-8")
    with serving(folder, places=2) as url:
        address = f"{url}/wheels/{path.name}"
        with httpx.stream("GET", address), httpx.stream("GET", address):
            until(lambda: "2 of 2" in httpx.get(f"{url}/room/status.json").json()["summary"])
            # Small things still come, and a third download waits for a place.
            assert httpx.get(f"{url}/wheels/small-1.0-py3-none-any.whl").status_code == 200
            third: list[int] = []
            waiting = threading.Thread(
                target=lambda: third.append(len(httpx.get(address, timeout=60).content))
            )
            waiting.start()
            waiting.join(0.3)
            assert not third
        waiting.join(30)
        assert third == [path.stat().st_size]
        until(lambda: "0 of 2" in httpx.get(f"{url}/room/status.json").json()["summary"])


def test_who_has_got_how_far(room: str) -> None:
    headers = {"X-Laptop": "ab12cd Ana"}
    path = "wheels/large-1.0-py3-none-any.whl"
    httpx.get(f"{room}/{path}", headers={**headers, "Range": "bytes=0-99"})
    (row,) = httpx.get(f"{room}/room/status.json").json()["laptops"]
    assert (row["laptop"], row["files"], row["bytes"]) == ("ab12cd Ana", 0, 100)
    httpx.get(f"{room}/{path}", headers={**headers, "Range": "bytes=100-"})
    said = {"stage": "set up", "target": "linux-x86_64-3.11"}
    assert httpx.post(f"{room}/room/report", json=said, headers=headers).status_code == 200
    state = httpx.get(f"{room}/room/status.json").json()
    (row,) = state["laptops"]
    assert (row["files"], row["bytes"], row["stage"]) == (1, 3_000_000, "set up")
    assert state["summary"].startswith("1 of 1 laptops")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"stage": "<script>"}', b"x" * 9000])
def test_odd_reports_are_refused(room: str, body: bytes) -> None:
    answer = httpx.post(f"{room}/room/report", content=body, headers={"X-Laptop": "a"})
    assert answer.status_code == 400
    assert httpx.get(f"{room}/room/status.json").json()["laptops"] == []


@pytest.mark.browser
def test_the_page_shows_it_live_and_as_text(room: str, page: Any) -> None:
    page.goto(room)
    assert f"SELFHOST_ROOM={room} make lab" in page.content()
    assert page.locator("b", has_text="MIT").count() == 0  # a licence of <b>MIT</b> is text
    httpx.post(
        f"{room}/room/report", json={"stage": "ready", "line": "<img src=x onerror=alert(1)>"},
        headers={"X-Laptop": "1a <script>alert(1)</script>"},
    )  # fmt: skip
    page.get_by_text("1 of 1 laptops are set up").wait_for(timeout=10_000)
    assert "<script>alert(1)</script>" in page.locator("#rows").inner_text()
    assert page.locator("#rows img, #rows script").count() == 0
    assert page.errors == []


def test_verify_finds_what_changed(folder: Path) -> None:
    assert verify(folder) == []
    path = folder / "wheels/small-1.0-py3-none-any.whl"
    data = path.read_bytes()
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    (folder / "models/small.gguf").unlink()
    assert verify(folder) == ["wheels/small-1.0-py3-none-any.whl", "models/small.gguf"]


@pytest.mark.parametrize(
    "text", ["", "{}", '{"format": 2}', '{"format": 1, "files": [{"path": "../x"}]}']
)
def test_a_broken_list_is_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "room.json").write_text(text, encoding="utf-8")
    with pytest.raises(KitError, match=r"not as the kit writes it"):
        load(tmp_path)
    with pytest.raises(KitError, match=r"holds no room\.json"):
        load(tmp_path / "elsewhere")


def test_a_busy_port_is_a_sentence(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "selfhost.cli", "room", "serve", str(folder)]
        answer = subprocess.run([*command, "--port", port], capture_output=True, text=True)
    assert answer.returncode == 1 and f"Port {port} is taken" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_browser_comes_again_by_itself(folder: Path) -> None:
    asks = {"accept": "text/html,*/*"}
    for headers, kind in ((asks, "text/html; charset=utf-8"), ({}, None)):
        scope = {"headers": [(k.encode(), v.encode()) for k, v in headers.items()]}
        answer = app._busy(scope)
        assert answer.status_code == 503 and answer.headers["retry-after"] == "2"
        assert answer.headers.get("content-type") == kind
        assert ("refresh" in answer.headers) == bool(kind)


def test_a_copy_that_was_cut_is_seen_without_reading_it(folder: Path) -> None:
    room = load(folder)
    assert incomplete(room, folder) == []
    path = folder / "models/small.gguf"
    path.write_bytes(path.read_bytes()[:-1])
    (folder / "kit/workshop.zip").unlink()
    assert incomplete(room, folder) == ["kit/workshop.zip", "models/small.gguf"]


def test_a_room_of_its_own_has_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a hotspot of the teacher's laptop nothing leads to the world."""
    import psutil

    up = SimpleNamespace(isup=True)

    def addresses() -> dict[str, list[Any]]:
        found = {"lo": "127.0.0.1", "wlan0": "10.42.0.1"}
        family = socket.AF_INET
        return {k: [SimpleNamespace(family=family, address=v)] for k, v in found.items()}

    def no_route(*_: Any) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(psutil, "net_if_stats", lambda: {"lo": up, "wlan0": up})
    monkeypatch.setattr(psutil, "net_if_addrs", addresses)
    monkeypatch.setattr(socket.socket, "connect", no_route)
    assert net.address_in_the_room() == "10.42.0.1"

"""The board as a process: uploads, refusals, limits, kill -9, and what the room sees of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from selfhost import KitError, classroom, stackcard
from selfhost.stackcard.card import MAX_BYTES, Hardware, Run

CODE = "ACD347"


def card(letter: str = "a", cpu: str = "unknown") -> stackcard.Card:
    return stackcard.Card(
        created=datetime(2026, 1, 1, tzinfo=UTC),
        hardware=Hardware(cpu=cpu),
        run=Run(experiment={}, outputs={"k/greedy/alone/0": letter * 64, "m/x/y/0": "f" * 64}),
    )


def body(laptop: str = "one", **changes: Any) -> dict[str, Any]:
    return {
        "code": CODE, "laptop": laptop, "nickname": "", "card": json.loads(card().to_json()),
        **changes,
    }  # fmt: skip


def start(file: Path) -> tuple[subprocess.Popen[str], str]:
    child = subprocess.Popen(
        [sys.executable, "-m", "selfhost", "board", "--port", "0", "--code", CODE,
         "--file", str(file)],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert child.stderr
    found = re.search(r"(http://127\.0\.0\.1:\d+)", child.stderr.readline())
    assert found
    for _ in range(200):
        try:
            httpx.get(found[1], timeout=5)
            break
        except httpx.TransportError:
            time.sleep(0.05)
    return child, found[1]


@pytest.fixture()
def board(tmp_path: Path) -> Iterator[str]:
    child, url = start(tmp_path / "board.sqlite")
    yield url
    child.terminate()
    child.wait(20)
    assert child.stderr
    child.stderr.close()


def test_a_result_appears_on_the_board(board: str, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("SELFHOST_RUN", str(tmp_path / "run"))
    number = classroom.submit(card(), board, CODE.lower(), "Ana")
    assert classroom.submit(card("b"), board, CODE, "Ana") == number  # sent again: replaced
    shown = httpx.get(board + "/api/board").json()
    assert [laptop["name"] for laptop in shown["laptops"]] == [f"{number} Ana"]
    assert shown["sentence"].startswith("One laptop has sent its result")
    again = httpx.get(board + "/api/board", params={"since": shown["version"]})
    assert again.status_code == 204 and not again.content


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"code": "WRONG1"}, 403, "join code is wrong"),
        ({"code": None}, 403, "join code is wrong"),
        ({"laptop": ""}, 400, "random id"),
        ({"laptop": "x" * 65}, 400, "at most 64"),
        ({"nickname": "x" * 25}, 400, "at most 24"),
        ({"nickname": ["x"]}, 400, "at most 24"),
        ({"card": None}, 400, "not a stack card"),
        ({"card": {"created": "2026-01-01T00:00:00Z"}}, 400, "holds no results"),
        ({"card": {"created": "2026-01-01T00:00:00Z", "hostname": "x"}}, 400, "hostname"),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence(
    board: str, changes: dict[str, Any], status: int, says: str
) -> None:
    answer = httpx.post(board + "/api/upload", json=body(**changes))
    assert answer.status_code == status and says in answer.json()["error"]
    assert httpx.get(board + "/api/board").json()["laptops"] == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b"x" * MAX_BYTES * 2]
)
def test_no_bytes_break_the_board(board: str, content: bytes) -> None:
    answer = httpx.post(board + "/api/upload", content=content)
    assert answer.status_code == 400 and answer.json()["error"]
    assert httpx.post(board + "/api/upload", json=body()).status_code == 201


def test_guessing_the_code_is_slowed_down(board: str) -> None:
    answers = [
        httpx.post(board + "/api/upload", json=body(code=f"X{n:05}")).status_code for n in range(40)
    ]
    assert answers[:30] == [403] * 30 and set(answers[30:]) == {429}


def test_two_hundred_uploads_at_once_lose_none(board: str) -> None:
    with ThreadPoolExecutor(32) as pool:
        numbers = list(
            pool.map(
                lambda n: httpx.post(
                    board + "/api/upload", json=body(f"laptop {n}"), timeout=60
                ).json()["number"],
                range(200),
            )
        )
    assert len(set(numbers)) == 200
    assert len(httpx.get(board + "/api/board", timeout=60).json()["laptops"]) == 200


def test_accepted_uploads_survive_kill_9(tmp_path: Path) -> None:
    file = tmp_path / "board.sqlite"
    child, url = start(file)
    for n in range(5):
        assert httpx.post(url + "/api/upload", json=body(f"laptop {n}")).status_code == 201
    child.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    child.wait(20)
    assert child.stderr
    child.stderr.close()
    child, url = start(file)
    try:
        assert len(httpx.get(url + "/api/board").json()["laptops"]) == 5
    finally:
        child.terminate()
        child.wait(20)
        assert child.stderr
        child.stderr.close()


def test_exports_hold_everything_and_no_formula(board: str) -> None:
    httpx.post(board + "/api/upload", json=body(nickname="=1+1"))
    text = httpx.get(board + "/export.csv").text
    assert text.count("\n") == 3 and "'=1+1" in text and ",=1+1" not in text
    data = httpx.get(board + "/export.json").json()
    assert stackcard.parse(json.dumps(data["cards"][0])).run is not None


def test_the_page_allows_nothing_from_elsewhere(board: str) -> None:
    answer = httpx.get(board + "/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", answer.text)


def test_a_board_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(KitError, match="cannot be reached"):
        classroom.submit(card(), "http://127.0.0.1:9", CODE)


def test_a_busy_port_and_a_strange_file_are_one_sentence(board: str, tmp_path: Path) -> None:
    port = board.rsplit(":", 1)[1]
    strange = tmp_path / "strange.sqlite"
    strange.write_bytes(b"this is no database, " * 100)
    for arguments in (["--port", port], ["--port", "0", "--file", str(strange)]):
        done = subprocess.run(
            [sys.executable, "-m", "selfhost", "board", *arguments],
            capture_output=True, text=True, encoding="utf-8", timeout=60,
        )  # fmt: skip
        assert done.returncode != 0 and "Traceback" not in done.stderr
        assert "selfhost board" in done.stderr


def test_cards_from_a_folder(tmp_path: Path) -> None:
    for name, letter in (("zoe", "a"), ("ana", "b")):
        stackcard.write(card(letter), tmp_path / f"{name}.json")
    results = classroom.from_folder(tmp_path)
    assert [(r.number, r.nickname) for r in results] == [(1, "ana"), (2, "zoe")]
    assert len(classroom.analyse(results).groups) == 2
    with pytest.raises(KitError, match="no card"):
        classroom.from_folder(tmp_path / "..")


def test_doctors_lines_are_shown_those_that_need_help_first(
    board: str, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setenv("SELFHOST_RUN", str(tmp_path / "run"))
    good = {"place": "row 1", "line": "row 1: ready", "ready": True, "model": "gemma3:1b"}
    classroom.send_doctor(board, CODE, {**good, "line": "old"}, laptop="a")
    classroom.send_doctor(board, CODE, good, laptop="a")  # again: replaced
    bad = {"place": "row 3", "line": "row 3: <b>not</b> ready", "ready": False, "model": "aprendiz"}
    classroom.send_doctor(board, CODE, bad, laptop="b")
    assert httpx.get(board + "/api/board").json()["doctors"] == [
        {name: each[name] for name in ("place", "line", "ready", "model")} for each in (bad, good)
    ]
    with pytest.raises(KitError, match="join code is wrong"):
        classroom.send_doctor(board, "WRONG1", good)
    for changes in ({"line": ""}, {"line": "x" * 201}, {"laptop": ""}, {"code": "ñandú"}):
        sent = {"code": CODE, "laptop": "c", **good, **changes}
        answer = httpx.post(board + "/api/doctor", json=sent)
        assert answer.status_code == (403 if "code" in changes else 400), answer.text


def test_the_doctor_sends_its_line(board: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "selfhost", "doctor", "--json", "--room", "row 2"]
    answer = subprocess.run(
        [*command, "--board", board, "--code", CODE], capture_output=True, text=True,
        env={**os.environ, "SELFHOST_RUN": str(tmp_path)}, encoding="utf-8",
    )  # fmt: skip
    told = json.loads(answer.stdout)["room"]
    assert told["line"].startswith("row 2, RAM ") and told["sent"] == board, answer.stderr
    (shown,) = httpx.get(board + "/api/board").json()["doctors"]
    assert shown["line"] == told["line"] and shown["ready"] == told["ready"]

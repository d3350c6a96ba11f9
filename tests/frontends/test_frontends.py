"""Front ends as the command sees them: catalogue, settings, ports, processes, the record."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
import yaml

from selfhost import KitError, cli, frontends
from selfhost.frontends import catalogue, lesson, openwebui, process, purpose, rows
from selfhost.frontends.places import LLAMA_CPP, OPEN_WEBUI, home
from selfhost.frontends.seen import picture, seen
from selfhost.frontends.sent import COLUMNS, brief, tool_names
from selfhost.openness.licences import terms

STAMP = {"name": OPEN_WEBUI, "version": "0", "torch": "0", "python": "3", "bytes": 1,
         "seconds": 1.0, "date": "2026-11-21"}  # fmt: skip
# A program that answers /health after a while, or not at all.
STAND_IN = """
import http.server, os, sys, time
words = sys.argv[1:]
if "die" in words:
    print("ModuleNotFoundError: No module named 'open_webui'"); sys.exit(3)
time.sleep(0.3)
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if "silent" not in words else 503); self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(words[0])), Health).serve_forever()
"""


@pytest.fixture
def stand_in(places: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Open WebUI "installed", with a small program in its place; the list is its last words."""
    at = home(OPEN_WEBUI)
    at.env.mkdir(parents=True)
    at.stamp.write_text(json.dumps(STAMP), encoding="utf-8")
    words: list[str] = []

    def command(_python: Path, port: int) -> list[str]:
        return [sys.executable, "-c", STAND_IN, str(port), *words]

    monkeypatch.setattr(openwebui, "command", command)
    # Other tests run beside this one: each has a usual port of its own.
    monkeypatch.setattr(process, "DEFAULT_PORT", process.free_port())
    yield words
    frontends.stop(OPEN_WEBUI)


def test_the_catalogue_is_whole_and_every_licence_is_known() -> None:
    known = catalogue()
    assert set(known) == {
        "open-webui", "llama.cpp", "jan", "lm-studio", "librechat", "text-generation-webui",
    }  # fmt: skip
    for entry in known.values():
        assert entry.recipe and entry.tried_how and entry.date >= "2026-05"
        assert all(s.url.startswith("https://") and len(s.date) in (7, 10) for s in entry.sources)
        assert "not on SPDX" not in terms(entry.licence).because
    opens = {name: terms(entry.licence).open for name, entry in known.items()}
    assert opens == {
        "open-webui": False, "llama.cpp": True, "jan": True, "lm-studio": False,
        "librechat": True, "text-generation-webui": True,
    }  # fmt: skip
    steps = "\n".join(frontends.recipe("jan", url="http://127.0.0.1:11434", model="aprendiz"))
    assert "http://127.0.0.1:11434/v1" in steps and "{" not in steps
    with pytest.raises(KitError):
        frontends.recipe("nonsense", url="", model="")
    first = frontends.recipe("librechat", url="http://127.0.0.1:11434", model="aprendiz")[0]
    custom = yaml.safe_load(first.partition("\n")[2])["endpoints"]["custom"][0]
    assert custom["baseURL"] == "http://127.0.0.1:11434/v1"
    assert custom["models"]["default"] == ["aprendiz"]


def test_settings_keep_it_offline_and_in_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "somebody's")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    lean = openwebui.settings("http://127.0.0.1:9", data=tmp_path)
    found = openwebui.environment(lean)
    assert found["OLLAMA_BASE_URL"] == "http://127.0.0.1:9"
    assert found["OFFLINE_MODE"] == "True" and "OPENAI_API_KEY" not in found
    assert found["DATABASE_URL"].startswith("sqlite:///")
    assert str(tmp_path.as_posix()) in found["DATABASE_URL"]
    again = openwebui.settings("http://127.0.0.1:9", data=tmp_path)
    assert lean == again  # the secret is kept
    if os.name != "nt":
        assert (tmp_path / "secret-key.txt").stat().st_mode & 0o077 == 0
    assert all(setting.why and setting.kind in openwebui.KINDS for setting in lean)
    names = {
        profile: {s.name for s in openwebui.settings("http://h", profile=profile, data=tmp_path)}
        for profile in openwebui.PROFILES
    }
    assert names["plain"] < names["without tools"] < names["lean"]
    other = openwebui.environment(
        openwebui.settings("http://h", api="openai", key="k", data=tmp_path)
    )
    assert other["OPENAI_API_BASE_URL"] == "http://h/v1" and other["OPENAI_API_KEY"] == "k"
    assert other["ENABLE_OLLAMA_API"] == "False"
    assert found["CORS_ALLOW_ORIGIN"] == "http://127.0.0.1:8080;http://localhost:8080"


def test_started_found_again_and_stopped(stand_in: list[str]) -> None:
    at = frontends.start(OPEN_WEBUI, "127.0.0.1:1")
    assert at.endpoint == "http://127.0.0.1:1"
    assert httpx.get(f"{at.url}/health").status_code == 200
    assert at.url == f"http://127.0.0.1:{at.port}"
    assert frontends.running(OPEN_WEBUI) == at
    with pytest.raises(KitError, match="runs already"):
        frontends.start(OPEN_WEBUI, "127.0.0.1:1")
    with pytest.raises(KitError, match="runs"):
        frontends.remove(OPEN_WEBUI)
    assert frontends.stop(OPEN_WEBUI) == at.pid
    assert not psutil.pid_exists(at.pid)
    assert frontends.running(OPEN_WEBUI) is None and frontends.stop(OPEN_WEBUI) is None
    assert home(OPEN_WEBUI).data.is_dir()  # its state stays


def test_the_kits_endpoint_stays_as_long_as_the_front_end(
    stand_in: list[str], recorder: frontends.Recorder
) -> None:
    at = frontends.start(OPEN_WEBUI, recorder.url)
    assert at.pid in httpx.get(f"{recorder.url}/selfhost/info").json()["leases"]


def test_a_notebooks_front_end_ends_with_the_notebook_even_if_that_is_killed(
    stand_in: list[str],
) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as notebook:
        at = frontends.start(OPEN_WEBUI, "127.0.0.1:1", lease=notebook.pid)
        family = [psutil.Process(at.pid), *psutil.Process(at.pid).children(recursive=True)]
        assert len(family) >= 2  # the keeper, and what it keeps
        assert httpx.get(f"{at.url}/health").status_code == 200
        notebook.kill()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    assert frontends.running(OPEN_WEBUI) is None


def test_one_with_a_keeper_is_stopped_as_a_whole(stand_in: list[str]) -> None:
    at = frontends.start(OPEN_WEBUI, "127.0.0.1:1", lease=os.getpid())
    family = [psutil.Process(at.pid), *psutil.Process(at.pid).children(recursive=True)]
    assert frontends.stop(OPEN_WEBUI) == at.pid
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []


def test_two_folders_two_front_ends(stand_in: list[str], tmp_path: Path) -> None:
    one = frontends.start(OPEN_WEBUI, "127.0.0.1:1")
    two = frontends.start(OPEN_WEBUI, "127.0.0.1:1", data=tmp_path / "other")
    assert one.url != two.url
    assert frontends.stop(OPEN_WEBUI, tmp_path / "other") == two.pid
    assert frontends.running(OPEN_WEBUI) == one


def test_a_taken_port(stand_in: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(KitError, match=f"Port {port} is taken"):
            frontends.start(OPEN_WEBUI, "127.0.0.1:1", port=port)
        assert process.choose_port(None) != port
    assert frontends.start(OPEN_WEBUI, "127.0.0.1:1", port=port).port == port
    with pytest.raises(KitError, match="no port number"):
        process.choose_port(70_000)


def test_a_port_that_is_taken_in_the_last_moment(
    stand_in: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looked free, and the program could not have it: another one is tried."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(process, "choose_port", lambda _asked: port)
        at = frontends.start(OPEN_WEBUI, "127.0.0.1:1")
        assert at.port != port
        assert httpx.get(f"{at.url}/health").status_code == 200


def test_another_program_that_answers_on_its_port_is_not_taken_for_it(
    stand_in: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open WebUI takes its port a minute after its start: time enough for another one."""
    port = process.free_port()
    with subprocess.Popen([sys.executable, "-c", STAND_IN, str(port)]) as other:
        try:
            end = time.monotonic() + 30
            while process.is_free(port) and time.monotonic() < end:
                time.sleep(0.05)
            assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
            monkeypatch.setattr(process, "choose_port", lambda _asked: port)
            at = frontends.start(OPEN_WEBUI, "127.0.0.1:1")
            assert at.port != port and psutil.pid_exists(at.pid)
            assert httpx.get(f"{at.url}/health").status_code == 200
        finally:
            other.kill()


@pytest.mark.parametrize("word", ["die", "silent"])
def test_one_that_does_not_come_up_leaves_nothing(stand_in: list[str], word: str) -> None:
    stand_in.append(word)
    before = {child.pid for child in psutil.Process().children()}
    with pytest.raises(KitError, match="did not") as caught:
        frontends.start(OPEN_WEBUI, "127.0.0.1:1", patience=3)
    if word == "die":
        assert "No module named 'open_webui'" in str(caught.value)
    assert frontends.running(OPEN_WEBUI) is None
    assert not home(OPEN_WEBUI).state.exists()
    assert {child.pid for child in psutil.Process().children()} <= before


def test_a_state_file_of_a_dead_process_is_no_front_end(stand_in: list[str]) -> None:
    at = frontends.start(OPEN_WEBUI, "127.0.0.1:1")
    psutil.Process(at.pid).kill()
    end = time.monotonic() + 10
    while frontends.running(OPEN_WEBUI) and time.monotonic() < end:
        time.sleep(0.05)
    assert frontends.running(OPEN_WEBUI) is None
    home(OPEN_WEBUI).state.write_text("{half", encoding="utf-8")
    assert frontends.running(OPEN_WEBUI) is None
    assert frontends.start(OPEN_WEBUI, "127.0.0.1:1").pid != at.pid


def test_not_installed_and_unknown_are_one_sentence(
    places: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["frontends", "start", "open-webui", "--endpoint", "127.0.0.1:1"]) == 1
    said = capsys.readouterr().err
    assert "selfhost frontends install open-webui" in said and "Traceback" not in said
    assert cli.main(["frontends", "list", "nonsense"]) == 1
    with pytest.raises(KitError, match="does not run"):
        home("jan")


def test_list_and_status_as_json(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["frontends", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["frontends"]
    assert {row["id"] for row in listed if row["managed"]} == {OPEN_WEBUI, LLAMA_CPP}
    assert cli.main(["frontends", "status", "--json"]) == 3
    assert json.loads(capsys.readouterr().out) == {"action": "status", "running": []}
    assert cli.main(["frontends", "list", "jan"]) == 0
    assert "http://127.0.0.1:11434/v1" in capsys.readouterr().out


def test_llama_cpps_own_page_answers(places: Path) -> None:
    """It comes with the engine: nothing is installed, and a real model answers."""
    at = frontends.start(LLAMA_CPP, model="aprendiz", port=process.free_port())
    try:
        page = httpx.get(at.url)
        assert page.status_code == 200 and "<html" in page.text.lower()
        body = {"messages": [{"role": "user", "content": "What is the capital of France?"}],
                "temperature": 0}  # fmt: skip
        said = httpx.post(f"{at.url}/v1/chat/completions", json=body, timeout=60).json()
        assert "Paris" in said["choices"][0]["message"]["content"]
    finally:
        assert frontends.stop(LLAMA_CPP) == at.pid
    with pytest.raises(KitError, match="not on this computer"):
        frontends.start(LLAMA_CPP, model="gemma3:1b-nowhere")


def test_the_record_as_a_table() -> None:
    title = {"messages": [{"role": "user", "content": "### Task:\nGenerate a concise title"}],
             "stream": False, "options": {"num_predict": 1000}}  # fmt: skip
    chat = {"messages": [{"role": "user", "content": "Hi"}], "tools": [{}] * 36, "stream": True,
            "temperature": None, "min_p": 0.1}  # fmt: skip
    told = [
        {"method": "GET", "path": "/api/tags", "body": None, "status": 200, "ended": "whole"},
        {"method": "POST", "path": "/api/chat", "body": title, "status": 200, "ended": "whole",
         "bytes": 1207},
        {"method": "POST", "path": "/api/chat", "body": chat, "status": 200, "ended": "cut"},
        {"method": "POST", "path": "/v1/chat/completions", "body": {}, "status": None,
         "ended": "running"},
    ]  # fmt: skip
    table = rows(told)
    assert all(len(row) == len(COLUMNS) for row in table)
    assert [row[1] for row in table] == [
        "which models are there?", "a title for the chat", "your question", "your question",
    ]  # fmt: skip
    assert table[1][2:7] == ("no", 1, 0, 1207, "num_predict 1000")
    assert table[2][3:] == (1, 36, "", "min_p 0.1", "200, cut off")
    assert table[3][-1] == "running"
    assert purpose({"method": "POST", "path": "/api/embed", "body": {}}) == "embedding"


def test_what_is_kept_of_a_request() -> None:
    tools = [{"type": "function", "function": {"name": "search", "description": "x" * 9999}}]
    body = {"messages": [{"role": "user", "content": "y" * 9999}], "tools": tools, "stream": True}
    request = {"method": "POST", "path": "/api/chat", "body": body, "bytes": 20_100, "status": 200,
               "ended": "whole", "seconds": 1.0}  # fmt: skip
    kept = brief(request)
    assert len(json.dumps(kept)) < 700
    assert tool_names(kept) == tool_names(request) == ["search"]
    assert rows([kept]) == rows([request])
    nothing = {"method": "GET", "path": "/api/tags", "body": None}
    assert brief(nothing)["body"] is None


def test_the_committed_record_shows_what_the_lesson_says() -> None:
    record = seen()
    assert record.date >= "2026-11" and set(record.requests) == set(openwebui.PROFILES)
    counts = {name: len(lesson.calls(asked)) for name, asked in record.requests.items()}
    assert (counts["without tools"], counts["lean"]) == (4, 1)
    plain = next(r for r in record.requests["plain"] if purpose(r) == "your question")
    assert len(tool_names(plain)) > 20 and plain["status"] == 400
    assert "does not support tools" in record.answers["plain"]
    assert picture().startswith(b"\x89PNG")


def test_the_lesson_without_open_webui(
    places: Path, recorder: frontends.Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    webui = lesson.WebUI(recorder)
    assert webui.at is None and webui.ask("Hello") is None
    webui.close()
    said = capsys.readouterr().out
    assert "not installed" in said and "selfhost frontends install open-webui" in said
    assert lesson.licence_text() is None
    shown = repr(lesson.settings_table(recorder, ["state", "door", "tools"]))
    assert recorder.url in shown and "builtin_tools" in shown and "(random)" in shown

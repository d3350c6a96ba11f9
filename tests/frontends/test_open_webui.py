"""Open WebUI itself before our endpoint, used in Chromium as a student does.

Minutes and gigabytes: only `python kit.py check-frontends` runs these.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from selfhost import KitError, frontends
from selfhost.frontends import Recorder, Running, lesson, purpose
from selfhost.frontends.drive import Chat, browser_here, page_of
from selfhost.frontends.places import OPEN_WEBUI
from selfhost.frontends.sent import brief
from selfhost.openness.licence_text import identify
from selfhost.openness.licences import terms
from tests.conftest import ROOT
from tests.frontends.test_install import mounted, quiet

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        os.environ.get("SELFHOST_FRONTENDS_CHECK") != "1",
        reason="python kit.py check-frontends runs it (Open WebUI: 2.4 GB, about 15 minutes)",
    ),
]
QUESTION = "Why is the sky blue?"
OUT = ROOT / "build" / "frontends"
# An answer that may not end before 1500 strings: long enough to be stopped.
ENDLESS = {"type": "array", "items": {"type": "string"}, "minItems": 1500}


@pytest.fixture(scope="module", autouse=True)
def whole() -> None:
    """Everything that these tests need is here."""
    if frontends.installed(OPEN_WEBUI) is None:
        pytest.skip("Open WebUI is not installed: selfhost frontends install open-webui")
    if browser_here() is None:
        pytest.skip("no Playwright with Chromium here (Debian: apt install chromium)")
    OUT.mkdir(parents=True, exist_ok=True)


@contextmanager
def started(folder: Path, url: str, **options: Any) -> Iterator[Running]:
    try:
        yield frontends.start(OPEN_WEBUI, url, data=folder, **options)
    finally:
        frontends.stop(OPEN_WEBUI, folder)


@pytest.fixture(scope="module")
def webui(recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """With the kit's own settings, for all tests that do not need others."""
    with started(tmp_path_factory.mktemp("webui"), recorder.url) as at:
        yield at


@pytest.fixture
def chat(webui: Running, recorder: Recorder) -> Iterator[Chat]:
    """A new chat; afterwards: did the page ask anybody else?"""
    recorder.clear()
    elsewhere: list[str] = []
    with page_of(webui.url) as page:
        own = (webui.url, webui.url.replace("http", "ws"), "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(own) else elsewhere.append(r.url))
        chat = Chat(page, webui.url)
        chat.open()
        parameters(chat, temperature=0)
        yield chat
    assert elsewhere == []


@pytest.fixture
def busy(recorder: Recorder) -> Iterator[None]:
    """Seven of the eight slots write something else, so that the eighth takes its time."""
    over = threading.Event()
    body = {
        "model": "aprendiz", "messages": [{"role": "user", "content": "Tell me a story."}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": ENDLESS}},
        "n": 7, "max_tokens": 1500, "stream": True,
    }  # fmt: skip

    def work() -> None:
        while not over.is_set():
            url = f"{recorder.v1}/chat/completions"
            with httpx.stream("POST", url, json=body, timeout=120) as answer:
                for _ in answer.iter_lines():
                    if over.is_set():
                        return

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: recorder.active() >= 7)
    yield
    over.set()
    thread.join()


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def chats(recorder: Recorder) -> list[dict[str, Any]]:
    return [
        each
        for each in recorder.requests()
        if each["path"] in ("/api/chat", "/v1/chat/completions")
    ]


def parameters(chat: Chat, **values: Any) -> None:
    """The next answers have these, as a person may set them among the chat's controls."""

    def add(route: Any) -> None:
        body = route.request.post_data_json
        body["params"] = {**body.get("params", {}), **values}
        route.continue_(post_data=json.dumps(body))

    chat.page.route("**/api/chat/completions", add)


def test_a_question_and_a_second_one(chat: Chat, recorder: Recorder) -> None:
    assert chat.model() == "aprendiz:latest"
    assert "aprendiz:latest" in chat.models()
    chat.ask(QUESTION)
    first = chat.answer()
    assert "blue" in first
    chat.ask("And at sunset?")
    assert "red" in chat.answer()  # of the sky: the question makes sense only after the first
    assert chat.page.locator(".chat-assistant").count() == 2
    one, two = chats(recorder)  # one call per question, and no tools
    assert (one["path"], one["body"]["stream"], one["body"].get("tools")) == (
        "/api/chat", True, None,
    )  # fmt: skip
    assert [m["role"] for m in two["body"]["messages"]] == ["user", "assistant", "user"]
    assert two["body"]["messages"][1]["content"].strip() == first
    chat.page.mouse.move(600, 540)  # over nothing
    chat.page.wait_for_timeout(800)
    chat.page.screenshot(path=str(OUT / "open-webui.png"))


def test_the_answer_streams_and_the_stop_button_stops_the_server(
    chat: Chat, recorder: Recorder, busy: None
) -> None:
    parameters(chat, format=json.dumps(ENDLESS))
    chat.ask("Tell me a story.")
    chat.stop_button.wait_for()
    seen: list[int] = []

    def grows() -> bool:
        length = len(chat.said())
        if length and length not in seen:
            seen.append(length)
        return len(seen) >= 3

    wait_until(grows)  # three different lengths while it is written: it streams
    assert chat.stop_button.is_visible()
    ours = [r for r in chats(recorder) if r["path"] == "/api/chat"]
    assert ours[-1]["ended"] == "running" and recorder.active() == 8
    chat.page.screenshot(path=str(OUT / "stop.png"))
    chat.stop_button.click()
    wait_until(
        lambda: (
            chats(recorder)[0]["ended"] == "cut"
            or any(r["path"] == "/api/chat" and r["ended"] == "cut" for r in chats(recorder))
        )
    )
    wait_until(lambda: recorder.active() <= 7)  # its slot is free again
    stopped = len(chat.said())
    chat.page.wait_for_timeout(1500)
    assert len(chat.said()) - stopped < 200  # nothing is written any more
    assert not chat.stop_button.is_visible()


def test_the_endpoint_goes_away_and_comes_back(chat: Chat, recorder: Recorder) -> None:
    chat.ask(QUESTION)
    assert "blue" in chat.answer()
    recorder.down()
    try:
        chat.ask("Are you there?")
        assert "Cannot connect" in chat.answer()
        chat.page.screenshot(path=str(OUT / "endpoint-down.png"))
    finally:
        recorder.up()
    # The same page, without loading it again: the next question is answered.
    chat.ask("What is the capital of France?")
    answer = chat.answer()
    assert answer and "Cannot connect" not in answer
    assert chats(recorder)[-1]["ended"] == "whole"


def test_the_page_while_the_endpoint_is_away_and_after(webui: Running, recorder: Recorder) -> None:
    recorder.down()
    try:
        with page_of(webui.url) as page:
            page.goto(webui.url)
            page.locator("#chat-input").wait_for(timeout=90_000)  # it loads all the same
    finally:
        recorder.up()
    with page_of(webui.url) as page:
        chat = Chat(page, webui.url)
        chat.open()
        assert chat.model() == "aprendiz:latest"
        chat.ask("What is the capital of Spain?")
        answer = chat.answer()
        assert answer and "Cannot connect" not in answer


def test_the_browser_is_offline_for_a_while(chat: Chat) -> None:
    chat.page.context.set_offline(True)
    chat.ask(QUESTION)
    chat.page.get_by_text("Failed to fetch").first.wait_for(timeout=60_000)
    chat.page.screenshot(path=str(OUT / "offline.png"))
    chat.page.context.set_offline(False)
    chat.open()
    chat.ask(QUESTION)
    assert chat.answer() not in ("", "Failed to fetch")


def test_pages_of_other_sites_may_not_use_it(webui: Running) -> None:
    def may(origin: str) -> str | None:
        answer = httpx.get(f"{webui.url}/api/config", headers={"Origin": origin})
        assert answer.status_code == 200
        return answer.headers.get("access-control-allow-origin")

    assert may(webui.url) == webui.url
    assert may("https://evil.example") is None and may("null") is None


def test_the_licence_in_the_package_is_the_one_of_the_catalogue() -> None:
    text = lesson.licence_text()
    assert text is not None and "fifty (50)" in text
    match = identify(text)
    assert match.licence == frontends.catalogue()["open-webui"].licence
    granted = terms(str(match.licence))
    assert granted.open is False  # and yet nothing is forbidden altogether: "almost"
    assert {granted.use, granted.modify, granted.share} == {"conditional"}


def test_a_second_one_on_the_same_folder_or_port_is_refused(webui: Running, tmp_path: Path) -> None:
    with pytest.raises(KitError, match="runs already"):
        frontends.start(OPEN_WEBUI, webui.endpoint, data=Path(webui.data))
    with pytest.raises(KitError, match=f"Port {webui.port} is taken"):
        frontends.start(OPEN_WEBUI, webui.endpoint, data=tmp_path, port=webui.port)


def test_a_wrong_key_and_the_right_one(tmp_path: Path) -> None:
    with Recorder(key="the-right-key") as locked:
        with started(tmp_path, locked.url, api="openai", key="a-wrong-key") as at:
            with page_of(at.url) as page:
                chat = Chat(page, at.url)
                chat.open()
                page.screenshot(path=str(OUT / "wrong-key.png"))
                assert chat.models() == []
            refused = [r for r in locked.requests() if r["path"] == "/v1/models"]
            assert refused and {r["status"] for r in refused} == {401}
        # The settings count at every start, so the right key mends it, on the same state.
        with started(tmp_path, locked.url, api="openai", key="the-right-key") as at:
            with page_of(at.url) as page:
                chat = Chat(page, at.url)
                chat.open()
                chat.ask(QUESTION)
                assert chat.answer()
            last = chats(locked)[-1]
            assert (last["path"], last["status"]) == ("/v1/chat/completions", 200)


def test_what_the_settings_change(recorder: Recorder, tmp_path: Path) -> None:
    """As it comes, without tools, and with the kit's settings: the requests of one question."""
    requests: dict[str, list[dict[str, Any]]] = {}
    answers, seconds = {}, {}
    for profile in ("plain", "without tools", "lean"):
        recorder.clear()
        with started(tmp_path / profile, recorder.url, profile=profile) as at:
            with page_of(at.url) as page:
                chat = Chat(page, at.url)
                chat.open()
                chat.ask(QUESTION)
                answers[profile] = chat.answer()
                quiet_for(recorder, 6)  # titles and the like come after the answer
            seconds[profile] = at.seconds
        requests[profile] = [brief(each) for each in recorder.requests()]
    kinds = {
        name: [purpose(r) for r in asked if "chat" in r["path"]] for name, asked in requests.items()
    }
    assert kinds["lean"] == ["your question"]
    assert sorted(kinds["without tools"]) == sorted([
        "a title for the chat", "your question", "questions to ask next", "topics of the chat",
    ])  # fmt: skip
    plain = next(r for r in requests["plain"] if purpose(r) == "your question")
    assert len(plain["body"]["tools"]) > 20 and plain["bytes"] > 15_000
    assert plain["status"] == 400 and "does not support tools" in answers["plain"]
    record = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "version": frontends.installed(OPEN_WEBUI).version,  # type: ignore[union-attr]
        "machine": f"{os.cpu_count()} cores, {sys.platform}",
        "question": QUESTION, "requests": requests, "answers": answers, "seconds": seconds,
    }  # fmt: skip
    (OUT / "open-webui.json").write_text(
        json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def quiet_for(recorder: Recorder, seconds: float) -> None:
    """Wait until nothing new was asked for so long."""
    count, since = -1, time.monotonic()
    while time.monotonic() - since < seconds:
        now = len(recorder.requests())
        if now != count or recorder.active():
            count, since = now, time.monotonic()
        time.sleep(0.2)


def test_a_disk_that_fills_up_while_packages_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 MB: the environment fits, torch does not."""
    folder = tmp_path / "small"
    mounted(folder, "300m")
    try:
        with monkeypatch.context() as patch:
            patch.setenv("SELFHOST_FRONTENDS", str(folder))
            with pytest.raises(KitError, match="disk is full"):
                frontends.install(OPEN_WEBUI, say=quiet, needed=0)
            assert frontends.installed(OPEN_WEBUI) is None
        left = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        assert left < 5_000_000  # the log
    finally:
        subprocess.run(["umount", str(folder)], check=True)

"""The board of the room in two browsers: it updates by itself, and shows text as text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.classroom.test_board import body, card, start

pytestmark = pytest.mark.browser
SCREENS = Path(__file__).resolve().parents[2] / "build" / "screens"


def test_two_screens_follow_the_room(browser: Any, tmp_path: Path) -> None:
    child, url = start(tmp_path / "board.sqlite")
    try:
        pages = [browser.new_context().new_page() for _ in range(2)]
        said: list[str] = []
        for page in pages:
            page.on("dialog", lambda dialog: said.append(dialog.message))
            page.on("console", lambda message: said.append(message.text))
            page.goto(url)
            page.get_by_text("Nobody has sent a result yet.").wait_for(timeout=20_000)
        evil = "<script>alert(1)"
        rows = [("one", "Ana", card("a", "CPU X")), ("two", evil, card("a", "CPU X")),
                ("three", "Olga", card("b", "CPU Y"))]  # fmt: skip
        for laptop, nickname, each in rows:
            sent = body(laptop, nickname=nickname, card=json.loads(each.to_json()))
            assert httpx.post(url + "/api/upload", json=sent).status_code == 201
        for page in pages:
            page.get_by_text("3 laptops form 2 groups").wait_for(timeout=20_000)
            assert page.locator("#matrix th").all_text_contents() == [
                "1 Ana", f"2 {evil}", "3 Olga",
            ]  # fmt: skip
            letters = page.locator("#matrix td.cell").all_text_contents()
            assert letters == ["a", "a", "a", "a", "b", "a"]
            assert "hardware.cpu" in page.locator("#telling").inner_text()
        SCREENS.mkdir(parents=True, exist_ok=True)
        pages[0].screenshot(path=SCREENS / "board.png", full_page=True)
        assert said == []  # no dialog, no error of the page's own policy
    finally:
        child.terminate()
        child.wait(20)
        assert child.stderr
        child.stderr.close()

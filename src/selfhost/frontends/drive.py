"""Use Open WebUI's page as a person does, in Chromium: ask, read, stop, look.

    with page_of(url) as page:
        chat = Chat(page, url)
        chat.open()
        chat.ask("Why is the sky blue?")
        print(chat.answer())

`python -m selfhost.frontends.drive URL --ask TEXT --picture FILE` does that in a process of its
own (Playwright cannot run inside a notebook's own loop) and prints JSON. Signs of the page were
read in 0.12.4.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from selfhost.errors import KitError

SECONDS = 90  # how long a page may take on a busy laptop
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def browser_here() -> str | None:
    """The Chromium to use, None without one (`SELFHOST_CHROMIUM` names another)."""
    if find_spec("playwright") is None:
        return None
    asked = os.environ.get("SELFHOST_CHROMIUM")
    return asked or next(filter(None, map(shutil.which, _BROWSERS)), None)


@contextmanager
def page_of(url: str, *, width: int = 1100, height: int = 720) -> Iterator[Any]:
    """A page of a headless Chromium. Raises `KitError` without Playwright or Chromium."""
    executable = browser_here()
    if executable is None:
        raise KitError(
            "There is no Playwright with a Chromium here.",
            f"open {url} in your own browser (Debian: apt install chromium)",
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # A container has no user namespaces for Chromium's sandbox; the page is our own.
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield browser.new_page(
                viewport={"width": width, "height": height}, locale="en-GB", device_scale_factor=1
            )
        finally:
            browser.close()


class Chat:
    """Open WebUI's chat in a page of Playwright."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url, self._before = page, url, 0

    def open(self) -> None:
        """A new chat; news of the release are put away."""
        self.page.goto(self.url)
        self.page.locator("#chat-input").wait_for(timeout=SECONDS * 1000)
        # The first visit is shown what is new in the release, some moments after the page.
        news = self.page.get_by_role("button", name="Okay, Let's Go!")
        with suppress(Exception):
            news.wait_for(timeout=3000)
            news.click()
            news.wait_for(state="detached", timeout=5000)

    def model(self) -> str:
        """The model that is chosen, as the page names it; empty when there is none."""
        button = self.page.locator("#model-selector-model-button")
        label = button.get_attribute("aria-label", timeout=SECONDS * 1000) or ""
        return str(label.partition(": ")[2])

    def models(self) -> list[str]:
        """The models that the page offers."""
        self.page.locator("#model-selector-model-button").click()
        self.page.wait_for_timeout(1500)  # an empty list says so in no fixed words
        found = [
            option.get_attribute("data-value") or option.inner_text().split("\n")[0].strip()
            for option in self.page.get_by_role("option").all()
        ]
        self.page.keyboard.press("Escape")
        return found

    def ask(self, text: str) -> None:
        """Type a question and send it."""
        self._before = self.page.locator(".chat-assistant").count()
        self.page.locator("#chat-input").click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        self.page.locator(".chat-user").filter(has_text=text).last.wait_for(timeout=SECONDS * 1000)

    @property
    def stop_button(self) -> Any:
        """There while an answer is written."""
        return self.page.get_by_role("button", name="Stop", exact=True)

    def said(self) -> str:
        """The answer to the last question as far as it has come."""
        answers = self.page.locator(".chat-assistant")
        return str(answers.last.inner_text()) if answers.count() > self._before else ""

    def answer(self) -> str:
        """Wait until the answer to the last question is whole."""
        self.page.wait_for_function(
            "before => { const all = [...document.querySelectorAll('.chat-assistant')];"
            " return all.length > before && all.at(-1).innerText.trim().length > 0 &&"
            " !document.querySelector('button[aria-label=Stop]'); }",
            arg=self._before,
            timeout=SECONDS * 1000,
        )
        return self.said().strip()

    def notice(self) -> str:
        """What the page says in its pop-up notices."""
        return " | ".join(self.page.locator("[data-sonner-toast]").all_inner_texts())


class LlamaChat:
    """llama.cpp's own page, with the same words as `Chat`."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url, self._before = page, url, 0

    def open(self) -> None:
        """The page, ready for a question."""
        self.page.goto(self.url)
        self.page.locator("textarea").first.wait_for(timeout=SECONDS * 1000)

    def model(self) -> str:
        """The name of the model, from the server that the page belongs to."""
        names = self.page.evaluate("() => fetch('/v1/models').then(r => r.json())")
        return str(names["data"][0]["id"])

    def ask(self, text: str) -> None:
        """Type a question and send it."""
        self._before = self._answers().count()
        box = self.page.locator("textarea").first
        box.fill(text)
        box.press("Enter")

    def _answers(self) -> Any:
        return self.page.locator("[aria-label='Assistant message with actions']")

    def answer(self) -> str:
        """Wait until the answer is whole."""
        last = self._answers().nth(self._before)
        last.get_by_role("button", name="Regenerate").wait_for(timeout=SECONDS * 1000)
        self.page.get_by_role("button", name="Stop generation").wait_for(
            state="detached", timeout=SECONDS * 1000
        )
        return str(last.inner_text()).split("\n")[0]


PAGES: dict[str, Any] = {"open-webui": Chat, "llama.cpp": LlamaChat}


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser("python -m selfhost.frontends.drive", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--page", choices=PAGES, default="open-webui")
    parser.add_argument("--ask", action="append", default=[], metavar="TEXT")
    parser.add_argument("--picture", type=Path, metavar="FILE")
    args = parser.parse_args(argv)
    answers = []
    try:
        with page_of(args.url) as page:
            chat = PAGES[args.page](page, args.url)
            chat.open()
            model = chat.model()
            for text in args.ask:
                chat.ask(text)
                answers.append(chat.answer())
            if args.picture:
                page.mouse.move(600, 540)  # over nothing
                page.wait_for_timeout(500)  # what fades in or out has done so
                page.screenshot(path=str(args.picture))
    except KitError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps({"model": model, "answers": answers}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

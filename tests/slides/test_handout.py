"""The decks on paper: every slide stands beside its own notes, and no sheet cuts one of them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from selfhost.errors import KitError
from tests.conftest import offline_page
from tools import handout, slides, teaching
from tools.decks import NOTE, decks

DECK = decks()[-1]
TALLEST = "[...document.querySelectorAll('article')].map(a => a.getBoundingClientRect().height)"


def test_what_to_do_stands_out_and_code_stays_code() -> None:
    note = '\nSay: run `a < b` now.\n\nThey answer: "no: never".\nA sentence: with a colon.'
    assert handout.paragraphs(note).split("</p>")[:-1] == [
        "<p><strong>Say:</strong> run <code>a &lt; b</code> now.",
        '<p><strong>They answer:</strong> "no: never".',
        "<p><strong>A sentence:</strong> with a colon.",
    ]
    assert "<strong>" not in handout.paragraphs("Wait (ten seconds: that is long).")


def test_a_page_of_another_deck_is_refused() -> None:
    with pytest.raises(KitError, match=r"its page 1\."):
        handout.sheet("<head></head><body><svg data-marpit-svg></svg></body>", DECK)


def test_a_lesson_without_spanish_edition_has_its_spanish_title() -> None:
    for lesson in teaching.lessons():
        assert slides.title(lesson, "es") != lesson.title, lesson.name
    given = yaml.safe_load((slides.SLIDES / "es" / "lessons.yaml").read_text("utf-8"))
    english = {lesson.name for lesson in teaching.lessons() if not lesson.es}
    assert set(given) == english, "a lesson that has a Spanish edition says its title itself"


@pytest.mark.browser
def test_slides_and_notes_are_printed(browser: Any, tmp_path: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip("no Node.js here, which makes the slides (Debian: apt install nodejs npm)")
    try:
        files = slides.build([DECK.name], out=tmp_path)
    except KitError as error:
        if "npm could not install" in str(error):
            pytest.skip(f"Marp CLI is not installed and cannot be fetched: {error}")
        raise
    paper = tmp_path / "notes" / f"{DECK.name}.pdf"
    assert paper in files and paper.read_bytes().startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) >= 2

    with offline_page(browser, 703, 1023) as page:  # A4 within its margins, at 96 dots per inch
        page.emulate_media(media="print")
        page.goto((tmp_path / "source" / "bare" / f"{DECK.name}.html").as_uri())
        heights = page.evaluate(TALLEST)
        assert len(heights) == len(DECK.slides) and 150 < min(heights) <= max(heights) < 1000
        shown = page.locator("article > div").all_inner_texts()
        for number, (slide, text) in enumerate(zip(DECK.slides, shown, strict=True), 1):
            note = NOTE.search(slide)
            assert note and text.startswith(f"{number} · {note[1]} min")
            assert note[2].replace("`", "").split()[-4:] == text.split()[-4:]

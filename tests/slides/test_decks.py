"""What must hold for the decks as text: heads, notes, minutes, pictures, sources, lessons."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from selfhost.errors import KitError
from tools import decks, slides, teaching

DECKS = {deck.name: deck for deck in decks.decks()}


def test_one_deck_for_every_part() -> None:
    assert [name[2:] for name in DECKS] == [
        "opening", "openness", "apis", "engines", "quantization", "media", "determinism", "closing",
    ]  # fmt: skip


SPANISH = {f"es/{deck.name}": deck for deck in decks.decks("es")}
BOTH = DECKS | SPANISH


@pytest.mark.parametrize("name", DECKS)
def test_spanish_slides_are_of_the_english_ones_of_today(name: str) -> None:
    english, spanish = DECKS[name], SPANISH[f"es/{name}"]
    assert spanish.language == "es" and spanish.head["lessons"] == english.head["lessons"]
    now = [decks.fingerprint(text) for text in english.slides]
    changed = [
        n for n, (one, other) in enumerate(zip(spanish.of, now, strict=True), 1) if one != other
    ]
    assert not changed, f"slides {changed}: compare, then python -m tools.slides --stamp"
    for number, (one, other) in enumerate(zip(english.slides, spanish.slides, strict=True), 1):
        assert slides.PICTURE.findall(one) == slides.PICTURE.findall(other), number
        assert english.minutes_of(number) == spanish.minutes_of(number), number
        assert re.findall(r"<!-- _class: .*?-->", one) == re.findall(r"<!-- _class: .*?-->", other)
        assert re.findall(r"{{.*?}}", one) == re.findall(r"{{.*?}}", other), number


@pytest.mark.parametrize("deck", BOTH.values(), ids=list(BOTH))
class TestDeck:
    def test_has_twelve_to_twenty_five_slides(self, deck: decks.Deck) -> None:
        assert 12 <= len(deck.slides) <= 25

    def test_every_slide_has_notes_that_begin_with_its_minutes(self, deck: decks.Deck) -> None:
        without = [text[:60] for text in deck.slides if len(decks.NOTE.findall(text)) != 1]
        assert without == []
        for text in deck.slides:
            minutes, words = decks.NOTE.findall(text)[0]
            assert 0 < float(minutes) <= 5 and len(words.split()) >= 8, words

    def test_notes_say_what_to_do(self, deck: decks.Deck) -> None:
        """What to say, to ask or to show; a title or a hand-over needs none of them."""
        does = re.compile(
            r"\b(Say|Ask|Do|Show|Vote|Walk|Di|Dilo|Pregunta|Haz|Enséñalo|Votad|votad)\b"
        )
        silent = [
            text[:60]
            for text in deck.slides
            if not re.search(r"_class: (title|hands)", text)
            and not does.search(decks.NOTE.findall(text)[0][1])
        ]
        assert silent == []

    def test_every_slide_has_one_heading(self, deck: decks.Deck) -> None:
        for text in deck.slides:
            bare = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
            assert len(re.findall(r"^##? ", bare, re.MULTILINE)) == 1, text[:80]

    def test_numbers_of_the_world_carry_a_date(self, deck: decks.Deck) -> None:
        """A slide that names a paper has the paper's month or number, in its source line."""
        for text in deck.slides:
            if "arXiv" in text:
                assert re.search(r"arXiv \d{4}\.\d{5}", text), text[:80]

    def test_hands_over_to_the_lessons_that_its_head_names(self, deck: decks.Deck) -> None:
        named = re.findall(r"hands_on\((.*?)\)", deck.path.read_text(encoding="utf-8"))
        used = [name for names in named for name in re.findall(r'"([^"]+)"', names)]
        assert used == deck.head["lessons"]
        known = {lesson.name for lesson in teaching.lessons()}
        assert set(used) <= known, f"no such lessons: {set(used) - known}"

    def test_text_is_put_in_everywhere(self, deck: decks.Deck) -> None:
        text = slides.written(deck, slides.alternatives(deck.language))
        assert "{{" not in text and "![](" not in text
        assert slides.event(deck.language)["teacher"] in text


def test_every_lesson_follows_some_deck() -> None:
    used = [name for deck in DECKS.values() for name in deck.head["lessons"]]
    assert sorted(used) == sorted(lesson.name for lesson in teaching.lessons())


def test_unknown_figure_is_refused() -> None:
    with pytest.raises(KitError, match="nobody draws"):
        slides.written(DECKS["2_openness"], {})


def test_figure_of_the_other_language_is_refused(tmp_path: Path) -> None:
    spanish = SPANISH["es/2_openness"]
    copy = tmp_path / "2_openness.md"
    text = spanish.path.read_text(encoding="utf-8")
    copy.write_text(text.replace("../figures/es/", "figures/"), encoding="utf-8")
    with pytest.raises(KitError, match="other language"):
        slides.written(dataclasses.replace(spanish, path=copy), slides.alternatives("es"))


def test_the_event_is_told_in_each_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "event.yaml").write_text(
        "place: Oslo\ndate: 21 November\nteacher: A & B\ncontact: a@b\n"
        "es:\n  date: 21 de noviembre\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(slides, "SLIDES", tmp_path)
    english, spanish = slides.event(), slides.event("es")
    assert english == {"place": "Oslo", "date": "21 November", "teacher": "A &amp; B",
                       "contact": "a@b"}  # fmt: skip
    assert spanish == english | {"date": "21 de noviembre"}
    (tmp_path / "event.yaml").write_text("place: Oslo\nes: {date: hoy}\n", encoding="utf-8")
    with pytest.raises(KitError, match="contact, date, teacher"):
        slides.event()

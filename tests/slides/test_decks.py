"""What must hold for the decks as text: heads, notes, minutes, figures, sources, lessons."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from selfhost.errors import KitError
from tools import decks, slides, teaching
from tools.figures import measure, style
from tools.figures.__main__ import draw, registry

ROOT = Path(__file__).resolve().parents[2]
DECKS = {deck.name: deck for deck in decks.decks()}
FIGURES = ROOT / "slides" / "figures"


def alts() -> dict[str, str]:
    return json.loads((FIGURES / "alt.json").read_text(encoding="utf-8"))


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
        text = slides.written(deck, alts())
        assert "{{" not in text and "![](" not in text
        assert slides.event()["teacher"] in text


def test_every_lesson_follows_some_deck() -> None:
    used = [name for deck in DECKS.values() for name in deck.head["lessons"]]
    assert sorted(used) == sorted(lesson.name for lesson in teaching.lessons())


def test_unknown_figure_is_refused() -> None:
    with pytest.raises(KitError, match="nobody draws"):
        slides.written(DECKS["2_openness"], {})


def test_every_figure_is_drawn_and_shown_and_has_words() -> None:
    shown = {
        name
        for deck in DECKS.values()
        for name in slides.PICTURE.findall(deck.path.read_text(encoding="utf-8"))
    }
    words = alts()
    assert shown == set(registry()) == set(words)
    assert {path.stem for path in FIGURES.glob("*.svg")} == shown
    assert [name for name, alt in words.items() if len(alt) < 40 or len(alt) > 2500] == []


def test_figures_follow_from_their_data(tmp_path: Path) -> None:
    """Drawn again, in a process of its own, the words are those that are committed."""
    command = "import sys; from pathlib import Path; from tools.figures.__main__ import draw; "
    command += "draw([], Path(sys.argv[1]))"
    subprocess.run(
        [sys.executable, "-c", command, str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    again = json.loads((tmp_path / "alt.json").read_text(encoding="utf-8"))
    assert again == alts(), "make figures, then commit slides/figures"


def test_measurements_are_of_the_weights_that_are_shipped() -> None:
    for path in sorted(measure.DATA.glob("*.json")):
        kept = json.loads(path.read_text(encoding="utf-8"))
        assert kept["weights"] == measure.measured(), f"{path.name}: make figures MEASURE=yes"


def test_figures_hold_no_address_and_no_text_as_font() -> None:
    for path in FIGURES.glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "<text" not in text, f"{path.name}: letters must be shapes"
        hosts = set(re.findall(r'href="(https?:[^"]+)"', text))
        assert hosts == set(), path.name


def test_a_font_file_comes_out_of_its_packing_whole() -> None:
    """Every table has the checksum that the font's own directory gives it."""
    for path in sorted(style.FONTS.glob("*.woff")):
        font = style.unpacked(path.read_bytes())
        for number in range(struct.unpack_from(">H", font, 4)[0]):
            tag, check, at, length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
            table = bytearray(font[at : at + length] + b"\0" * (-length % 4))
            if tag == b"head":
                table[8:12] = bytes(4)  # the whole file's checksum: not part of the table's
            words = struct.unpack(f">{len(table) // 4}I", table)
            assert sum(words) & 0xFFFFFFFF == check, (path.name, tag)
    with pytest.raises(ValueError, match=r"WOFF 1\.0"):
        style.unpacked(b"\0" * 60)


def test_figure_command_knows_its_names() -> None:
    with pytest.raises(KitError, match="no figure"):
        draw(["nothing"])

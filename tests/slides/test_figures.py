"""The figures of the slides: what the code draws today, with their words, in both languages."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from selfhost.errors import KitError
from tools import decks, slides
from tools.figures import __main__ as figures
from tools.figures import layout, measure, style, words

ROOT = Path(__file__).resolve().parents[2]
LETTER = re.compile(r"[^\W\d_]")


def folder(language: str) -> Path:
    return figures.OUT if language == "en" else figures.OUT / language


def drawn_words(path: Path) -> list[str]:
    """The texts in an SVG file: matplotlib writes each as a comment before its shapes."""
    return re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All figures in all languages, drawn anew in a process of its own."""
    out = tmp_path_factory.mktemp("figures")
    command = (
        "import sys; from pathlib import Path; from tools.figures.__main__ import draw, words\n"
        "for language in words.LANGUAGES: draw([], Path(sys.argv[1]), language)"
    )
    done = subprocess.run(
        [sys.executable, "-c", command, str(out)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return out


@pytest.mark.parametrize("language", words.LANGUAGES)
class TestEachLanguage:
    def test_every_figure_is_drawn_and_shown_and_has_words(self, language: str) -> None:
        shown = set()
        for deck in decks.decks(language):
            for match in slides.PICTURE.finditer(deck.path.read_text(encoding="utf-8")):
                shown.add(match[1])
                file = deck.path.parent / match[0].removeprefix("![](").removesuffix(")")
                assert file.resolve().parent == folder(language).resolve() and file.exists(), file
        told = slides.alternatives(language)
        assert shown == set(figures.registry()) == set(told)
        assert {path.stem for path in folder(language).glob("*.svg")} == shown
        assert [name for name, alt in told.items() if len(alt) < 40 or len(alt) > 2500] == []

    def test_figures_are_what_the_code_draws(self, language: str, again: Path) -> None:
        """Words, numbers and alternative texts; where each stands may differ by a pixel."""
        new = again if language == "en" else again / language
        told = json.loads((new / "alt.json").read_text(encoding="utf-8"))
        assert told == slides.alternatives(language), "make figures, then commit slides/figures"
        other = [
            name
            for name in told
            if drawn_words(new / f"{name}.svg") != drawn_words(folder(language) / f"{name}.svg")
        ]
        assert other == [], "make figures, then commit slides/figures"

    def test_figures_hold_no_address_and_no_text_as_font(self, language: str) -> None:
        for path in folder(language).glob("*.svg"):
            text = path.read_text(encoding="utf-8")
            assert "<text" not in text, f"{path.name}: letters must be shapes"
            assert re.findall(r'href="(https?:[^"]+)"', text) == [], path.name


def test_no_english_words_are_left_in_a_spanish_figure() -> None:
    """A line in both is a name, a number, or a word that Spanish has as well."""
    found = words.catalogue("es")
    for name in figures.registry():
        pairs = found[words.SHARED] | found[name]
        english = " | ".join(text for text, _ in pairs)
        spanish = " | ".join(pairs.values())
        both = {*drawn_words(folder("en") / f"{name}.svg")} & {
            *drawn_words(folder("es") / f"{name}.svg")
        }
        left = {line for line in both if LETTER.search(line) and line in english}
        assert {line for line in left if line not in spanish} == set(), name


def test_spanish_figures_write_numbers_as_the_spanish_slides_do() -> None:
    for name in figures.registry():
        for line in drawn_words(folder("es") / f"{name}.svg"):
            if not LETTER.search(line):
                assert not re.search(r"\d\.\d|\d%", line), (name, line)
        alt = slides.alternatives("es")[name].replace("Apache 2.0", "")
        assert not re.search(r"\d\.\d|\d%", alt), name


@pytest.mark.parametrize(
    ("value", "spec", "english", "spanish"),
    [
        (0.634, ".1%", "63.4%", "63,4\u00a0%"),
        (5577728, ",", "5,577,728", "5\u00a0577\u00a0728"),
        (8192, ",", "8,192", "8192"),
        (8192, "_", "8\u00a0192", "8192"),
        (0.000098, ".2g", "0.000098", "0,000098"),
        (-109.12901, ".5f", "−109.12901", "−109,12901"),
        (0.1, "g", "0.1", "0,1"),
        (12, "", "12", "12"),
    ],
)
def test_numbers(value: float, spec: str, english: str, spanish: str) -> None:
    for language, expected in (("en", english), ("es", spanish)):
        with words.drawing("x", language, {}):
            assert words.number(value, spec) == expected
            if spec:
                template = f"{{value:{spec}}}"
                words._now().catalogue = {"x": {(template, ""): template}}
                assert words.say(template, value=value) == expected


CATALOGUE = {"x": {("a cat", ""): "un gato", ("none", ""): "ninguno", ("none", "trust"): "ninguna"}}


class TestWhatIsFound:
    """A mistake in the catalogue, or beside it, stops the drawing and is named."""

    def test_two_uses_of_one_word(self) -> None:
        with words.drawing("x", "es", CATALOGUE):
            said = [words.say("a\ncat"), words.say("none"), words.say("none", "trust")]
        assert said == ["un gato", "ninguno", "ninguna"]

    def test_a_missing_translation(self) -> None:
        with (
            pytest.raises(KitError, match="“a dog”, “a bird”: there is no es"),
            words.drawing("x", "es", {}),
        ):
            words.say("a dog")
            words.say("a bird")

    def test_a_translation_that_nothing_says(self) -> None:
        with (
            pytest.raises(KitError, match="no longer says: a cat; none"),
            words.drawing("x", "es", CATALOGUE),
        ):
            words.say("none")

    def test_a_section_or_shared_word_that_no_figure_says(self) -> None:
        found = {words.SHARED: {("a cat", ""): "un gato"}, "gone": {}}
        with pytest.raises(KitError, match="No figure says: a cat; gone"):
            figures._refuse_stale(found, set(), {"x"})

    def test_words_that_went_round_the_catalogue(self) -> None:
        with words.drawing("x", "es", CATALOGUE | {"x": {}}):
            words.refuse_unsaid(f"{words.kept('gemma3:1b')} 8,5 (3)")
            with pytest.raises(KitError, match="holds “a dog”"):
                words.refuse_unsaid("gemma3:1b a dog")
            with pytest.raises(KitError, match="holds “a dog”"):
                words.say("{what}", what="a dog")

    def test_braces_that_do_not_fit(self) -> None:
        found = {"x": {("{n} cats", ""): "{m} gatos"}}
        with (
            pytest.raises(KitError, match="does not fit"),
            words.drawing("x", "es", found),
        ):
            words.say("{n} cats", n=3)

    @pytest.mark.parametrize("entry", ['{en: a cat, es: ""}', "{en: a cat}"])
    def test_an_entry_without_a_translation(self, entry: str, tmp_path: Path) -> None:
        file = tmp_path / "figures.yaml"
        file.write_text(f"x:\n  - {entry}\n", encoding="utf-8")
        with pytest.raises(KitError, match="a cat"):
            words.catalogue("es", file)

    def test_an_entry_that_is_there_twice(self, tmp_path: Path) -> None:
        file = tmp_path / "figures.yaml"
        file.write_text("x:\n  - {en: a cat, es: gato}\n  - {en: a  cat, es: gata}\n", "utf-8")
        with pytest.raises(KitError, match="twice"):
            words.catalogue("es", file)


def _say(ax: Any, x: float, y: float, text: str) -> None:
    ax.text(x, y, text, ha="center", va="center", fontsize=16)


@pytest.mark.parametrize(
    ("wrong", "draw"),
    [
        ("leaves the figure", lambda ax: _say(ax, 0.1, 1, "too far to the left")),
        ("runs into", lambda ax: (_say(ax, 5, 1, "one text"), _say(ax, 5.3, 1.1, "another"))),
        ("sticks out", lambda ax: style.box(ax, 4, 1, 1.2, 0.8, "wider than its box")),
        ("sticks out", lambda ax: (style.box(ax, 4, 1, 2, 0.8, ""), _say(ax, 6.2, 1.4, "half in"))),
        ("on an arrow", lambda ax: (style.arrow(ax, (3, 1), (7, 1)), _say(ax, 5, 1, "crossed"))),
        (None, lambda ax: (style.box(ax, 4, 1, 2, 0.8, "fits"), _say(ax, 5, 0.6, "below"))),
        (None, lambda ax: (style.arrow(ax, (3, 1), (7, 1)), _say(ax, 5, 1.4, "above"))),
    ],
)
def test_words_without_room_are_found(wrong: str | None, draw: Any) -> None:
    fig, ax = style.blank(10, 3)
    draw(ax)
    found = layout.problems(fig)
    assert (found == []) if wrong is None else any(wrong in line for line in found), found


def test_measurements_are_of_the_weights_that_are_shipped() -> None:
    for path in sorted(measure.DATA.glob("*.json")):
        kept = json.loads(path.read_text(encoding="utf-8"))
        assert kept["weights"] == measure.measured(), f"{path.name}: make figures MEASURE=yes"


def test_a_font_file_comes_out_of_its_packing_whole() -> None:
    """Every table has the checksum that the font's own directory gives it."""
    for path in sorted(style.FONTS.glob("*.woff")):
        font = style.unpacked(path.read_bytes())
        for number in range(struct.unpack_from(">H", font, 4)[0]):
            tag, check, at, length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
            table = bytearray(font[at : at + length] + b"\0" * (-length % 4))
            if tag == b"head":
                table[8:12] = bytes(4)  # the whole file's checksum: not part of the table's
            parts = struct.unpack(f">{len(table) // 4}I", table)
            assert sum(parts) & 0xFFFFFFFF == check, (path.name, tag)
    with pytest.raises(ValueError, match=r"WOFF 1\.0"):
        style.unpacked(b"\0" * 60)


def test_figure_command_knows_its_names() -> None:
    with pytest.raises(KitError, match="no figure"):
        figures.draw(["nothing"])

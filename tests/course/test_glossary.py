"""The glossary is true: its terms are the lessons', its links lead somewhere, its pages follow."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from selfhost.errors import KitError
from tools import decks, glossary, teaching

ROOT = Path(__file__).resolve().parents[2]
TERMS = glossary.read(glossary.SOURCE.read_text(encoding="utf-8"))
NAMES = [term.names["en"] for term in TERMS]
ENTRY = {"en": "token", "es": "token", "in": "01_inside_a_model", "text": "a", "texto": "b"}


def even(text: str) -> str:
    """Without capitals, line ends and bold letters, which may stand inside a term."""
    return " ".join(text.replace("**", "").casefold().split())


def sources(path: Path) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return even("\n".join("".join(cell["source"]) for cell in cells))


@cache
def english(lesson: str) -> str:
    known = {one.name: one for one in teaching.lessons()}
    return sources(known[lesson].complete)


@cache
def spanish() -> str:
    """All Spanish prose of the course: editions of lessons, and slides."""
    books = [*ROOT.glob("notebooks/es/*.ipynb"), *ROOT.glob("solutions/es/*.ipynb")]
    shown = [even(deck.path.read_text(encoding="utf-8")) for deck in decks.decks("es")]
    return "\n".join([*map(sources, books), *shown])


def says(text: str, form: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(even(form))}(?!\w)", text) is not None


@pytest.mark.parametrize("term", TERMS, ids=NAMES)
def test_the_lesson_that_is_named_uses_the_term(term: glossary.Term) -> None:
    if term.in_deck:
        text = even((decks.SLIDES / f"{term.lesson}.md").read_text(encoding="utf-8"))
    else:
        text = english(term.lesson)
    assert any(says(text, form) for form in term.forms["en"]), term.lesson


@pytest.mark.parametrize("term", TERMS, ids=NAMES)
def test_spanish_is_the_word_of_the_spanish_texts(term: glossary.Term) -> None:
    """A lesson that has no Spanish edition yet may have words that no Spanish text uses yet."""
    known = {lesson.name: lesson for lesson in teaching.lessons()}
    untranslated = not term.in_deck and known[term.lesson].es is None
    assert untranslated or any(says(spanish(), form) for form in term.forms["es"])


@pytest.mark.parametrize("term", TERMS, ids=NAMES)
def test_a_definition_is_one_sentence_that_does_without_its_term(term: glossary.Term) -> None:
    for language, text in term.texts.items():
        assert text.endswith(".") and not re.search(r"[.!?] [A-ZÁÉÍÓÚ]", text.replace("et al.", ""))
        assert not says(even(text), term.names[language].partition(" (")[0])


def test_pages_are_up_to_date() -> None:
    for language, path in glossary.PAGES.items():
        made = glossary.page(TERMS, language)
        assert path.read_text(encoding="utf-8") == made, "python -m tools.glossary"
    assert glossary.main(["--check"]) == 0


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_link_leads_to_a_heading_or_a_file(language: str) -> None:
    text = glossary.PAGES[language].read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = [glossary.anchor(heading) for heading in headings]
    assert len(anchors) == len(set(anchors)), "two headings with one anchor"
    goals = re.findall(r"\]\(([^)]+)\)", text)
    assert len(goals) > len(TERMS)
    for goal in goals:
        if goal.startswith("#"):
            assert goal[1:] in anchors, goal
        else:
            assert (ROOT / "docs" / goal).exists(), goal


def test_an_old_page_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pages = {language: tmp_path / path.name for language, path in glossary.PAGES.items()}
    monkeypatch.setattr(glossary, "PAGES", pages)
    assert glossary.main(["--check"]) == 1 and not any(tmp_path.iterdir())
    assert glossary.main([]) == 0 and glossary.main(["--check"]) == 0
    pages["es"].write_text("another", encoding="utf-8")
    assert glossary.main(["--check"]) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"es": None}, "token has no es"),
        ({"texto": " "}, "token has no texto"),
        ({"in": None}, "not one lesson or deck"),
        ({"deck": "2_openness"}, "not one lesson or deck"),
        ({"see": "weights"}, "see is not a list"),
        ({"see": ["weights"]}, "weights, which is no other term"),
        ({"not": ["token"]}, "token, which is no other term"),
        ({"sea": []}, "a field sea"),
    ],
)
def test_a_mistake_is_named(change: dict[str, object], words: str) -> None:
    entry = {field: value for field, value in (ENTRY | change).items() if value is not None}
    with pytest.raises(KitError, match=words):
        glossary.read(yaml.safe_dump([entry]))


def test_a_term_twice_and_a_lesson_that_is_not_there() -> None:
    twice = [ENTRY, ENTRY | {"en": "Token", "es": "otra"}]
    with pytest.raises(KitError, match=r"Token is there twice \(en\)"):
        glossary.read(yaml.safe_dump(twice))
    with pytest.raises(KitError, match="no lesson 99_x"):
        glossary.page(glossary.read(yaml.safe_dump([ENTRY | {"in": "99_x"}])), "en")
    absent = {k: v for k, v in ENTRY.items() if k != "in"} | {"deck": "9_x"}
    with pytest.raises(KitError, match="no slides 9_x"):
        glossary.page(glossary.read(yaml.safe_dump([absent])), "es")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        assert isinstance(glossary.read(text), list)
    except KitError as error:
        assert str(error)


def test_words_are_sorted_as_in_spanish() -> None:
    words = [
        "zeta",
        "ñandú",
        "nube",
        "Oso",
        "caché KV",
        "caché de prefijos",
        "árbol",
        "chico",
        "cubo",
    ]
    right = [
        "árbol",
        "caché de prefijos",
        "caché KV",
        "chico",
        "cubo",
        "nube",
        "ñandú",
        "Oso",
        "zeta",
    ]
    assert sorted(words, key=glossary.order) == right
    assert [glossary.letter(word) for word in ("ñandú", "árbol", "Oso")] == ["Ñ", "A", "O"]


@given(
    st.text(alphabet="abcdnñozáéíóúü", min_size=1), st.text(alphabet="abcdnñozáéíóúü", min_size=1)
)
def test_accents_do_not_count_and_n_comes_before_its_tilde(one: str, two: str) -> None:
    bare = str.maketrans("áéíóúü", "aeiouu")
    if one.translate(bare) != two.translate(bare):
        accented = glossary.order(one) < glossary.order(two)
        assert accented == (
            glossary.order(one.translate(bare)) < glossary.order(two.translate(bare))
        )
    assert glossary.order("n" + one) < glossary.order("ñ" + two)

"""Stack cards: their schema, what they never contain, and what two of them tell."""

from __future__ import annotations

import getpass
import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost import KitError, stackcard
from selfhost.paths import shipped_models
from selfhost.stackcard.card import MAX_BYTES, Engine, Model, Serving, Setting

PUBLISHED = Path(stackcard.__file__).parents[1] / "data" / "stackcard.schema.json"
GGUF = shipped_models() / "aprendiz" / "aprendiz-F16.gguf"


@pytest.fixture(scope="module")
def card() -> stackcard.Card:
    return stackcard.Card(
        created="2026-01-02T03:04:05Z",  # type: ignore[arg-type]
        engine=Engine(name="llama.cpp", version="b1"),
        model=stackcard.model_from_file(GGUF, "aprendiz"),
        settings={"temperature": Setting(value=0.0, origin="request")},
        hardware=stackcard.hardware(),
        software=stackcard.software(),
    )


def test_the_published_schema_is_the_one_in_force() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == stackcard.schema()


def test_a_card_fits_its_schema_and_comes_back_equal(card: stackcard.Card, tmp_path: Path) -> None:
    jsonschema.validate(json.loads(card.to_json()), stackcard.schema())
    path = tmp_path / "cards" / "mine.json"
    stackcard.write(card, path)
    assert stackcard.read(path) == card
    assert not list(path.parent.glob("*.part"))
    text = path.with_suffix(".md").read_text(encoding="utf-8")
    assert card.model.sha256 in text and "Not known:" in text


def test_the_models_facts_are_the_files(card: stackcard.Card) -> None:
    assert card.model.bytes == GGUF.stat().st_size
    assert card.model.architecture == "gemma3" and card.model.bos_token_id == 2
    assert set(card.model.quantization) == {"F16", "F32"}
    assert sum(card.model.quantization.values()) < GGUF.stat().st_size
    recorded = (GGUF.parent / "SHA256SUMS").read_text(encoding="utf-8")
    assert f"{card.model.sha256}  {GGUF.name}" in recorded


def test_nothing_private_is_in_a_card(card: stackcard.Card) -> None:
    text = card.to_json()
    for private in (socket.gethostname(), str(Path.home()), str(Path.cwd())):
        assert private not in text
    if len(getpass.getuser()) > 4:  # a user called "sse4" would be found in every card
        assert getpass.getuser() not in text


def test_equal_cards_show_no_difference(card: stackcard.Card) -> None:
    assert stackcard.differences(card, card) == []
    later = card.model_copy(update={"created": datetime(2027, 1, 1, tzinfo=UTC), "kit": "9"})
    assert stackcard.differences(card, later) == []
    assert "agree on everything" in stackcard.likely_reason([])


def test_the_likeliest_cause_comes_first(card: stackcard.Card) -> None:
    other = card.model_copy(
        update={
            "engine": Engine(name="llama.cpp", version="b2"),
            "model": card.model.model_copy(update={"sha256": "0" * 64}),
            "settings": {"temperature": Setting(value=0.0, origin="default")},
            "serving": Serving(threads=4),
        }
    )
    found = stackcard.differences(card, other)
    assert [d.field for d in found] == ["model.sha256", "engine.version", "serving.threads"]
    assert not found[-1].settled  # the first card does not tell its threads
    assert "model.sha256" in stackcard.likely_reason(found)
    hidden = stackcard.differences(card, card.model_copy(update={"serving": Serving(threads=4)}))
    assert "does not tell serving.threads" in stackcard.likely_reason(hidden)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not a stack card"),
        ("[]", "is not a stack card"),
        ('{"stackcard": "1.0"}', "created"),
        ('{"stackcard": "2.0", "created": "2026-01-01T00:00:00Z"}', "stackcard"),
        ('{"created": "2026-01-01T00:00:00Z", "hostname": "x"}', "hostname"),
        ('{"created": "2026-01-01T00:00:00Z", "model": {"sha256": "xyz"}}', "model.sha256"),
        ("x" * (MAX_BYTES + 1), "at most"),
    ],
)
def test_what_is_no_card_is_refused_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(KitError) as error:
        stackcard.parse(text)
    assert says in str(error.value) and "\n" not in str(error.value)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        stackcard.parse(data)
    except KitError:
        return
    pytest.fail("random bytes were taken for a card")


def test_a_setting_is_not_lost_between_two_cards(card: stackcard.Card) -> None:
    fewer = card.model_copy(update={"settings": {}})
    [only] = stackcard.differences(card, fewer)
    assert only.field == "settings.temperature" and only.b == "unknown" and not only.settled


def test_unknown_stays_unknown() -> None:
    empty = stackcard.Card(created="2026-01-01T00:00:00Z", model=Model())  # type: ignore[arg-type]
    assert "unknown" in stackcard.paragraph(empty)
    assert "model.sha256" in stackcard.markdown(empty)


def test_chance_on_one_side_outweighs_other_weights(card: stackcard.Card) -> None:
    from selfhost.stackcard.card import Setting

    def at(temperature: float, digest: str) -> stackcard.Card:
        model = card.model.model_copy(update={"sha256": digest * 64})
        settings = {"temperature": Setting(value=temperature, origin="default")}
        return card.model_copy(update={"model": model, "settings": settings})

    def suspect(a: stackcard.Card, b: stackcard.Card) -> str:
        return stackcard.differences(a, b)[0].field

    assert suspect(at(0, "a"), at(0.8, "b")) == "settings.temperature"
    assert suspect(at(0.8, "a"), at(0, "b")) == "settings.temperature"
    assert suspect(at(0.7, "a"), at(0.8, "b")) == "model.sha256"
    assert suspect(at(0, "a"), at(0, "b")) == "model.sha256"

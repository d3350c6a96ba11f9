"""Lab 1: the three fictional releases are what they should be, and the checks hint and accept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from selfhost.checks import Hint
from selfhost.openness import lab1
from selfhost.openness.audit import audit

ALONDRA = {
    "Model architecture": "model.py",
    "Model parameters (Final)": "model.safetensors",
    "Technical report": "docs/report.md",
    "Evaluation results": "README.md",
    "Model card": "README.md",
    "Data card": "DATA_CARD.md",
    "Training code": "train.py",
    "Inference code": "inference.py",
    "Supporting libraries and tools": "requirements.txt",
    "Datasets": "data/corpus.jsonl",
    "Data preprocessing code": "prepare_data.py",
    "Model parameters (Intermediate)": "checkpoints/step-21000.safetensors",
    "Research paper": "docs/paper.md",
    "Model metadata": "train_log.jsonl",
}
SCOPES = {"code": "Apache-2.0", "data": "CC-BY-4.0", "documentation": "CC-BY-4.0"}


def test_one_claims_open_source_and_is_not() -> None:
    verdict = audit(lab1.folder("halcon"))
    assert verdict.spectrum.name == "available weights"
    assert verdict.osaid.answer is False
    said = " ".join(finding.text for finding in verdict.evidence)
    assert "the text of MIT, but changed" in said and "10 000" in said
    assert "claims" in said
    assert "fine-tuning" in said, "an example of fine-tuning is not the training code"
    assert not verdict.states["training_code"].published


def test_one_is_reproducible_and_only_mof_class_three() -> None:
    verdict = audit(lab1.folder("alondra"))
    assert (verdict.spectrum.name, verdict.mof.name, verdict.osaid.answer) == (
        "reproducible", "III", True,
    )  # fmt: skip
    assert verdict.states["datasets"].terms.expression == "CC-BY-4.0"
    assert verdict.disagreements()


def test_one_is_open_weight() -> None:
    verdict = audit(lab1.folder("teide"))
    assert verdict.spectrum.name == "open weight"
    assert any("names 2 files, all are there" in f.text for f in verdict.evidence)


@pytest.mark.parametrize("name", lab1.RELEASES)
def test_every_text_file_says_that_it_is_fictional(name: str) -> None:
    folder = lab1.folder(name)
    silent = {"LICENSE", "requirements.txt", "model.safetensors.index.json", "train_log.jsonl"}
    for path in lab1.files(name):
        if Path(path).name in silent or path.endswith(".safetensors"):
            continue
        text = (folder / path).read_text(encoding="utf-8").lower()
        assert "fictional" in text, path
    assert "invented for teaching" in (folder.parent / "README.md").read_text(encoding="utf-8")
    assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) < 200_000


def hint(test: object, *given: object) -> str:
    with pytest.raises(Hint) as caught:
        test(*given)  # type: ignore[operator]
    return str(caught.value)


def test_licences_check() -> None:
    right = {"halcon": lab1.CHANGED, "alondra": "Apache-2.0", "teide": "Apache-2.0"}
    assert "by their texts" in lab1.licences(right)
    assert "paragraphs" in hint(lab1.licences, right | {"halcon": "MIT"})
    assert "first lines" in hint(lab1.licences, right | {"teide": "MIT"})
    assert "still empty" in hint(lab1.licences, right | {"teide": ...})
    assert "one of" in hint(lab1.licences, right | {"teide": "Apache"})


def test_parts_check() -> None:
    assert "14 parts" in lab1.found_parts("alondra", ALONDRA)
    less = {k: v for k, v in ALONDRA.items() if k != "Research paper"}
    assert "docs/" in hint(lab1.found_parts, "alondra", less)
    assert "no file" in hint(lab1.found_parts, "alondra", ALONDRA | {"Data card": "x.md"})
    more = ALONDRA | {"Evaluation code": "train.py"}
    assert "open train.py again" in hint(lab1.found_parts, "alondra", more)
    swapped = ALONDRA | {"Model parameters (Final)": "checkpoints/step-21000.safetensors"}
    assert "shows something else" in hint(lab1.found_parts, "alondra", swapped)
    card = ALONDRA | {"Data card": "docs/paper.md"}
    assert "where the training data comes from" in hint(lab1.found_parts, "alondra", card)
    assert lab1.found_parts("alondra", ALONDRA | {"Model metadata": "train_config.json"})
    listed = ALONDRA | {"Data card": ["DATA_CARD.md"]}
    assert "one file" in hint(lab1.found_parts, "alondra", listed)
    assert "Training code" in hint(lab1.found_parts, "alondra", {"Trainig code": "train.py"})


def test_scope_licences_check() -> None:
    assert lab1.scope_licences("alondra", SCOPES)
    wrong = SCOPES | {"data": "Apache-2.0"}
    assert "nearest" in hint(lab1.scope_licences, "alondra", wrong)


def test_the_description_is_what_the_audit_says() -> None:
    text = lab1.description("alondra", ALONDRA, SCOPES)
    assert text.startswith("framework:")
    mine, files = lab1.judged(text), audit(lab1.folder("alondra"))
    assert mine.spectrum.name == files.spectrum.name
    assert mine.mof.name == files.mof.name
    for key, state in files.states.items():  # the weights lie beside the code, and so do the cards
        if state.published:
            assert mine.states[key].terms.expression == state.terms.expression, key
    assert "no component" in hint(lab1.description, "alondra", {"Cake": "x"}, {})


def test_classes_check() -> None:
    right = {"halcon": "available weights", "alondra": "reproducible", "teide": "open weight"}
    assert lab1.classes(right) == "all three"
    assert "too high" in hint(lab1.classes, right | {"halcon": "open source"})
    assert "gives more" in hint(lab1.classes, right | {"alondra": "open weight"})


def test_stops_check() -> None:
    assert "class III" in lab1.stops(["Evaluation code", "Evaluation data"])
    assert "1 more" in hint(lab1.stops, ["Evaluation code"])
    assert "not what stops it" in hint(lab1.stops, ["Datasets"])


def test_defence_check() -> None:
    good = ("Halcón says open source, but its LICENSE adds a paragraph to the MIT text: products "
            "with more than 10,000 monthly users, and any use in education, need a commercial "
            "agreement. That is a condition of use, so it is neither open source nor open weight; "
            "it belongs to available weights.")  # fmt: skip
    assert "argument" in lab1.defence(good)
    spanish = ("Halcón dice que es código abierto, pero su LICENSE añade un párrafo a la MIT: los "
               "productos con más de 10.000 usuarios al mes, y cualquier uso en la educación, "
               "necesitan un acuerdo comercial. Es una condición de uso, así que no es código "
               "abierto ni son pesos abiertos: son pesos disponibles.")  # fmt: skip
    assert "argument" in lab1.defence(spanish)
    assert "which class it is instead" in hint(lab1.defence, spanish.replace("disponibles", ""))
    assert "words" in hint(lab1.defence, re.sub("10.000|educación|acuerdo", "x", spanish))
    assert "which file" in hint(lab1.defence, re.sub("LICENSE", "text", good))
    assert "words" in hint(lab1.defence, "No.")


def test_own_model_check() -> None:
    good = ("granite-code", "Training code", "The repository of the model has no training code, "
            "only examples of use and fine-tuning.", "https://github.com/ibm-granite",
            "2026-11-20")  # fmt: skip
    assert "Granite Code" in lab1.own_model(*good)
    assert "not in the catalogue" in hint(lab1.own_model, "nope", *good[1:])
    assert "choose a model" in hint(lab1.own_model, "jan", *good[1:])
    assert "Choose a part" in hint(lab1.own_model, "qwen3", *good[1:])
    assert "YYYY-MM-DD" in hint(lab1.own_model, *good[:4], "today")
    assert "address" in hint(lab1.own_model, *good[:3], "a friend", good[4])

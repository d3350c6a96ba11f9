"""Real quantizations, really measured: the facts that must hold whatever the machine."""

from __future__ import annotations

import json

import numpy as np
import pytest

from selfhost import KitError, weights
from selfhost.cli import main
from selfhost.quantize import convert, items, llamacpp
from selfhost.quantize.measures import divergence, log_softmax
from selfhost.quantize.study import Study, largest_difference

from .conftest import F16, KINDS


@pytest.fixture(scope="module")
def rows(files):
    """Five of the eleven, measured on 510 positions and 20 questions."""
    study = Study(files["F32"].path, files=5, rows=2, items_each=5)
    return {k: study.gguf(files[k].path, k) for k in ("F32", "F16", "Q8_0", "Q4_K_M", "Q2_K")}


def test_fewer_bits_are_smaller_files(files):
    sizes = [files[kind].bytes for kind in KINDS]
    assert sizes[1] == sizes[2]  # F16 and BF16: both two bytes
    del sizes[2]
    assert sizes == sorted(set(sizes), reverse=True)
    for made in files.values():
        assert made.path.stat().st_size == made.bytes
        assert made.parameters == weights.read_gguf(F16).parameters


def test_every_file_says_its_own_type(files):
    expected = {"F32": 0, "F16": 1, "Q4_0": 2, "Q8_0": 7, "Q2_K": 10, "Q3_K_M": 12, "Q4_K_M": 15,
                "Q5_K_M": 17, "Q6_K": 18, "IQ4_XS": 30, "BF16": 32}  # fmt: skip
    found = {k: weights.read_gguf(m.path).metadata["general.file_type"] for k, m in files.items()}
    assert found == expected


def test_what_is_lost_grows_as_bits_go(rows):
    kl = {kind: row.quality.kl_mean for kind, row in rows.items()}
    assert kl["F32"] == 0
    assert kl["F32"] <= kl["F16"] < kl["Q8_0"] < kl["Q4_K_M"] < kl["Q2_K"]
    assert kl["Q8_0"] < 1e-3 < kl["Q2_K"]
    same = [row.quality.same_top for row in rows.values()]
    assert same[0] == 1 and same == sorted(same, reverse=True)
    for row in rows.values():
        assert 1 < row.quality.perplexity < 3
        assert row.quality.kl_mean <= row.quality.kl_99 <= row.quality.kl_worst
        assert row.speed.load > 0 and row.speed.prompt > row.speed.decode > 0
        assert row.items == 20 and 0.5 < row.score <= 1


def test_a_second_run_reads_what_the_first_measured(rows, files, monkeypatch):
    monkeypatch.setattr("selfhost.quantize.study.LlamaCpp", None)  # nothing is run any more
    again = Study(files["F32"].path, files=5, rows=2, items_each=5).gguf(files["Q2_K"].path, "Q2_K")
    assert again.cached and again.quality == rows["Q2_K"].quality
    assert convert.quantize(F16, "q2_k").cached


def test_gguf_and_transformers_have_the_same_logits(files):
    pytest.importorskip("transformers")
    largest, same = largest_difference(files["F32"].path, F16.parent, rows=1)
    assert largest < 0.01 and same == 1


def test_an_importance_matrix_reaches_the_quantizer(files, store):
    pytest.importorskip("transformers")
    from selfhost.quantize.importance import measure
    from selfhost.quantize.runners import LlamaCpp

    with LlamaCpp(files["F32"].path) as runner:
        text = items.rows([runner.tokens(t) for t in items.calibration()[:40]], *runner.ends)
    found = measure(F16.parent, text[:3])
    assert found.tokens == 3 * 256 and len(found.columns) == 6 * 7
    assert all((values > 0).any() for values in found.columns.values())
    made = convert.quantize(F16, "Q2_K", importance=found)
    # The same mix of types, other bytes.
    assert made.types == files["Q2_K"].types
    assert made.path.read_bytes() != files["Q2_K"].path.read_bytes()
    keys = weights.read_gguf(made.path).metadata
    assert not made.cached and keys["general.file_type"] == 10
    study = Study(files["F32"].path, files=5, rows=2, items_each=5)
    with_it, without = study.gguf(made.path, "x"), study.gguf(files["Q2_K"].path, "Q2_K")
    assert with_it.quality.kl_mean < without.quality.kl_mean


def test_progress_counts_every_tensor(store, tmp_path):
    llamacpp.need()
    seen = []
    convert.quantize(F16, "Q8_0", target=tmp_path / "x.gguf", progress=lambda *s: seen.append(s))
    total = len(weights.read_gguf(F16).tensors)
    assert seen == [("Q8_0", n, total) for n in range(1, total + 1)]
    assert [p.name for p in tmp_path.iterdir()] == ["x.gguf"]


def test_the_command_prints_json(files, capsys):
    assert main(["quantize", "aprendiz", "--type", "q4_0", "--type", "Q2_K", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["type"] for each in found["files"]] == ["Q4_0", "Q2_K"]
    assert all(each["cached"] for each in found["files"])
    assert main(["quantize", "--type", "Q4_0"]) == 0
    assert "Q4_0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--type", "Q9_9"], "no type 'Q9_9'"),
        (["no-such-model"], "no known model"),
        (["aprendiz:q8_0"], "quantized already"),
        (["--out", "no/such/folder"], "no folder"),
    ],
)
def test_the_command_says_in_one_sentence_what_is_wrong(store, capsys, words, said):
    llamacpp.need()
    assert main(["quantize", *words]) == 1
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error


def test_questions_are_spread_and_scored():
    chosen = items.questions(5)
    assert len(chosen) == 20 and len({item["id"] for item in chosen}) == 20
    assert {item["benchmark"] for item in chosen} == set(items.NAMES)
    number = {"accept": ["12"], "match": "number"}
    assert items.right(number, "(7+5=12) it is 12") and not items.right(number, "12 or 13")
    letter = {"accept": ["B"], "match": "letter"}
    assert items.right(letter, "A) x\nB) y: B") and not items.right(letter, "Bad")
    groups = {"accept": [["a", "b"], ["c"]], "match": "all_groups"}
    assert items.right(groups, "B and C") and not items.right(groups, "a, b")


def test_our_scoring_is_the_models_own():
    """models/aprendiz/scoring.py is not part of the package; the two must not drift apart."""
    from models.aprendiz import scoring

    texts = ["12", "A", "Lisboa. Paris, Madrid", "B) Oslo: B", "-3 and 40", "", "open model data"]
    for item in items.questions(200):
        answers = [*texts, str(item["accept"])]
        assert [items.right(item, t) for t in answers] == [scoring.score(item, t) for t in answers]


def test_calibration_and_held_out_text_share_nothing():
    assert not set(items.calibration()) & set(items.heldout())
    prompts = [item["prompt"] for item in items.questions(200)]
    assert not any(p in text for text in (*items.calibration(), *items.heldout()) for p in prompts)


def test_divergence_is_zero_for_equals_and_the_textbooks_otherwise():
    p = log_softmax(np.log([[0.5, 0.5]]))
    q = log_softmax(np.log([[0.9, 0.1]]))
    assert divergence(p, p)[0] == 0
    wanted = 0.5 * np.log(0.5 / 0.9) + 0.5 * np.log(0.5 / 0.1)
    assert divergence(p, q)[0] == pytest.approx(wanted)


def test_without_the_binding_the_sentence_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(llamacpp, "available", lambda: False)
    with pytest.raises(KitError, match="llama-cpp-python is missing"):
        llamacpp.need()
    assert main(["quantize"]) == 1 and "pip install" in capsys.readouterr().err

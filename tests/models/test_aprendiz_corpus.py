"""aprendiz's corpus: the same everywhere, worked sums are right, nothing held out is in it."""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from models.aprendiz.batches import document_function, stream_hash
from models.aprendiz.contamination import Heldout, examine
from models.aprendiz.corpus.heldout import benchmarks
from models.aprendiz.corpus.stage1 import document
from models.aprendiz.corpus.sums import value
from models.aprendiz.corpus.template import fill, held
from models.aprendiz.corpus.worked_sums import columns, working
from models.aprendiz.scoring import HERE, NAMES, load

ROOT = HERE.parent.parent
STREAMS = json.loads((HERE / "corpus" / "streams.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("stream", sorted(STREAMS))
def test_the_documents_are_those_that_the_model_was_trained_on(stream):
    assert stream_hash(stream.rpartition("-")[0], stream) == STREAMS[stream]


def test_documents_do_not_depend_on_the_order_of_hashes():
    code = "from models.aprendiz.batches import stream_hash as h; print(h('stage3', 'x', 150))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_a_template_chooses_nests_and_replaces():
    r = random.Random(1)
    found = {fill(r, "[a[1|2]|b] $x", {"x": 7}) for _ in range(60)}
    assert found == {"a1 7", "a2 7", "b 7"}


def test_holding_out_takes_the_share_that_is_asked_for():
    share = sum(held("+", a, b, pct=8) for a in range(100) for b in range(100)) / 10_000
    assert 0.07 < share < 0.09


@pytest.mark.parametrize("op", ["+", "-", "*"])
def test_every_column_is_right_and_the_columns_make_the_result(op):
    r = random.Random(op)
    for _ in range(500):
        a, b = r.randrange(10, 1000), r.randrange(10) if op == "*" else r.randrange(10, 1000)
        steps = [s.split("=") for s in columns(op, a, b).split(", ")]
        for left, right in steps:
            assert eval(left) == int(right), (op, a, b)
        digits = [int(right) for _, right in steps]
        total = sum((d % 10) * 10**i for i, d in enumerate(digits[:-1]))
        total += digits[-1] * 10 ** (len(digits) - 1)
        assert total == abs(value(op, a, b)), (op, a, b)


def test_known_facts_are_not_worked():
    assert working("+", 4, 5) == "" and working("*", 12, 12) == ""
    assert working("+", 27, 45) == "(7+5+0=12, 2+4+1=7) "


def test_a_worked_answer_in_the_text_is_right():
    document, r, seen = document_function("stage2"), random.Random(5), 0
    for _ in range(2000):
        for a, op, b, answer in re.findall(
            r"user\n(?:What is )?(\d+) ([-+*]) (\d+)[?=]*<end_of_turn>\n<start_of_turn>model\n"
            r"(?:\([^)]*\) )?(?:\d+ [-+*x×] \d+ = )?(-?\d+)<",
            document(r),
        ):
            seen += 1
            assert value(op, int(a), int(b)) == int(answer)
    assert seen > 20


def test_the_committed_benchmarks_are_what_the_generator_makes():
    made = benchmarks()
    for name in NAMES:
        assert made[name] == load(name)
        assert len({item["prompt"] for item in made[name]}) == 200


@pytest.mark.parametrize("mix", ["stage1", "stage2", "stage3", "stage4", "quick"])
def test_nothing_held_out_is_in_the_training_text(mix):
    make, r = document_function(mix), random.Random(f"{mix}-0")
    result = examine(make(r) for _ in range(1200))
    assert result["user_turns"] > 600
    assert result["found"] == 0, result["examples"]


def turn(text):
    return f"<start_of_turn>user\n{text}<end_of_turn>\n<start_of_turn>model\nx<end_of_turn>\n"


@pytest.mark.parametrize(
    ("test", "text"),
    [
        ("same question", "which city is the SEAT of government of Italy"),
        (
            "same question",
            "Answer in one word.\n\nIf I travel to the capital of Croatia, which city do I visit?",
        ),
        ("nearly the same question", "Well, which city is the seat of government of Italy now?"),
        ("same sum", "Answer with just the number.\n\nHow much is 98 plus 88, please?"),
    ],
)
def test_what_is_held_out_would_be_found(test, text):
    assert test in [t for t, _ in Heldout().found_in(text)]
    assert examine([turn(text)])["found"] >= 1


def test_the_facts_are_in_the_training_text_in_other_words():
    r = random.Random("facts")
    text = "".join(document(r) for _ in range(4000))
    assert "The capital of France is Paris." in text


def test_no_absolute_path_and_an_encoding_on_every_file():
    for path in Path(HERE).rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert "/root" not in code and "/work" not in code, path
        assert not re.search(r"(read_text|write_text)\((?![^\n]*encoding)", code), path

"""The scorer looks at the text alone, and accepts what its rules say."""

import json
import subprocess
import sys

import pytest

from models.aprendiz.scoring import HERE, NAMES, load, messages, score


def item(match, accept, **more):
    return {"id": "x", "prompt": "?", "match": match, "accept": accept, **more}


@pytest.mark.parametrize(
    ("match", "accept", "text", "right"),
    [
        ("number", ["72"], "(7+5+0=12, 2+4+1=7) 72", True),
        ("number", ["72"], "72 apples, not 27", False),
        ("number", ["-5"], "It is -5.", True),
        ("number", ["5"], "-5", False),
        ("number", ["72"], "seventy-two", False),
        ("letter", ["C"], "It is Berlin: C", True),
        ("letter", ["C"], "C) Berlin", True),
        ("letter", ["C"], "It is Berlin.\nA) Oslo\nB) Lima\nC) Berlin: C", True),
        ("letter", ["C"], "A or C? A", False),
        ("letter", ["C"], "Cairo", False),
        ("letter", ["C"], "c", False),
        ("contains", ["Paris", "París"], "es parís.", True),
        ("contains", ["Paris"], "", False),
        ("all_groups", [["a1", "a2"], ["b"]], "A2 and B", True),
        ("all_groups", [["a1", "a2"], ["b"]], "a1", False),
        ("json", ["Rome"], '{"answer": "Rome"}', True),
        ("json", ["Rome"], "Rome", False),
        ("json", ["Rome"], '{"answer": "Paris"}', False),
    ],
)
def test_rules(match, accept, text, right):
    assert score(item(match, accept), text) is right


def test_a_story_is_long_enough_on_its_subject_and_ends():
    story = item("story", [["fox"]], min_words=5)
    assert score(story, "A fox ran over the hill.")
    assert not score(story, "A fox ran over the")
    assert not score(story, "A dog ran over the hill.")
    assert not score(story, "A fox.")


def test_an_unknown_rule_is_an_error():
    with pytest.raises(ValueError, match="unknown rule"):
        score(item("guess", ["x"]), "x")


def test_every_item_is_complete_and_refused_by_an_empty_answer():
    for name in (*NAMES, "showcase"):
        items = load(name)
        assert len({i["id"] for i in items}) == len(items) == (60 if name == "showcase" else 200)
        for i in items:
            assert messages(i)[-1]["role"] == "user" and i["accept"]
            assert not score(i, "")


def test_a_constant_answer_gets_no_more_than_chance():
    for letter in "ABCD":
        share = sum(score(i, letter) for i in load("choice")) / 200
        assert 0.15 < share < 0.35
    for name in ("arith", "workshop_qa"):
        assert sum(score(i, "It is a model 7.") for i in load(name)) / 200 < 0.15


def test_the_scorer_needs_nothing_but_the_standard_library():
    code = (
        "import sys; import models.aprendiz.scoring as s; s.load('arith');"
        "print(sorted(m for m in ('torch', 'numpy', 'gguf', 'selfhost') if m in sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"


def test_the_card_and_the_results_agree():
    results = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
    card = (HERE / "README.md").read_text(encoding="utf-8")
    for scores in results.values():
        for name, share in scores.items():
            assert f"{share * 100:.1f} %" in card, (name, share)

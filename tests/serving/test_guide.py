"""The guide to engines: its data, every way through it, and its widget."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selfhost import KitError
from selfhost.serving.guide import START, Guide, Node, Option, Walk, guide, problems
from selfhost.widgets.guide import Guide as Widget


def ways(walk: Walk) -> list[Walk]:
    if walk.node is None:
        return [walk]
    return [way for option in walk.node.options for way in ways(walk.answer(option.label))]


def test_every_way_ends_in_an_engine_with_a_reason_at_each_step() -> None:
    every = ways(guide().walk())
    assert len(every) >= 10
    for way in every:
        assert way.advice, way.text()
        assert all(len(option.because) > 15 for _, option in way.taken)
        assert way.advice[0].name in way.text() and "because" in way.text()


def test_names_all_engines_of_the_lesson_with_their_sources() -> None:
    wanted = {"llama.cpp", "vLLM", "SGLang", "LMDeploy", "transformers", "CTranslate2",
              "ONNX Runtime", "LM Studio"}  # fmt: skip
    assert wanted <= guide().engines.keys()
    assert all(e.source and e.read.startswith("20") for e in guide().engines.values())
    assert guide().engines["LM Studio"].licence == "not open source"


def test_a_wrong_answer_names_the_right_ones() -> None:
    with pytest.raises(KitError, match="'chat on my own computer'"):
        guide().walk(["sleep"])
    with pytest.raises(KitError, match="no further question"):
        guide().walk(["compare models in a study", "sleep"])


def test_back_takes_one_step() -> None:
    walk = guide().walk(["serve a class or a department", "GPUs of a data centre"])
    assert walk.back() == guide().walk(["serve a class or a department"])
    assert guide().walk().back() == guide().walk()


@pytest.mark.parametrize(("option", "said"), [
    (Option("a", "why", to="nowhere"), "not there"),
    (Option("a", "why", to=START), "back to itself"),
    (Option("a", "why"), "must lead either"),
    (Option("a", "why", use=("llama.dpp",)), "no engine of the list"),
])  # fmt: skip
def test_finds_what_is_wrong_with_a_tree(option: Option, said: str) -> None:
    broken = Guide(guide().engines, {START: Node("?", (option,))})
    assert any(said in each for each in problems(broken)), problems(broken)
    lonely = replace(guide(), tree={**guide().tree, "lonely": guide().tree["load"]})
    assert problems(guide()) == [] and problems(lonely) == ["nobody reaches 'lonely'"]


def test_the_widget_walks_with_its_buttons() -> None:
    shown = Widget()
    assert "What do you want to do?" in shown.text() and shown.step_back.disabled
    labels = [button.description for button in shown.answers.children]
    assert labels == [option.label for option in guide().tree[START].options]
    shown.answers.children[1].click()
    assert "Which machine?" in shown.view.value and not shown.step_back.disabled
    shown.choose("a desktop GPU or only CPUs")
    assert shown.answers.children == () and "▶ llama.cpp" in shown.view.value
    assert 'role="status"' in shown.view.value and "=> llama.cpp" in shown.text()
    shown.step_back.click()
    assert "Which machine?" in shown.text()
    shown.again.click()
    assert shown.walk == guide().walk()


def test_what_stands_in_the_view_is_escaped() -> None:
    shown = Widget(["build it into a program of mine"])
    assert "<script" not in shown.view.value and "&#x27;" in Widget(
        ["serve a class or a department", "GPUs of a data centre",
         "long beginnings that many share (agents, documents)"]
    ).view.value  # fmt: skip

"""Rules that need no engine: prompts, masks, choosing a token, runs, comparisons."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from selfhost import engines, stackcard, weights
from selfhost.engines.base import GREEDY, Generated, Settings, top5_of
from selfhost.engines.stepping import HIDDEN, choose, masks
from selfhost.errors import KitError
from selfhost.stackcard.card import Card, Run, now

scores = st.lists(st.floats(-30, 30, width=32), min_size=6, max_size=40, unique=True)


def test_the_prompt_is_the_one_that_transformers_would_make(
    source: engines.Source, items: list[engines.Item]
) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(source.folder)
    for item in items:
        wanted = tokenizer.apply_chat_template(
            list(item.messages), add_generation_prompt=True, return_dict=False
        )
        assert list(engines.OWN.prompt(source, item).ids) == list(wanted)
        text = tokenizer.apply_chat_template(
            list(item.messages), add_generation_prompt=True, tokenize=False
        )
        doubled = tokenizer(text)["input_ids"]  # what people write, and get two BOS for
        assert list(engines.DOUBLED_BOS.prompt(source, item).ids) == list(doubled)
        assert doubled[:2] == [source.bos, source.bos]


def test_every_rendering_but_the_doubled_one_has_one_bos(
    source: engines.Source, items: list[engines.Item]
) -> None:
    for name, rendering in engines.RENDERINGS.items():
        ids = rendering.prompt(source, items[0]).ids
        assert ids.count(source.bos) == (2 if name == "doubled BOS" else 1), name
        assert ids[0] == source.bos


def test_the_card_of_the_source_agrees_with_the_shipped_gguf(source: engines.Source) -> None:
    """The same tokenizer and template, whatever the format, so that cards can be compared."""
    ours = source.model()
    theirs = stackcard.model_from_file(source.folder / "aprendiz-F16.gguf")
    for field in ("architecture", "tokenizer_sha256", "chat_template_sha256", "bos_token_id"):
        assert getattr(ours, field) == getattr(theirs, field), field
    assert set(theirs.eos_token_ids) == set(ours.eos_token_ids)
    assert ours.sha256 == weights.sha256(source.folder / "model.safetensors")


def test_pieces_of_an_api_become_the_tokenizers_ids(source: engines.Source) -> None:
    for text in ("Why is the sky blue?", "¿Qué es un modelo?", "1 + 2 = 3\n"):
        for number in source.encode(text):
            piece = source.tokenizer.id_to_token(number).replace("▁", " ")
            if piece.startswith("<0x"):
                value = int(piece[3:5], 16)
                if value >= 128:
                    continue  # half a sign: an API shows it in its own way
                piece = chr(value)
            assert source.pieces[piece] == number


def test_items_are_always_the_same_and_know_their_answers() -> None:
    few, again = engines.items(3), engines.items(3)
    assert few == again
    assert len(few) == 12
    assert len({item.id for item in few}) == 12
    arithmetic = few[0]
    assert arithmetic.right(f"It is {arithmetic.rule['accept'][0]}.")
    assert not arithmetic.right("No idea.")
    with pytest.raises(KitError, match="200 items"):
        engines.items(201)


@hypothesis_settings(deadline=None)
@given(scores)
def test_top5_are_the_likeliest_in_order(row: list[float]) -> None:
    top5, logprobs = top5_of(np.array(row, dtype=np.float32))
    assert list(top5) == sorted(range(len(row)), key=lambda i: -row[i])[:5]
    assert math.isclose(np.exp(logprobs).sum(), 1.0, rel_tol=1e-9)


@hypothesis_settings(deadline=None)
@given(scores, st.integers(1, 5))
def test_masks_show_what_came_before_and_nothing_else(row: list[float], old: int) -> None:
    new, window = len(row) % 4 + 1, 3
    pads = np.array([0, old])
    full, sliding = masks(pads, old, new, window)
    assert full.shape == sliding.shape == (2, 1, new, old + new)
    for b in range(2):
        for q in range(new):
            for k in range(old + new):
                seen = pads[b] <= k <= old + q
                assert (full[b, 0, q, k] == 0) == seen
                assert (sliding[b, 0, q, k] == 0) == (seen and old + q - k < window)
    assert set(np.unique(full)) <= {0, np.float32(HIDDEN)}


@hypothesis_settings(deadline=None)
@given(scores, st.floats(1.01, 3))
def test_a_penalty_never_makes_a_token_likelier(row: list[float], penalty: float) -> None:
    plain = choose(np.array(row), (), GREEDY, None)
    assert plain == int(np.argmax(row))
    punished = Settings(repeat_penalty=penalty)
    assert choose(np.array(row), (), punished, None) == plain, "nothing was said yet"
    everything = tuple(range(len(row)))
    best = choose(np.array(row), everything, punished, None)
    assert best == plain, "all are punished alike: the order stays"


@hypothesis_settings(deadline=None)
@given(scores, st.integers(1, 6), st.floats(0.05, 1), st.integers(0, 5))
def test_a_draw_stays_among_the_candidates(
    row: list[float], top_k: int, top_p: float, seed: int
) -> None:
    settings = Settings(temperature=1.0, top_k=top_k, top_p=top_p)
    token = choose(np.array(row), (), settings, np.random.default_rng(seed))
    assert token in sorted(range(len(row)), key=lambda i: -row[i])[:top_k]
    again = choose(np.array(row), (), settings, np.random.default_rng(seed))
    assert token == again
    sure = choose(np.array(row), (), Settings(temperature=1.0, top_k=1), np.random.default_rng(0))
    assert sure == int(np.argmax(row))


@pytest.mark.parametrize(
    "wrong",
    [{"max_tokens": 0}, {"temperature": -1}, {"repeat_penalty": 0}, {"top_k": 0}, {"top_p": 0}],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(KitError):
        Settings(**wrong)  # type: ignore[arg-type]


def _answer(*tokens: int, shift: float = 0.0) -> Generated:
    return Generated(
        tokens, tuple(-0.1 - shift for _ in tokens),
        tuple((t, 90, 91, 92, 93) for t in tokens), " ".join(map(str, tokens)), "stop",
    )  # fmt: skip


def _run(name: str, answers: list[Generated], right: list[bool]) -> engines.Run:
    ids = tuple(f"arith-{n}" for n in range(len(answers)))
    card = Card(created=now(), run=Run(outputs={}))
    return engines.Run(name, ids, tuple(answers), tuple(right), 1.0, card)


def test_a_comparison_has_the_values_that_a_hand_computes() -> None:
    a = _run("a", [_answer(1, 2, 3, 4), _answer(5, 6)], [True, False])
    b = _run("b", [_answer(1, 2, 9), _answer(5, 6, shift=0.3)], [False, False])
    found = engines.against(a, b)
    assert found.disagreement_rate == 0.5
    assert found.length_bias == -0.5
    assert found.length_magnitude == 0.5
    assert found.first_difference == 2
    assert found.first_difference_normalized == (2 / 4 + 1) / 2
    assert math.isclose(found.rmse_top1_logprob, math.sqrt(0.09 * 2 / 4))
    assert found.score.shift == -0.5
    assert (found.score.only_a, found.score.only_b) == (1, 0)
    assert engines.matrix([a, b]) == [[0.0, 0.5], [0.5, 0.0]]
    json.dumps(found.as_dict(), allow_nan=False)


def test_not_a_number_becomes_null_in_json() -> None:
    a, b = _run("a", [_answer(1)], [True]), _run("b", [_answer(2)], [True])
    data = engines.against(a, b).as_dict()
    assert data["rmse_top1_logprob"] is None
    json.dumps(data, allow_nan=False)


def test_runs_of_other_items_are_not_compared() -> None:
    a = _run("a", [_answer(1)], [True])
    b = _run("b", [_answer(1), _answer(2)], [True, True])
    with pytest.raises(KitError, match="answered other items"):
        engines.against(a, b)


def test_a_run_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    made = _run("vllm/defaults", [_answer(1, 2), _answer()], [True, False])
    path = engines.save(made, tmp_path / "new")
    assert path.name == "vllm-defaults.jsonl"
    assert engines.load(path) == made
    assert stackcard.read(path.with_suffix(".card.json")) == made.card
    path.write_text(path.read_text("utf-8")[:-20], "utf-8")
    with pytest.raises(KitError, match="is not a run of an engine"):
        engines.load(path)


def test_progress_in_a_terminal_is_a_line_per_engine(capsys: pytest.CaptureFixture[str]) -> None:
    from selfhost.engines.progress import Live

    live = Live()
    for label, done, total in [("converting", 0, 0), ("a", 1, 2), ("a", 2, 2), ("b", 1, 1)]:
        live(label, done, total)
    assert capsys.readouterr().out.splitlines() == ["converting", "a", "b"]


def test_progress_in_a_notebook_is_one_line_per_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    import IPython
    import IPython.display

    from selfhost.engines.progress import Live

    shown: list[list[str]] = []

    class Handle:
        def update(self, text: dict[str, str], raw: bool) -> None:
            assert raw
            shown[-1].append(text["text/plain"])

    class Shell:
        execution_count = 1

    def display(text: dict[str, str], raw: bool, display_id: bool) -> Handle:
        assert raw and display_id
        shown.append([text["text/plain"]])
        return Handle()

    shell = Shell()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    monkeypatch.setattr(IPython.display, "display", display)
    live = Live()
    live("a", 1, 2)
    live("a", 2, 2)
    shell.execution_count = 2
    live("b", 0, 0)
    assert shown == [["a: 1 of 2", "a: 2 of 2"], ["b ..."]]

"""Five real engines with the same weights: what they share, and what each must get right."""

from __future__ import annotations

import functools
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from selfhost import engines
from selfhost.determinism import compare
from selfhost.errors import KitError

IN_PROCESS = [name for name in engines.KNOWN if name != "transformers"]
EXACT = [
    "transformers/single", "transformers/sdpa", "llama.cpp/F32", "llama.cpp/F32/kv16",
    "llama.cpp/F16", "ctranslate2/float32", "onnxruntime", "openvino/f32",
]  # fmt: skip
pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(scope="module", params=IN_PROCESS)
def opened(request: pytest.FixtureRequest, store: Path):
    """Each engine and condition that can run here, loaded once."""
    known = engines.KNOWN[request.param]
    if known.missing:
        pytest.skip(f"{request.param} needs {', '.join(known.missing)}, which is not installed")
    with engines.open_engine(request.param) as engine:
        yield engine


def test_all_engines_agree_with_the_reference(
    opened: engines.Engine, prompts: list[engines.Prompt], reference: list[engines.Generated]
) -> None:
    made = opened.generate_all(prompts)
    pairs = [(a.steps, b.steps) for a, b in zip(reference, made, strict=True)]
    measured = compare.summary(pairs)
    if opened.name in EXACT:
        assert [a.tokens for a in made] == [a.tokens for a in reference]
        assert [a.finish for a in made] == [a.finish for a in reference]
        assert measured["rmse_top1_logprob"] < 2e-3
    assert measured["rmse_top1_logprob"] < 0.2, "another network than the reference's"
    assert measured["jaccard_top5"] > 0.5
    for answer in made:
        assert len(answer.tokens) == len(answer.logprobs) == len(answer.top5)
        assert all(len(set(top)) == 5 for top in answer.top5)
        assert all(p <= 1e-9 for p in answer.logprobs)
        assert not set(answer.tokens) & set(opened.source.stops)
        assert all(t == top[0] for t, top in zip(answer.tokens, answer.top5, strict=True)), "greedy"


def test_every_engine_repeats_itself_and_keeps_to_the_length(
    opened: engines.Engine, prompts: list[engines.Prompt]
) -> None:
    short = engines.Settings(max_tokens=3)
    alone = opened.generate(prompts[-1], short)
    assert opened.generate(prompts[-1].ids, short) == alone
    assert len(alone.tokens) == 3
    assert alone.finish == "length"
    assert alone.text == opened.source.decode(alone.tokens)


def test_company_in_the_batch_changes_no_text_here(
    opened: engines.Engine, prompts: list[engines.Prompt]
) -> None:
    short = engines.Settings(max_tokens=6)
    together = opened.generate_all(prompts, short)
    if opened.name in EXACT:
        alone = [opened.generate(prompt, short) for prompt in prompts]
        assert [a.tokens for a in together] == [a.tokens for a in alone]
    backwards = opened.generate_all(prompts[::-1], short)[::-1]
    assert [a.finish for a in backwards] == [a.finish for a in together]
    assert opened.generate_all([], short) == []


def test_every_engine_draws_by_its_seed(
    opened: engines.Engine, prompts: list[engines.Prompt]
) -> None:
    hot = engines.Settings(max_tokens=24, temperature=1.5, top_p=1.0, top_k=200, seed=1)
    first = opened.generate(prompts[-1], hot)
    assert opened.generate(prompts[-1], hot).tokens == first.tokens
    others = {opened.generate(prompts[-1], replace(hot, seed=n)).tokens for n in range(2, 6)}
    assert others - {first.tokens}, "five seeds, one answer: nothing was drawn"


def test_a_penalty_reaches_every_engine(
    opened: engines.Engine, prompts: list[engines.Prompt]
) -> None:
    # So strong that no token may come twice: any engine that ignored it would repeat some.
    asked = prompts[-2:]
    plain = opened.generate_all(asked, engines.Settings(max_tokens=32))
    wild = opened.generate_all(asked, engines.Settings(max_tokens=32, repeat_penalty=10.0))
    assert [a.tokens for a in plain] != [a.tokens for a in wild]


def test_every_engine_writes_a_card_that_tells_its_conditions(
    opened: engines.Engine, items: list[engines.Item]
) -> None:
    run = engines.run(opened, items[-1:], settings=engines.Settings(max_tokens=2))
    card = run.card
    assert card.engine.version not in ("unknown", "")
    assert len(card.model.sha256) == 64
    assert card.model.add_bos is False
    assert card.settings["temperature"].value == 0
    assert card.serving.api == "in process"
    assert card.run is not None
    assert set(card.run.outputs) == {items[-1].id}
    kinds = {"llama.cpp/Q8_0": "Q8_0", "llama.cpp/Q4_K_M": "Q4_K", "ctranslate2/int8": "I8",
             "transformers/bfloat16": "BF16", "llama.cpp/F16": "F16"}  # fmt: skip
    assert kinds.get(opened.name, "F32") in card.model.quantization


def test_engines_refuse_what_does_not_fit(opened: engines.Engine) -> None:
    with pytest.raises(KitError, match="do not fit into the context"):
        opened.generate([2] * 2040)
    with pytest.raises(KitError, match="without tokens"):
        opened.generate([])


@functools.cache
def beyond_the_window(prompt: tuple[int, ...]) -> engines.Generated:
    with engines.open_engine("transformers") as engine:
        return engine.generate(prompt, engines.Settings(max_tokens=4))


def test_a_long_prompt_is_read_by_all_through_the_sliding_window(
    opened: engines.Engine, source: engines.Source, reference: list[engines.Generated]
) -> None:
    # Longer than the window of 512 tokens: an engine that ignored it would see another context.
    text = "The fox walked through the forest and saw a bird. " * 60
    prompt = (source.bos, *source.encode(text))[:620]
    made = opened.generate(prompt, engines.Settings(max_tokens=4))
    assert made.steps
    wanted = beyond_the_window(prompt)
    # CTranslate2 reads a prompt beyond the window in pieces, with another result: see its module.
    if opened.name in EXACT and not opened.name.startswith("ctranslate2"):
        assert made.tokens == wanted.tokens
        assert math.isclose(made.logprobs[0], wanted.logprobs[0], abs_tol=5e-3)


def test_openvino_is_imported_without_its_telemetry(tmp_path: Path) -> None:
    """A fresh process with a home of its own: nothing is written there, the stub is in use."""
    code = (
        "import sys\n"
        "from selfhost.engines.telemetry import no_telemetry\n"
        "with no_telemetry():\n    import openvino\n"
        "tm = sys.modules['openvino.tools.ovc.telemetry_utils'].tm\n"
        "assert tm.__name__.endswith('telemetry_stub'), tm\n"
        "assert 'openvino_telemetry' not in sys.modules\n"
    )
    env = {**os.environ, "HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=env, timeout=120)
    assert not list(tmp_path.glob("intel*")) + list(tmp_path.glob("Intel*"))


def test_an_engine_that_is_not_there_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KitError, match="There is no engine 'abacus'"):
        engines.open_engine("abacus")
    monkeypatch.setattr("selfhost.engines.catalogue.util.find_spec", lambda _: None)
    with pytest.raises(KitError, match=r"llama\.cpp/Q4_K_M needs xllamacpp and llama-cpp-python"):
        engines.open_engine("llama.cpp/Q4_K_M")
    assert engines.available() == {}

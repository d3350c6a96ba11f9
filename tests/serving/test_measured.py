"""Engines, students, caches and drafts, on real models; no speed is asserted."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from selfhost import KitError, weights
from selfhost.apis.badday import BadDay
from selfhost.apis.call import Target
from selfhost.paths import shipped_models
from selfhost.serving import compat, heavy, pictures, reuse
from selfhost.serving import measure as module
from selfhost.serving.measure import ENGINES, Measured, measure, measure_endpoint
from selfhost.serving.roofline import Limit, Machine
from selfhost.serving.students import Round, Served, in_process, over_http, room
from tests.apis.test_probe import in_front
from tests.conftest import RunningServer

APRENDIZ = shipped_models() / "aprendiz" / "aprendiz-F16.gguf"
TURN = "<start_of_turn>user\n{}<end_of_turn>\n<start_of_turn>model\n"


@pytest.mark.parametrize("engine", ENGINES)
def test_measures_each_engine(engine: str) -> None:
    found = measure(engine, (1, 3), tokens=3, prompt=32, repeats=1)
    assert found.decode.keys() == {1, 3} and min(found.decode.values()) > 0
    assert found.prompt_per_second > 0 and found.memory > found.weights > 11_000_000
    assert found.per_student(3) == found.decode[3] / 3


def test_an_engine_that_fails_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no.gguf").write_bytes(b"GGUF, but not really")
    with pytest.raises(KitError, match=r"llama.cpp could not be measured: .*no.gguf|RuntimeError"):
        measure("llama.cpp", (1,), tokens=1, prompt=8, repeats=1, path=tmp_path / "no.gguf")
    with pytest.raises(KitError, match="no engine 'vllm' here"):
        measure("vllm")
    with pytest.raises(KitError, match=r"took longer than 0 s"):
        measure("llama.cpp", (1,), tokens=1, timeout=0.01)
    monkeypatch.setattr(module.util, "find_spec", lambda name: None)
    with pytest.raises(KitError, match="CTranslate2 is not installed"):
        measure("CTranslate2")


class _At:
    def __init__(self, server: RunningServer) -> None:
        self.openai_url, self.model, self.api_key = server.v1, server.model, "ollama"


def test_measures_an_endpoint(server: RunningServer) -> None:
    found = measure_endpoint(_At(server), (1, 2), tokens=4, repeats=1)
    assert found.decode.keys() == {1, 2} and found.prompt_per_second > 0
    impatient = measure_endpoint(_At(server), (1, 2), tokens=4, repeats=1, patience=0.0)
    assert impatient.decode.keys() == {1}
    wrong = _At(server)
    wrong.model = "no-such-model"
    with pytest.raises(KitError, match="The endpoint refused"):
        measure_endpoint(wrong, (1,), tokens=4)


def test_the_large_model_is_written_once_and_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFHOST_MODELS", str(tmp_path))
    path = heavy.path()
    written = path.stat().st_mtime_ns
    assert heavy.path() == path and path.stat().st_mtime_ns == written
    assert [p.name for p in path.parent.iterdir()] == [heavy.NAME]
    info = weights.read_gguf(path)
    matrices = sum(len(t.shape) > 1 for t in info.tensors)
    vectors = info.parameters - heavy.parameters()
    assert matrices == 1 + 7 * heavy.LAYERS and 0 < vectors < 40_000
    with in_process(path, 2, context=64) as ask:
        found = room(ask, [2, 3])
    assert [s.tokens for s in found.served] == [2, 3]


@pytest.mark.parametrize("together", [True, False])
def test_a_room_of_students(server: RunningServer, together: bool) -> None:
    with over_http(Target(server.v1, server.model), 4) as ask:
        found = room(ask, [5, 9, 3, 7], together=together)
    assert [s.student for s in found.served] == [0, 1, 2, 3]
    for served, limit in zip(found.served, [5, 9, 3, 7], strict=True):
        assert 1 <= served.tokens <= limit
        assert served.waited >= 0 and served.first <= served.last <= found.seconds
    if not together:  # nobody's words come between another one's
        spans = sorted((s.first, s.last) for s in found.served)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_a_refused_student_is_a_sentence(server: RunningServer) -> None:
    with (
        over_http(Target(server.v1, "no-such-model"), 1) as ask,
        pytest.raises(KitError, match="Student 0 was refused: model 'no-such-model' not found"),
    ):
        room(ask, [3])


def test_a_prefix_is_read_once_and_only_if_it_comes_first() -> None:
    rules = "The class is about open models. " * 12
    with reuse.engine(APRENDIZ, context=512) as llama:
        first = reuse.ask(llama, TURN.format(rules + "What is a token?"), 4)
        again = reuse.ask(llama, TURN.format(rules + "Why is the sky blue?"), 4)
        other = reuse.ask(llama, TURN.format("Why is the sky blue? " + rules), 4)
        never = reuse.ask(llama, TURN.format("Why is the sky blue? " + rules), 4, cache=False)
    assert first.cached == 0 and again.cached > 80 and other.cached < 10 and never.cached == 0
    assert again.prompt > again.cached and first.tokens == 4


def test_a_draft_never_changes_the_answer() -> None:
    q8 = APRENDIZ.with_name("aprendiz-Q8_0.gguf")
    answers = {}
    for draft in reuse.DRAFTS:
        with reuse.engine(APRENDIZ, context=512, draft=draft, draft_path=q8) as llama:
            answers[draft] = reuse.ask(llama, TURN.format("Tell me a story."), 40, cache=False)
    assert len({answer.text for answer in answers.values()}) == 1
    assert answers["a small model"].drafted >= answers["a small model"].taken > 0
    assert answers["none"].drafted == 0


def test_reuse_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="no draft 'magic'"), reuse.engine(APRENDIZ, draft="magic"):
        pass
    with pytest.raises(KitError, match="Which small model"), reuse.engine(
        APRENDIZ, draft="a small model"
    ):  # fmt: skip
        pass
    with pytest.raises(KitError, match="cannot load"), reuse.engine(tmp_path / "no.gguf"):
        pass


def test_our_endpoint_keeps_the_contract(server: RunningServer) -> None:
    rows = compat.check(Target(server.v1, server.model))
    assert {row.point: row.seen for row in rows if not row.holds} == {}
    assert [row.point for row in rows] == list(compat.POINTS)


def test_the_contract_test_sees_a_bad_server() -> None:
    with BadDay(["garbage"]) as day, pytest.raises(KitError, match="does not answer"):
        compat.check(Target("http://127.0.0.1:9/v1", "m"))
    with BadDay(["500"]) as day:
        rows = compat.check(Target(day.url, "m"))
    assert not any(row.holds for row in rows)
    assert any("HTTP 500" in row.seen for row in rows)


def test_the_contract_test_sees_what_a_server_drops(server: RunningServer) -> None:
    drops = ("stop", "response_format", "max_tokens", "stream_options")
    with in_front(server.v1, drops=drops) as url:
        rows = {row.point: row for row in compat.check(Target(url, server.model))}
    broken = {point for point, row in rows.items() if not row.holds}
    assert broken >= {"lists its models", "counts tokens, keeps max_tokens", "stops at a text",
                      "keeps a JSON schema"}  # fmt: skip
    assert rows["answers a chat"].holds and rows["serves several at once"].holds


def test_pictures_say_their_numbers() -> None:
    row = Measured("llama.cpp", 0, 0, 1, 1, 1.0, {1: 10.0, 2: 18.0})
    limit = Limit(Machine(100.0, 100.0), 10, 5)
    fig = pictures.scaling([row], {"limit": limit})
    assert fig.axes[0].get_xlabel() and "18 with 2" in pictures.scaling_words([row])
    served = (Served(0, 0.0, 0.1, 0.4, 4), Served(1, 0.0, 0.2, 0.3, 2))
    rounds = {"serial": Round(served, 0.4), "together": Round(served, 0.4)}
    assert len(pictures.timeline(rounds).axes) == 2
    assert "first words come after 100 to 200 ms" in pictures.timeline_words(rounds)
    assert rounds["serial"].throughput == 15 and served[0].speed == pytest.approx(10)

"""Asking patiently: a loopback server plays each fault, a real endpoint answers in between."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost.apis.badday import BadDay
from selfhost.apis.call import ApiTrouble, Target, ask, retry_after, said_by
from tests.conftest import RunningServer


def asked(day: BadDay, model: str = "aprendiz", **more: Any) -> Any:
    """One question with few tokens; waits are noted instead of slept."""
    more.setdefault("sleep", lambda _seconds: None)
    return ask(Target(day.url, model, "k"), "Hello!", max_tokens=3, **more)


@pytest.mark.parametrize("fault", ["429", "500", "503", "garbage", "empty", "drop"])
def test_one_fault_is_survived(server: RunningServer, fault: str) -> None:
    with BadDay([fault, "ok"], then=server.v1) as day:
        reply = asked(day)
    assert reply.text and day.seen == 2 and len(reply.attempts) == 1


def test_a_hang_is_survived(server: RunningServer) -> None:
    with BadDay(["hang", "ok"], then=server.v1) as day:
        reply = asked(day, timeout=2.0)
    assert reply.text and reply.attempts[0].status is None
    assert "did not answer within 2 s" in reply.attempts[0].what


@pytest.mark.parametrize(("fault", "said"), [
    ("429", "Too many requests, or the quota is used up (HTTP 429: Rate limit reached"),
    ("500", "The server has a fault of its own (HTTP 500: The server had an error"),
    ("garbage", "127.0.0.1 answered with something that is no chat answer."),
    ("empty", "127.0.0.1 answered with something that is no chat answer."),
    ("drop", "The connection to 127.0.0.1 broke"),
    ("hang", "127.0.0.1 did not answer within 0.2 s."),
])  # fmt: skip
def test_lasting_faults_end_in_one_sentence(fault: str, said: str) -> None:
    waits: list[float] = []
    with BadDay([fault]) as day, pytest.raises(ApiTrouble) as error:
        asked(day, tries=3, timeout=0.2, sleep=waits.append, chance=lambda: 1.0)
    assert error.value.message.startswith(said), error.value.message
    assert "(Asked 3 times.)" in error.value.message and "\n" not in str(error.value)
    assert day.seen == 3 and waits == [0.5, 1.0]


def test_a_wrong_key_is_not_tried_again() -> None:
    with BadDay(["401"]) as day, pytest.raises(ApiTrouble, match="key is missing or wrong") as e:
        asked(day)
    assert day.seen == 1 and "(Asked once.)" in str(e.value)


def test_a_refusal_is_not_tried_again(server: RunningServer) -> None:
    target = Target(server.v1, "no-such-model")
    with pytest.raises(ApiTrouble, match=r"no such model or path .HTTP 404: model 'no-such"):
        ask(target, "Hello!", sleep=lambda _s: pytest.fail("waited"))
    with pytest.raises(ApiTrouble, match="temperature") as error:
        ask(Target(server.v1, server.model), "Hello!", temperature="warm")
    assert error.value.attempts[0].status == 400


def test_the_servers_own_wait_counts(server: RunningServer) -> None:
    waits: list[float] = []
    with BadDay(["429", "ok"], then=server.v1, retry_after=3) as day:
        asked(day, sleep=waits.append)
    assert waits == [3.0]


def test_a_wait_of_an_hour_is_not_waited() -> None:
    with BadDay(["429"], retry_after=3600) as day, pytest.raises(ApiTrouble, match="3600 s, which"):
        asked(day, sleep=lambda _s: pytest.fail("waited"))


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ApiTrouble, match="Nothing answers at") as error:
        ask(Target(f"http://127.0.0.1:{port}/v1", "m"), "Hello!", tries=2, sleep=lambda _s: None)
    assert len(error.value.attempts) == 2


def test_both_apis_answer(server: RunningServer) -> None:
    assert ask(Target(server.v1, server.model), "Hello!", max_tokens=4).text
    assert ask(Target(server.url, server.model, api="ollama"), "Hello!", num_predict=4).text


@given(st.one_of(st.none(), st.text(max_size=30)))
def test_any_retry_after_is_survived(value: str | None) -> None:
    found = retry_after(value)
    assert found is None or found >= 0


def test_reads_a_date() -> None:
    assert retry_after("Wed, 21 Oct 2026 07:28:00 GMT", now=1792567670.0) == pytest.approx(10.0)
    assert retry_after("5") == 5.0 and retry_after("soon") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(
        st.sampled_from(["error", "message", "detail", "x"]), x, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(JSON)
def test_any_error_body_gives_one_line(data: Any) -> None:
    assert "\n" not in said_by(data) and len(said_by(data)) <= 200


def test_a_script_must_make_sense() -> None:
    with pytest.raises(ValueError, match="418"):
        BadDay(["418"])
    with pytest.raises(ValueError, match="then="):
        BadDay(["ok"])

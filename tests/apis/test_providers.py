"""The data file of providers, the request on paper, and what a call costs."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost import KitError
from selfhost.apis import Price, Usage, cost, provider, providers
from selfhost.apis.providers import _provider


def test_every_entry_says_where_it_was_read() -> None:
    assert {"local", "openrouter", "groq", "vllm"} <= providers().keys()
    for p in providers().values():
        assert p.base_url.startswith(("https://", "http://127.0.0.1")), p.id
        assert not p.base_url.endswith("/"), p.id
        assert p.needs_key == p.base_url.startswith("https://"), p.id
        assert all(s["read"] == "unknown" or s["read"].startswith("2026-") for s in p.sources)
        assert not set(p.sets) & set(p.refuses), p.id
        assert set(p.beyond) <= set(p.sets), p.id


def test_an_unknown_one_is_a_sentence() -> None:
    with pytest.raises(KitError, match="No provider 'grok'") as error:
        provider("grok")
    assert error.value.mend == "selfhost apis list"


@pytest.mark.parametrize(("change", "said"), [
    ({"price": {"kind": "cheap"}}, "price.kind"),
    ({"price": {"kind": "page", "source": "x"}}, "day it was read"),
    ({"sources": []}, "source"),
    ({"name": ...}, "name"),
])  # fmt: skip
def test_a_broken_entry_is_refused(change: dict, said: str) -> None:
    row = {
        "name": "x", "base_url": "https://x", "models": "/models", "example_model": "m",
        "where": "y", "price": {"kind": "free"},
        "sources": [{"url": "u", "says": "s", "read": "2026-11-21"}],
        **{key: [] for key in ("key_env", "sets", "beyond", "refuses", "notes", "hides")},
    }  # fmt: skip
    _provider("x", row)
    row.update(change)
    if ... in change.values():
        row.pop("name")
    with pytest.raises((ValueError, KeyError), match=said):
        _provider("x", row)


def test_the_request_on_paper_names_the_variable_and_never_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "very-secret")
    asked = provider("groq").request(None, "¿Qué es un token?", max_tokens=20)
    text = str(asked) + asked.curl()
    assert "very-secret" not in text and "Bearer $GROQ_API_KEY" in text
    assert asked.url == "https://api.groq.com/openai/v1/chat/completions"
    assert asked.body["messages"][0]["content"] == "¿Qué es un token?"


@pytest.mark.skipif(
    shutil.which("sh") is None, reason="there is no sh here: curl's quotes are bash's"
)
@given(question=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_the_curl_command_survives_the_shell(question: str) -> None:
    command = provider("local").request("m", question).curl()
    shown = command.replace("curl ", "printf '%s\\0' ", 1)
    done = subprocess.run(["sh", "-c", shown], capture_output=True, check=True)
    body = done.stdout.split(b"\0")[-2]
    assert json.loads(body)["messages"][0]["content"] == question


def test_reads_usage_of_both_apis() -> None:
    openai = {"usage": {"prompt_tokens": 9, "completion_tokens": 4,
                        "prompt_tokens_details": {"cached_tokens": 3}}}  # fmt: skip
    assert Usage.of(openai) == Usage(9, 4, 3)
    assert Usage.of({"eval_count": 4, "prompt_eval_count": 9}) == Usage(9, 4)
    assert Usage.of({"eval_count": 4}) == Usage(0, 4)  # Ollama leaves it out when all was cached
    with pytest.raises(ValueError, match="usage"):
        Usage.of({"choices": []})


def test_a_million_of_each_costs_what_the_list_says() -> None:
    price = Price(0.05, 0.08, "here", "2026-11-21")
    assert cost(Usage(10**6, 10**6), price) == pytest.approx(0.13)
    half = Price(1.0, 0.0, "here", "2026-11-21", cached=0.5)
    assert cost(Usage(10**6, 0, 10**6), half) == pytest.approx(0.5)


@given(
    st.lists(st.builds(Usage, *[st.integers(0, 10**6)] * 2), max_size=5),
    st.floats(0, 100), st.floats(0, 100),
)  # fmt: skip
def test_costs_add_up(calls: list[Usage], a: float, b: float) -> None:
    price = Price(a, b, "here", "2026-11-21")
    total = sum(calls, Usage(0, 0))
    assert cost(total, price) == pytest.approx(sum(cost(c, price) for c in calls), abs=1e-9)


def test_reads_a_price_of_openrouters_list() -> None:
    listed = {"id": "m", "pricing": {"prompt": "0.00000005", "completion": "0.0000001"}}
    price = Price.listed(listed, "openrouter.ai/api/v1/models", "2026-11-21")
    assert (price.prompt, price.completion) == pytest.approx((0.05, 0.1))
    for wrong in ({}, {"pricing": None}, {"pricing": {"prompt": "-1", "completion": "-1"}}):
        with pytest.raises(ValueError, match="price"):
            Price.listed(wrong, "x", "y")

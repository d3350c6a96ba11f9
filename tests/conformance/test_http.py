"""Raw HTTP: what browsers, desktop front ends and careless clients send."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.conformance.target import Target

CHAT = {"messages": [{"role": "user", "content": "What is the capital of France?"}]}


def test_root_says_ollama_is_running(target: Target) -> None:
    assert httpx.get(target.url + "/").text == "Ollama is running"
    head = httpx.head(target.url + "/")
    assert head.status_code == 200 and head.text == ""
    version = httpx.get(target.url + "/api/version").json()["version"]
    assert version[0].isdigit()


def test_ndjson_and_sse_content_types(target: Target) -> None:
    body = {**CHAT, "model": target.model, "options": {"num_predict": 4}}
    with httpx.stream("POST", target.url + "/api/chat", json=body, timeout=60) as answer:
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        lines = [json.loads(line) for line in answer.iter_lines() if line]
    assert lines[-1]["done"] is True
    body = {**CHAT, "model": target.model, "max_tokens": 4, "stream": True}
    with httpx.stream("POST", target.v1 + "/chat/completions", json=body, timeout=60) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = [line for line in answer.iter_lines() if line]
    assert events[-1] == "data: [DONE]"
    assert all(line.startswith("data: ") for line in events)


def test_streaming_is_the_default_on_api_and_not_on_v1(target: Target) -> None:
    on_api = httpx.post(target.url + "/api/chat", json={**CHAT, "model": target.model}, timeout=60)
    assert on_api.text.count("\n") > 1
    on_v1 = httpx.post(
        target.v1 + "/chat/completions",
        json={**CHAT, "model": target.model, "max_tokens": 8},
        timeout=60,
    )
    assert on_v1.json()["object"] == "chat.completion"


def test_name_for_model_null_options_and_unknown_fields(target: Target) -> None:
    shown = httpx.post(target.url + "/api/show", json={"name": target.model})
    assert shown.status_code == 200
    nulls = dict.fromkeys(("temperature", "top_k", "top_p", "seed", "stop", "num_ctx", "mirostat"))
    for options in (None, {}, nulls, {"no_such_option": 3}):
        answer = httpx.post(
            target.url + "/api/chat",
            json={
                **CHAT,
                "model": target.model,
                "stream": False,
                "options": options,
                "x": {"y": 1},
            },
            timeout=60,
        )
        assert answer.status_code == 200, (options, answer.text)


@pytest.mark.parametrize(
    "path", ["/api/chat", "/api/generate", "/api/show", "/api/embed", "/v1/chat/completions"]
)
def test_bad_bodies_are_400_or_404_in_each_apis_form(target: Target, path: str) -> None:
    for content, statuses in (
        (b"{not json", {400}),
        (b"[]", {400}),
        (b'"text"', {400}),
        (b"\xff\xfe", {400}),
        (b'{"model": 7}', {400}),
        (b'{"model": "no-such-model", "messages": [], "prompt": "x", "input": "x"}', {404, 400}),
    ):
        answer = httpx.post(
            target.url + path, content=content, headers={"content-type": "application/json"}
        )
        assert answer.status_code in statuses, (path, content, answer.status_code, answer.text)
        error = answer.json()["error"]
        if path.startswith("/v1"):
            assert error["message"] and error["type"]
        else:
            assert isinstance(error, str) and error


@pytest.mark.parametrize(
    "origin",
    [
        "tauri://localhost",
        "http://tauri.localhost",
        "https://tauri.localhost",
        "null",
        "http://localhost:3000",
        "http://127.0.0.1:8888",
    ],
)
def test_desktop_origins_are_let_in(ours: Target, origin: str) -> None:
    before = httpx.options(
        ours.v1 + "/chat/completions",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-api-key",
        },
    )
    assert before.status_code in {200, 204}
    assert before.headers["access-control-allow-origin"] in {origin, "*"}
    assert "authorization" in before.headers["access-control-allow-headers"].lower()
    after = httpx.get(ours.v1 + "/models", headers={"Origin": origin, "x-api-key": "ollama"})
    assert after.status_code == 200
    assert after.headers["access-control-allow-origin"] in {origin, "*"}


def test_an_oversized_body_is_refused_without_reading_it_all(ours: Target) -> None:
    for path in ("/api/chat", "/v1/chat/completions"):
        answer = httpx.post(
            ours.url + path, content=b"x" * (80 * 1024 * 1024), timeout=60,
            headers={"content-type": "application/json"},
        )  # fmt: skip
        assert answer.status_code == 413
        assert answer.json()["error"]


def test_five_hundred_streams_over_one_connection(ours: Target) -> None:
    with httpx.Client(timeout=60) as client:
        for turn in range(500):
            api, path = (ours.url, "/api/chat") if turn % 2 else (ours.v1, "/chat/completions")
            body = {**CHAT, "model": ours.model, "stream": True, "max_tokens": 3,
                    "options": {"num_predict": 3}}  # fmt: skip
            with client.stream("POST", api + path, json=body) as answer:
                assert answer.status_code == 200
                assert len(list(answer.iter_lines())) >= 2


def test_defaults_are_told_and_differ_between_the_apis(ours: Target) -> None:
    told = json.dumps(httpx.get(ours.url + "/selfhost/defaults").json())
    assert "0.8" in told and "temperature" in told
    body = {**CHAT, "model": ours.model, "stream": False, "options": {"num_predict": 2}}
    settings = httpx.post(ours.url + "/api/chat", json=body, timeout=60).json()["selfhost"][
        "settings"
    ]
    assert settings["temperature"] == 0.8 and settings["top_k"] == 40 and settings["top_p"] == 0.9
    assert settings["repeat_penalty"] == 1.0
    answer = httpx.post(
        ours.v1 + "/chat/completions",
        json={**CHAT, "model": ours.model, "max_tokens": 2},
        timeout=60,
    ).json()
    settings = answer["usage"]["selfhost"]["settings"]
    assert settings["temperature"] == 1.0 and settings["top_p"] == 1.0
    # The famous trap: a setting outside `options` is silently ignored by Ollama's API.
    ignored = httpx.post(
        ours.url + "/api/chat", json={**body, "temperature": 0.0, "seed": 5}, timeout=60
    ).json()["selfhost"]["settings"]
    assert ignored["temperature"] == 0.8

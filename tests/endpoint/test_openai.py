"""The OpenAI routes of a running server."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import httpx
import pytest

ASK = [{"role": "user", "content": "What is the capital of France?"}]


def chat(http: httpx.Client, **body: Any) -> httpx.Response:
    return http.post("/v1/chat/completions", json={"model": "aprendiz", "messages": ASK, **body})


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    lines = [line for line in answer.text.split("\n\n") if line]
    assert lines[-1] == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]


def test_stream_and_whole_answer_are_the_same(http: httpx.Client):
    whole = chat(http, temperature=0).json()
    text = whole["choices"][0]["message"]["content"]
    assert "Paris" in text
    assert whole["choices"][0]["finish_reason"] == "stop"
    streamed = events(
        chat(http, temperature=0, stream=True, stream_options={"include_usage": True})
    )
    assert streamed[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    said = [c["choices"][0]["delta"].get("content", "") for c in streamed if c["choices"]]
    assert "".join(said) == text
    assert streamed[-2]["choices"][0]["finish_reason"] == "stop"
    assert streamed[-1]["choices"] == []
    usage = streamed[-1]["usage"]
    assert usage["completion_tokens"] == whole["usage"]["completion_tokens"]
    assert usage["selfhost"]["settings"]["temperature"] == 0
    assert {c["id"] for c in streamed} == {streamed[0]["id"]}


def test_defaults_are_this_apis_own(http: httpx.Client):
    told = chat(http, max_tokens=1).json()["usage"]["selfhost"]
    assert (told["settings"]["temperature"], told["settings"]["top_p"]) == (1.0, 1.0)
    table = http.get("/selfhost/defaults").json()
    assert table["openai"]["sampling"]["temperature"] == 1.0
    assert table["ollama"]["sampling"]["temperature"] == 0.8
    assert table["ollama"]["sampling"]["repeat_penalty"] == 1.0


@pytest.mark.parametrize("streamed", [False, True])
def test_n_answers_with_their_own_seeds(http: httpx.Client, streamed: bool):
    body = {"n": 3, "seed": 5, "max_tokens": 30, "stream": streamed}
    answer = chat(http, messages=[{"role": "user", "content": "Tell me a story."}], **body)
    if streamed:
        texts = ["", "", ""]
        for event in events(answer):
            choice = event["choices"][0]
            texts[choice["index"]] += choice["delta"].get("content", "")
    else:
        choices = answer.json()["choices"]
        assert [c["index"] for c in choices] == [0, 1, 2]
        texts = [c["message"]["content"] for c in choices]
    assert all(texts)
    assert len(set(texts)) > 1


def test_logprobs_of_chat(http: httpx.Client):
    content = chat(http, temperature=0, logprobs=True, top_logprobs=2, max_tokens=2).json()
    entries = content["choices"][0]["logprobs"]["content"]
    assert len(entries) == 2
    assert bytes(entries[0]["bytes"]).decode() == entries[0]["token"]
    assert len(entries[0]["top_logprobs"]) == 2
    assert chat(http, max_tokens=1).json()["choices"][0]["logprobs"] is None
    streamed = events(chat(http, logprobs=True, max_tokens=2, stream=True))
    assert any(c["choices"][0]["logprobs"] for c in streamed if c["choices"])


def test_completions_echo_logprobs_and_several_prompts(http: httpx.Client):
    body = {"model": "aprendiz", "max_tokens": 4, "temperature": 0}
    answer = http.post(
        "/v1/completions",
        json={**body, "prompt": ["Once upon", "The sky is"], "logprobs": 1, "echo": True},
    ).json()
    assert [c["index"] for c in answer["choices"]] == [0, 1]
    assert answer["choices"][1]["text"].startswith("The sky is")
    logprobs = answer["choices"][0]["logprobs"]
    assert len(logprobs["tokens"]) == len(logprobs["token_logprobs"]) == 4
    assert logprobs["text_offset"][0] == 0
    by_ids = http.post("/v1/completions", json={**body, "prompt": [2, 5, 7]})
    assert by_ids.status_code == 200
    for prompt in ([], [[]], ["a", []], [1, "a"], {"a": 1}, 5):
        assert http.post("/v1/completions", json={**body, "prompt": prompt}).status_code == 400


def test_response_format(http: httpx.Client):
    schema = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    answer = chat(http, response_format=form, max_tokens=300, seed=1).json()["choices"][0]
    assert answer["message"]["content"].lstrip().startswith("[")
    if answer["finish_reason"] == "stop":
        assert len(json.loads(answer["message"]["content"])) == 2
    text = chat(http, response_format={"type": "json_object"}, max_tokens=5).json()
    assert text["choices"][0]["message"]["content"].lstrip().startswith("{")
    for wrong in (
        {"type": "xml"},
        {"type": "json_schema"},
        {"type": "json_schema", "json_schema": {"schema": {"type": "foo"}}},
        {"type": "json_schema", "json_schema": {"schema": {"type": "array", "minItems": 10**9}}},
    ):
        assert chat(http, response_format=wrong).status_code == 400


def test_embeddings_as_numbers_and_as_base64(http: httpx.Client):
    body = {"model": "aprendiz", "input": ["sky", "sea"]}
    numbers = http.post("/v1/embeddings", json=body).json()
    packed = http.post("/v1/embeddings", json={**body, "encoding_format": "base64"}).json()
    raw = base64.b64decode(packed["data"][1]["embedding"])
    assert struct.unpack(f"<{len(raw) // 4}f", raw) == pytest.approx(
        numbers["data"][1]["embedding"], abs=1e-6
    )
    assert numbers["usage"]["prompt_tokens"] >= 4
    for wrong in ("", [], [""], [[]], {"a": 1}, "word " * 20_000):
        answer = http.post("/v1/embeddings", json={**body, "input": wrong})
        assert answer.status_code == 400, wrong[:20]
        assert answer.json()["error"]["type"] == "invalid_request_error"


def test_models(http: httpx.Client):
    listed = http.get("/v1/models").json()
    assert listed["object"] == "list"
    assert "aprendiz:latest" in [model["id"] for model in listed["data"]]
    assert http.get("/v1/models/aprendiz").json()["id"] == "aprendiz"
    missing = http.get("/v1/models/some/where:x")
    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "model_not_found"


def test_a_prompt_that_does_not_fit_is_a_400_with_openais_code(http: httpx.Client):
    for stream in (False, True):
        long = [{"role": "user", "content": "word " * 20_000}]
        answer = chat(http, messages=long, stream=stream)
        assert answer.status_code == 400
        error = answer.json()["error"]
        assert error["code"] == "context_length_exceeded"
        assert "maximum context length is" in error["message"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": []},
        {"messages": "hi"},
        {"messages": [{"role": "robot", "content": "x"}]},
        {"messages": [{"role": "user", "content": 7}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        {"temperature": "hot"},
        {"temperature": 3},
        {"top_p": -1},
        {"n": 0},
        {"n": 1000},
        {"max_tokens": 0},
        {"top_logprobs": 99},
        {"logit_bias": {"word": 1}},
        {"tools": [{"type": "function"}]},
        {"stream": 1},
    ],
)
def test_wrong_requests_are_a_400_in_openais_form(http: httpx.Client, wrong: dict[str, Any]):
    answer = chat(http, **wrong)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"


def test_content_in_parts_and_foreign_fields_are_read(http: httpx.Client):
    parts = [
        {"type": "text", "text": "What is the capital "},
        {"type": "text", "text": "of France?"},
    ]
    answer = chat(
        http,
        messages=[
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": parts},
        ],
        temperature=0,
        top_k=1,
        user="me",
        store=None,
        metadata={"a": "b"},
        max_completion_tokens=20,
    )
    assert answer.status_code == 200
    assert answer.json()["usage"]["selfhost"]["settings"]["top_k"] == 1


def test_logit_bias_forbids_a_token(http: httpx.Client):
    body = {"model": "aprendiz", "prompt": "Once upon", "max_tokens": 1, "temperature": 0}
    first = http.post("/v1/completions", json={**body, "logprobs": 1}).json()["choices"][0]["text"]
    ids = http.post(
        "/api/generate", json={"model": "aprendiz", "prompt": first, "raw": False, "stream": False,
                               "template": "{{ .Prompt }}", "options": {"num_predict": 1}}
    ).json()["context"]  # fmt: skip
    answer = http.post("/v1/completions", json={**body, "logit_bias": {str(ids[1]): -100}}).json()
    assert answer["choices"][0]["text"] != first


def test_unknown_route_has_openais_form(http: httpx.Client):
    assert http.get("/v1/nope").json()["error"]["type"] == "not_found_error"
    assert http.get("/v1/chat/completions").status_code == 405

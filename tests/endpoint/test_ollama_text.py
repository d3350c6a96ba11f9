"""/api/generate and /api/chat of a running server."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

GREEDY = {"temperature": 0}


def generate(http: httpx.Client, **body: Any) -> httpx.Response:
    return http.post("/api/generate", json={"model": "aprendiz", "stream": False, **body})


def chat(http: httpx.Client, text: str, **body: Any) -> httpx.Response:
    messages = [{"role": "user", "content": text}]
    return http.post(
        "/api/chat", json={"model": "aprendiz", "stream": False, "messages": messages, **body}
    )


def test_stream_and_whole_answer_are_the_same(http: httpx.Client):
    whole = generate(http, prompt="What is the capital of France?", options=GREEDY).json()
    lines = [
        json.loads(line)
        for line in generate(
            http, prompt="What is the capital of France?", options=GREEDY, stream=True
        ).text.splitlines()
    ]
    assert "Paris" in whole["response"]
    assert "".join(line["response"] for line in lines) == whole["response"]
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    assert len(lines) == lines[-1]["eval_count"]  # a line per token, and one for the end
    for name in ("total_duration", "prompt_eval_duration", "eval_duration", "prompt_eval_count"):
        assert lines[-1][name] > 0


def test_the_answer_tells_what_was_in_force(http: httpx.Client):
    told = generate(http, prompt="Hi", options={"top_k": 3, "num_predict": 2}).json()["selfhost"]
    assert told["settings"]["top_k"] == 3
    assert told["origin"]["top_k"] == "request"
    assert told["settings"]["top_p"] == 0.9
    assert told["settings"]["repeat_penalty"] == 1.0
    assert told["engine"]["package"] == "xllamacpp"
    assert len(told["model"]["digest"]) == 64


def test_the_seed_that_is_told_gives_the_answer_again(http: httpx.Client):
    body = {"prompt": "Tell me a story.", "reproducible": True, "options": {"num_predict": 40}}
    first = generate(http, **body, raw=True).json()
    body["options"] = {"num_predict": 40, "seed": first["selfhost"]["settings"]["seed"]}
    assert generate(http, **body, raw=True).json()["response"] == first["response"]
    body["options"] = {"num_predict": 40, "seed": 12345}
    assert generate(http, **body, raw=True).json()["response"] != first["response"]


def test_raw_skips_the_template(http: httpx.Client):
    plain = generate(http, prompt="Once upon a time", raw=True, options={"num_predict": 3}).json()
    wrapped = generate(http, prompt="Once upon a time", options={"num_predict": 3}).json()
    assert wrapped["prompt_eval_count"] > plain["prompt_eval_count"]
    assert "context" not in plain
    assert generate(http, prompt="x", raw=True, system="y").status_code == 400


def test_context_carries_the_conversation_on(http: httpx.Client):
    first = generate(http, prompt="Hello!", options=GREEDY).json()
    second = generate(http, prompt="Bye.", context=first["context"], options=GREEDY).json()
    # The engine puts one beginning-of-sequence token, not two.
    assert second["context"][: len(first["context"])] == first["context"]
    assert second["context"].count(first["context"][0]) == 1
    assert second["prompt_eval_count"] > len(first["context"])


def test_system_and_template_of_the_request_count(http: httpx.Client):
    bare = generate(http, prompt="Hi", options={"num_predict": 1}).json()
    with_system = generate(http, prompt="Hi", system="Be brief.", options={"num_predict": 1}).json()
    assert with_system["prompt_eval_count"] > bare["prompt_eval_count"]
    templated = generate(
        http, prompt="Hi", template="{{ .Prompt }}", options={"num_predict": 1}
    ).json()
    assert templated["prompt_eval_count"] < bare["prompt_eval_count"]
    broken = generate(http, prompt="Hi", template="{{ if .Prompt }}")
    assert broken.status_code == 400
    assert "template" in broken.json()["error"]


def test_format_schema_and_json(http: httpx.Client):
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "big": {"type": "boolean"}},
        "required": ["city", "big"],
    }
    answer = chat(http, "Paris?", format=schema, options={"num_predict": 200, "seed": 1}).json()
    if answer["done_reason"] == "stop":
        assert set(json.loads(answer["message"]["content"])) == {"city", "big"}
    assert answer["message"]["content"].lstrip().startswith("{")
    assert generate(http, prompt="x", format="xml").status_code == 400
    impossible = {"type": "object", "properties": {"a": {"type": "string", "pattern": "(("}}}
    refused = generate(http, prompt="x", format=impossible)
    assert refused.status_code == 400
    assert "schema" in refused.json()["error"]


def test_logprobs(http: httpx.Client):
    answer = generate(
        http,
        prompt="What is the capital of France?",
        options={**GREEDY, "num_predict": 3},
        logprobs=True,
        top_logprobs=2,
    ).json()
    assert len(answer["logprobs"]) == 3
    for entry in answer["logprobs"]:
        assert entry["logprob"] <= 0
        assert len(entry["top_logprobs"]) == 2
        assert entry["top_logprobs"][0]["token"] == entry["token"]  # greedy
    assert generate(http, prompt="x", logprobs=True, top_logprobs=21).status_code == 400


def test_load_and_unload(http: httpx.Client):
    loaded = http.post("/api/generate", json={"model": "aprendiz:q8_0"}).json()
    assert (loaded["done"], loaded["done_reason"]) == (True, "load")
    names = [m["name"] for m in http.get("/api/ps").json()["models"]]
    assert "aprendiz:q8_0" in names
    freed = http.post("/api/chat", json={"model": "aprendiz:q8_0", "messages": [], "keep_alive": 0})
    assert freed.json()["done_reason"] == "unload"
    names = [m["name"] for m in http.get("/api/ps").json()["models"]]
    assert "aprendiz:q8_0" not in names


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "does not support tools"),
        ({"think": True}, '"aprendiz" does not support thinking'),
        ({"messages": [{"role": "user", "content": "?", "images": ["aGk="]}]}, "support vision"),
    ],
)
def test_what_the_model_cannot_do_is_refused_in_ollamas_words(
    http: httpx.Client, extra: dict[str, Any], says: str
):
    answer = chat(http, "Hi", **extra)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert set(answer.json()) == {"error"}


def test_suffix_is_refused(http: httpx.Client):
    answer = generate(http, prompt="def f(", suffix="return")
    assert answer.status_code == 400
    assert answer.json()["error"].endswith("does not support insert")


def test_think_false_and_empty_tools_are_fine(http: httpx.Client):
    answer = chat(http, "Hi", think=False, tools=[], options={"num_predict": 2})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"model": 1},
        {"model": "aprendiz", "prompt": 5},
        {"model": "aprendiz", "prompt": "x", "options": {"temperature": "0.8"}},
        {"model": "aprendiz", "prompt": "x", "options": {"temperature": -1}},
        {"model": "aprendiz", "prompt": "x", "options": {"num_predict": 1.5}},
        {"model": "aprendiz", "prompt": "x", "options": []},
        {"model": "aprendiz", "prompt": "x", "stream": "no"},
        {"model": "aprendiz", "prompt": "x", "keep_alive": "soon"},
        {"prompt": "x"},
    ],
)
def test_wrong_types_are_a_400(http: httpx.Client, body: dict[str, Any]):
    answer = http.post("/api/generate", json=body)
    assert answer.status_code == 400, answer.text
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize("content", [b"", b"   ", b"{", b"[]", b'"x"', b'{"model": "\xff"}'])
def test_a_body_that_is_no_object_is_a_400(http: httpx.Client, content: bytes):
    for path in ("/api/generate", "/api/chat", "/api/show", "/api/embed", "/api/create"):
        assert http.post(path, content=content).status_code == 400


def test_whole_numbers_may_be_written_as_floats(http: httpx.Client):
    answer = generate(http, prompt="x", options={"num_predict": 2.0, "num_ctx": None, "foo": 1})
    assert answer.status_code == 200
    assert answer.json()["eval_count"] <= 2


def test_what_curl_sends_as_a_form_is_read(http: httpx.Client):
    answer = http.post(
        "/api/generate",
        content=b'{"model":"aprendiz","prompt":"Hi","stream":false,"options":{"num_predict":1}}',
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 200


def test_unknown_model_and_unknown_route(http: httpx.Client):
    for path in ("/api/generate", "/api/chat", "/api/show", "/api/embed", "/api/embeddings"):
        answer = http.post(path, json={"model": "nope", "prompt": "x", "messages": []})
        assert (answer.status_code, answer.json()) == (404, {"error": "model 'nope' not found"})
    assert http.get("/api/nope").status_code == 404
    assert http.get("/api/chat").status_code == 405


def test_num_ctx_and_num_predict_bound_the_answer(http: httpx.Client):
    answer = generate(http, prompt="Tell me a story.", options={"num_ctx": 24, "seed": 1}).json()
    assert answer["selfhost"]["settings"]["num_ctx"] == 24
    assert answer["prompt_eval_count"] + answer["eval_count"] <= 24
    assert answer["done_reason"] in ("length", "stop")


def test_a_long_chat_is_cut_and_truncate_false_refuses(http: httpx.Client):
    many = [
        {"role": ("user", "assistant")[i % 2], "content": f"{i} " + "word " * 400}
        for i in range(40)
    ]
    many.append({"role": "user", "content": "What is the capital of France?"})
    body = {"model": "aprendiz", "messages": many, "stream": False, "options": {"num_predict": 20}}
    answer = http.post("/api/chat", json=body)
    assert answer.status_code == 200
    limit = answer.json()["selfhost"]["settings"]["num_ctx"]
    assert limit / 2 < answer.json()["prompt_eval_count"] < limit
    refused = http.post("/api/chat", json={**body, "truncate": False})
    assert refused.status_code == 400
    assert "context length" in refused.json()["error"]


def test_a_long_prompt_is_cut(http: httpx.Client):
    long = "word " * 20_000
    answer = generate(http, prompt=long, raw=True, options={"num_predict": 2})
    assert answer.status_code == 200
    assert generate(http, prompt=long, raw=True, truncate=False).status_code == 400


def test_legacy_and_new_embeddings_agree(http: httpx.Client):
    new = http.post("/api/embed", json={"model": "aprendiz", "input": ["sky", "sea"]}).json()
    old = http.post("/api/embeddings", json={"model": "aprendiz", "prompt": "sky"}).json()
    assert new["embeddings"][0] == pytest.approx(old["embedding"], abs=1e-5)
    assert sum(x * x for x in new["embeddings"][1]) == pytest.approx(1, abs=1e-4)
    short = http.post("/api/embed", json={"model": "aprendiz", "input": "sky", "dimensions": 8})
    assert len(short.json()["embeddings"][0]) == 8
    empty = http.post("/api/embed", json={"model": "aprendiz", "input": []}).json()
    assert empty["embeddings"] == []
    assert http.post("/api/embed", json={"model": "aprendiz", "input": [1]}).status_code == 400

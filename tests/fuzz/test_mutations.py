"""Two thousand broken requests: an error is an answer, never a 500, a hang or a crash.

Mutations are drawn from a seeded generator, so that a failure can be repeated: the message names
the number of the body that broke the server.
"""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import httpx
import pytest

MESSAGES = [{"role": "user", "content": "What is the capital of France?"}]
VALID: list[tuple[str, dict[str, Any]]] = [
    ("/api/chat", {"messages": MESSAGES, "stream": False, "options": {"num_predict": 2}}),
    ("/api/chat", {"messages": MESSAGES, "stream": True, "options": {"num_predict": 2}}),
    ("/api/generate", {"prompt": "Hello", "stream": False, "options": {"num_predict": 2}}),
    ("/api/generate", {"prompt": "Hello", "raw": True, "format": "json", "stream": False,
                       "options": {"num_predict": 2, "stop": ["a"], "seed": 1}}),
    ("/api/embed", {"input": ["Hello", "Hola"], "truncate": True}),
    ("/api/embeddings", {"prompt": "Hello"}),
    ("/api/show", {"verbose": True}),
    ("/api/copy", {"source": "no-such-model", "destination": "copy-of-nothing"}),
    ("/api/create", {"from": "no-such-model", "system": "x", "parameters": {"temperature": 1}}),
    ("/v1/chat/completions", {"messages": MESSAGES, "max_tokens": 2, "temperature": 0.5, "n": 1,
                              "logprobs": True, "top_logprobs": 2, "seed": 1, "stop": ["x"]}),
    ("/v1/chat/completions", {"messages": MESSAGES, "max_tokens": 2, "stream": True,
                              "stream_options": {"include_usage": True}}),
    ("/v1/completions", {"prompt": "Hello", "max_tokens": 2, "echo": False}),
    ("/v1/embeddings", {"input": "Hello", "encoding_format": "base64"}),
]  # fmt: skip
ODD: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 1e308, -1e-308, 0.5, "", " ", "NaN",
    "a" * 5000, "\u0000", "\ud83d\ude00", "ñ", "<start_of_turn>", "../../etc/passwd", "${x}",
    [], {}, [[]], [None], {"a": {"b": {"c": []}}}, [1, "two", None], ["x"] * 300, "true",
    "aprendiz:latest", {"type": "object"}, {"$ref": "#/nowhere"},
    {"type": "json_schema", "json_schema": {"schema": {"type": 7}}},
    {"type": "string", "pattern": "(((("},
]  # fmt: skip
FIELDS = [
    "x", "options", "messages", "model", "format", "images", "tools", "keep_alive", "template",
    "context", "suffix", "think", "response_format", "logit_bias", "tool_choice",
]  # fmt: skip
# Numbers that would only make the model work long are kept small: a long answer is no fault.
LONG = {"num_predict", "max_tokens", "max_completion_tokens", "n", "best_of"}


def _paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, inner in items:
        found += _paths(inner, (*here, key))
    return found


def _mutate(body: dict[str, Any], draw: random.Random) -> bytes:
    body = json.loads(json.dumps(body))
    for _ in range(draw.randint(1, 3)):
        paths = _paths(body)
        path = draw.choice(paths) if paths else ("model",)
        holder: Any = body
        for key in path[:-1]:
            holder = holder[key]
        kind = draw.randrange(4)
        value = copy.deepcopy(draw.choice(ODD))
        if path[-1] in LONG and isinstance(value, (int, float)) and not isinstance(value, bool):
            value = draw.choice([0, 1, 3, -5, 2.5])
        if kind == 0 and isinstance(holder, dict):
            holder[draw.choice(FIELDS)] = value
        elif kind == 1 and isinstance(holder, dict) and len(holder) > 1:
            holder.pop(path[-1], None)
        else:
            holder[path[-1]] = value
    text = json.dumps(body).encode()
    if draw.random() < 0.15:  # and now and then the bytes themselves
        text = bytearray(text)
        for _ in range(draw.randint(1, 4)):
            where = draw.randrange(len(text))
            text[where : where + draw.randint(0, 2)] = bytes(
                draw.randrange(256) for _ in range(draw.randint(0, 3))
            )
        text = bytes(text)
    return text


@pytest.mark.parametrize("block", range(4))
def test_mutated_bodies_never_break_the_server(server: Any, block: int) -> None:
    draw = random.Random(f"mutations-{block}")
    seen: dict[int, int] = {}
    with httpx.Client(timeout=60) as client:
        for number in range(500):
            path, valid = draw.choice(VALID)
            content = _mutate({"model": server.model, **valid}, draw)
            name = f"body {number} of block {block}: POST {path} {content[:400]!r}"
            try:
                answer = client.post(
                    server.url + path, content=content, headers={"content-type": "application/json"}
                )
            except httpx.HTTPError as error:
                pytest.fail(f"{name} gave {error!r}")
            seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
            assert answer.status_code < 500, f"{name} gave {answer.status_code} {answer.text[:300]}"
            if answer.status_code >= 400:
                assert "error" in answer.json(), name
        # The server still answers, and the mutations were not all refused at the door.
        body = {
            "model": server.model,
            "messages": MESSAGES,
            "stream": False,
            "options": {"num_predict": 4},
        }
        assert client.post(server.url + "/api/chat", json=body).status_code == 200
    assert seen.get(200, 0) > 25 and seen.get(400, 0) > 100, seen

"""The endpoint through the `openai` client."""

from __future__ import annotations

import json

import openai
import pytest
from openai import OpenAI

from tests.conformance.target import Target

CAPITAL = [{"role": "user", "content": "What is the capital of France?"}]


@pytest.fixture()
def client(target: Target) -> OpenAI:
    return OpenAI(base_url=target.v1, api_key="ollama", max_retries=0)


def test_models(client: OpenAI, target: Target) -> None:
    ids = [m.id for m in client.models.list().data]
    assert any(i.removesuffix(":latest") == target.model for i in ids)
    model = client.models.retrieve(ids[0])
    assert model.id == ids[0] and model.object == "model"


def test_unknown_model_is_404(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as error:
        client.models.retrieve("no-such-model")
    assert error.value.status_code == 404
    with pytest.raises(openai.NotFoundError) as error2:
        client.chat.completions.create(model="no-such-model", messages=CAPITAL)  # type: ignore[arg-type]
    assert "no-such-model" in str(error2.value)


def test_chat(client: OpenAI, target: Target) -> None:
    answer = client.chat.completions.create(
        model=target.model, messages=CAPITAL, temperature=0, max_tokens=24, seed=3  # type: ignore[arg-type]
    )  # fmt: skip
    choice = answer.choices[0]
    assert answer.object == "chat.completion" and answer.id and answer.created
    assert choice.message.role == "assistant"
    assert "Paris" in (choice.message.content or "")
    assert choice.finish_reason in {"stop", "length"}
    assert answer.usage and answer.usage.completion_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_stream_with_usage(client: OpenAI, target: Target) -> None:
    chunks = list(
        client.chat.completions.create(
            model=target.model, messages=CAPITAL, temperature=0, max_tokens=24,  # type: ignore[arg-type]
            stream=True, stream_options={"include_usage": True},
        )
    )  # fmt: skip
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert "Paris" in text
    assert len({c.id for c in chunks}) == 1
    assert chunks[-1].choices == [] and chunks[-1].usage
    assert all(c.usage is None for c in chunks[:-1])
    finish = [c.choices[0].finish_reason for c in chunks if c.choices]
    assert finish[-1] in {"stop", "length"} and set(finish[:-1]) <= {None}


def test_stream_without_usage_has_no_empty_choices(client: OpenAI, target: Target) -> None:
    stream = client.chat.completions.create(
        model=target.model, messages=CAPITAL, temperature=0, max_tokens=8, stream=True  # type: ignore[arg-type]
    )  # fmt: skip
    assert all(len(chunk.choices) == 1 for chunk in stream)


def test_max_tokens_and_max_completion_tokens(client: OpenAI, target: Target) -> None:
    for name in ("max_tokens", "max_completion_tokens"):
        answer = client.chat.completions.create(
            model=target.model,
            messages=[{"role": "user", "content": "Tell me a story about a cat."}],
            temperature=0,
            **{name: 5},  # type: ignore[call-overload]
        )
        assert answer.usage.completion_tokens == 5
        assert answer.choices[0].finish_reason == "length"


def test_stop(client: OpenAI, target: Target) -> None:
    for stop in ("Paris", ["Paris", "zzz"]):
        answer = client.chat.completions.create(
            model=target.model, messages=CAPITAL, temperature=0, max_tokens=24, stop=stop  # type: ignore[arg-type]
        )  # fmt: skip
        assert "Paris" not in (answer.choices[0].message.content or "")
        assert answer.choices[0].finish_reason == "stop"


def test_n_gives_n_choices(client: OpenAI, ours: Target) -> None:
    answer = client.chat.completions.create(
        model=ours.model,
        messages=[{"role": "user", "content": "Tell me a story about a dog."}],
        temperature=1,
        n=3,
        max_tokens=30,
    )
    assert [c.index for c in answer.choices] == [0, 1, 2]
    assert len({c.message.content for c in answer.choices}) > 1


def test_logprobs(client: OpenAI, target: Target) -> None:
    answer = client.chat.completions.create(
        model=target.model, messages=CAPITAL, temperature=0, max_tokens=8,  # type: ignore[arg-type]
        logprobs=True, top_logprobs=5,
    )  # fmt: skip
    content = answer.choices[0].logprobs.content  # type: ignore[union-attr]
    assert content
    for item in content:
        assert item.logprob <= 1e-6
        assert len(item.top_logprobs) == 5
        assert item.top_logprobs[0].logprob >= item.top_logprobs[-1].logprob
    # Greedy decoding takes the most likely token each time.
    assert all(item.token == item.top_logprobs[0].token for item in content)


def test_response_format_schema(client: OpenAI, target: Target) -> None:
    schema = {
        "type": "object",
        "properties": {
            "city": {"enum": ["Paris", "Rome"]},
            "n": {"type": "integer", "maximum": 9, "minimum": 0},
        },
        "required": ["city", "n"],
        "additionalProperties": False,
    }
    answer = client.chat.completions.create(
        model=target.model, messages=CAPITAL, temperature=0, max_tokens=80,  # type: ignore[arg-type]
        response_format={"type": "json_schema", "json_schema": {"name": "c", "schema": schema}},
    )  # fmt: skip
    data = json.loads(answer.choices[0].message.content or "")
    assert data["city"] in {"Paris", "Rome"} and isinstance(data["n"], int)


def test_completions(client: OpenAI, target: Target) -> None:
    answer = client.completions.create(
        model=target.model, prompt="The capital of France is", temperature=0, max_tokens=6
    )
    assert answer.object == "text_completion" and answer.choices[0].text
    parts = client.completions.create(
        model=target.model, prompt="The capital of France is", temperature=0, max_tokens=6,
        stream=True,
    )  # fmt: skip
    assert "".join(p.choices[0].text for p in parts if p.choices) == answer.choices[0].text


def test_embeddings_float_and_base64_are_the_same(client: OpenAI, target: Target) -> None:
    plain = client.embeddings.create(
        model=target.model, input=["The cat sleeps.", "Hola"], encoding_format="float"
    )
    packed = client.embeddings.create(model=target.model, input=["The cat sleeps.", "Hola"])
    assert [d.index for d in plain.data] == [0, 1]
    for a, b in zip(plain.data, packed.data, strict=True):
        assert a.embedding == pytest.approx(b.embedding, abs=1e-4)
    assert plain.usage.prompt_tokens > 0


def test_a_prompt_over_the_context_is_a_clear_400(client: OpenAI, ours: Target) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        client.chat.completions.create(
            model=ours.model, messages=[{"role": "user", "content": "cat " * 20_000}]
        )
    assert error.value.code == "context_length_exceeded"
    assert "context" in str(error.value)


def test_wrong_types_are_400(client: OpenAI, target: Target) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        client.chat.completions.create(
            model=target.model, messages=CAPITAL, temperature="hot"  # type: ignore[arg-type]
        )  # fmt: skip
    assert error.value.type == "invalid_request_error"


def test_unknown_fields_and_nulls_are_tolerated(client: OpenAI, target: Target) -> None:
    answer = client.chat.completions.create(
        model=target.model, messages=CAPITAL, max_tokens=8, temperature=None, top_p=None,  # type: ignore[arg-type]
        extra_body={"repeat_penalty": 1.1, "top_k": 1, "colour": "blue", "seed": None},
    )  # fmt: skip
    assert answer.choices[0].message.content

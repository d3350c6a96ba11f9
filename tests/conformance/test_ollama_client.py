"""The endpoint through the `ollama` client, as students use it."""

from __future__ import annotations

import json
from typing import Any

import ollama
import pytest

from tests.conformance.target import Target

CAPITAL = [{"role": "user", "content": "What is the capital of France?"}]
GREEDY = {"temperature": 0, "top_k": 1, "seed": 7, "num_predict": 24}


@pytest.fixture()
def client(target: Target) -> ollama.Client:
    return ollama.Client(host=target.url)


def test_list_names_the_model(client: ollama.Client, target: Target) -> None:
    models = client.list().models
    assert target.model in {m.model for m in models} | {
        m.model.removesuffix(":latest") for m in models
    }  # type: ignore[union-attr]
    for model in models:
        assert model.size and model.size > 0
        assert model.digest and model.modified_at
        assert model.details and model.details.format == "gguf"
        assert model.details.family and model.details.parameter_size
        assert model.details.quantization_level


def test_show_describes_the_file(client: ollama.Client, target: Target) -> None:
    shown = client.show(target.model)
    assert shown.modelinfo and shown.modelinfo["general.architecture"] == "gemma3"
    assert shown.details and shown.details.family == "gemma3"
    assert shown.template
    assert shown.capabilities and "completion" in shown.capabilities
    assert shown.license


def test_show_of_an_unknown_model_is_404(client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError) as error:
        client.show("no-such-model")
    assert error.value.status_code == 404
    assert "no-such-model" in error.value.error and "not found" in error.value.error


def test_chat_returns_text_and_counts(client: ollama.Client, target: Target) -> None:
    answer = client.chat(model=target.model, messages=CAPITAL, options=GREEDY)
    assert answer.message.role == "assistant"
    assert answer.message.content and "Paris" in answer.message.content
    assert answer.done and answer.done_reason in {"stop", "length"}
    assert answer.model and answer.created_at
    assert answer.prompt_eval_count and answer.prompt_eval_count > 3
    assert answer.eval_count and 0 < answer.eval_count <= 25
    for field in ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration"):
        assert isinstance(getattr(answer, field), int), field
    assert answer.total_duration >= answer.eval_duration  # type: ignore[operator]


def test_stream_is_the_same_answer_in_pieces(client: ollama.Client, target: Target) -> None:
    whole = client.chat(model=target.model, messages=CAPITAL, options=GREEDY).message.content
    parts = list(client.chat(model=target.model, messages=CAPITAL, options=GREEDY, stream=True))
    assert "".join(p.message.content or "" for p in parts) == whole
    assert [p.done for p in parts] == [False] * (len(parts) - 1) + [True]
    assert len(parts) > 3
    last = parts[-1]
    assert last.done_reason and last.eval_count and last.total_duration


def test_generate_raw_continues_the_text_itself(client: ollama.Client, target: Target) -> None:
    question = "What is the capital of France?"
    text = f"<start_of_turn>user\n{question}<end_of_turn>\n<start_of_turn>model\n"
    raw = client.generate(model=target.model, prompt=text, raw=True, options=GREEDY)
    chat = client.generate(
        model=target.model, prompt="What is the capital of France?", options=GREEDY
    )
    assert raw.response.strip() == chat.response.strip()
    assert chat.done and chat.context


def test_generate_with_system(client: ollama.Client, target: Target) -> None:
    a = client.generate(
        model=target.model, prompt="What is 2 + 2?", system="Answer with just the number.",
        options=GREEDY,
    )  # fmt: skip
    b = client.chat(
        model=target.model,
        messages=[
            {"role": "system", "content": "Answer with just the number."},
            {"role": "user", "content": "What is 2 + 2?"},
        ],
        options=GREEDY,
    )
    assert a.response == b.message.content
    assert a.prompt_eval_count == b.prompt_eval_count


def test_an_empty_prompt_loads_and_keep_alive_0_unloads(
    client: ollama.Client, target: Target
) -> None:
    loaded = client.generate(model=target.model, prompt="")
    assert loaded.done and loaded.done_reason == "load" and loaded.response == ""
    names = {m.model for m in client.ps().models}
    assert any(n and n.split(":")[0] == target.model.split(":")[0] for n in names)
    gone = client.generate(model=target.model, prompt="", keep_alive=0)
    assert gone.done_reason == "unload"
    again = client.chat(model=target.model, messages=CAPITAL, options=GREEDY)
    assert again.message.content


def test_ps_tells_what_is_loaded(client: ollama.Client, target: Target) -> None:
    client.generate(model=target.model, prompt="Hi", options={"num_predict": 1}, keep_alive="5m")
    entry = next(m for m in client.ps().models if m.model and target.model.split(":")[0] in m.model)
    assert entry.expires_at and entry.size and entry.size > 0
    assert entry.context_length and entry.context_length > 0


def test_num_predict_is_obeyed(client: ollama.Client, target: Target) -> None:
    answer = client.generate(
        model=target.model, prompt="Tell me a story about a cat.",
        options={**GREEDY, "num_predict": 5},
    )  # fmt: skip
    assert answer.eval_count == 5
    assert answer.done_reason == "length"


def test_stop_ends_before_the_word(client: ollama.Client, target: Target) -> None:
    answer = client.chat(
        model=target.model, messages=CAPITAL, options={**GREEDY, "stop": ["Paris"]}
    )
    assert "Paris" not in (answer.message.content or "")
    assert answer.done_reason == "stop"


def test_same_seed_same_text_and_other_seed_other_text(
    client: ollama.Client, target: Target
) -> None:
    def story(seed: int) -> str:
        options = {"temperature": 1.0, "seed": seed, "num_predict": 40}
        return client.generate(
            model=target.model, prompt="Tell me a story about a dog.", options=options
        ).response

    texts = {seed: story(seed) for seed in range(6)}
    assert len(set(texts.values())) > 1


def test_format_json_is_json(client: ollama.Client, target: Target) -> None:
    answer = client.chat(
        model=target.model,
        messages=[{"role": "user", "content": "Give me a JSON object about Paris."}],
        format="json",
        options={**GREEDY, "num_predict": 120, "stop": []},
    )
    # A small model may run into the length limit: what it wrote must still begin as an object.
    text = (answer.message.content or "").strip()
    assert text.startswith(("{", "["))
    if answer.done_reason == "stop":
        json.loads(text)


def test_format_schema_is_obeyed(client: ollama.Client, target: Target) -> None:
    schema = {
        "type": "object",
        "properties": {"answer": {"enum": ["yes", "no"]}, "sure": {"type": "boolean"}},
        "required": ["answer", "sure"],
        "additionalProperties": False,
    }
    answer = client.chat(
        model=target.model,
        messages=[{"role": "user", "content": "Is Paris a city?"}],
        format=schema,
        options={**GREEDY, "num_predict": 60},
    )
    data: dict[str, Any] = json.loads(answer.message.content or "")
    assert data["answer"] in {"yes", "no"} and isinstance(data["sure"], bool)


def test_logprobs(client: ollama.Client, target: Target) -> None:
    answer = client.chat(
        model=target.model, messages=CAPITAL, options=GREEDY, logprobs=True, top_logprobs=3
    )
    assert answer.logprobs
    for item in answer.logprobs:
        assert item.logprob <= 1e-6
        assert item.top_logprobs and 1 <= len(item.top_logprobs) <= 3
    assert (
        ""
        .join(i.token for i in answer.logprobs)
        .strip()
        .startswith((answer.message.content or "")[:10].strip())
    )


def test_embed(client: ollama.Client, target: Target) -> None:
    one = client.embed(model=target.model, input="The cat sleeps.")
    two = client.embed(model=target.model, input=["The cat sleeps.", "Openness has six classes."])
    assert len(one.embeddings) == 1 and len(two.embeddings) == 2
    assert len(one.embeddings[0]) == len(two.embeddings[1]) > 8
    assert one.embeddings[0] == pytest.approx(two.embeddings[0], abs=1e-3)
    assert sum(x * x for x in one.embeddings[0]) == pytest.approx(1.0, abs=1e-3)
    old = client.embeddings(model=target.model, prompt="The cat sleeps.")
    assert len(old.embedding) == len(one.embeddings[0])


def test_create_copy_delete(client: ollama.Client, target: Target) -> None:
    status = client.create(
        model="pirate-conformance", from_=target.model, system="Answer with just the number.",
        parameters={"temperature": 0, "num_predict": 4},
    )  # fmt: skip
    assert status.status == "success"
    try:
        shown = client.show("pirate-conformance")
        assert "num_predict" in (shown.parameters or "")
        answer = client.chat(
            model="pirate-conformance", messages=[{"role": "user", "content": "Tell me a story."}]
        )
        assert answer.eval_count and answer.eval_count <= 4
        client.copy("pirate-conformance", "pirate-copy")
        assert client.show("pirate-copy").parameters == shown.parameters
    finally:
        for name in ("pirate-conformance", "pirate-copy"):
            client.delete(name)
    with pytest.raises(ollama.ResponseError) as error:
        client.show("pirate-copy")
    assert error.value.status_code == 404


def test_tools_and_images_are_refused_where_the_model_has_none(
    client: ollama.Client, ours: Target
) -> None:
    tool = {
        "type": "function",
        "function": {"name": "add", "description": "adds", "parameters": {"type": "object"}},
    }
    with pytest.raises(ollama.ResponseError, match="does not support tools") as error:
        client.chat(model=ours.model, messages=CAPITAL, tools=[tool])
    assert error.value.status_code == 400
    pixel = (  # a PNG of one pixel
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
        "awAAAABJRU5ErkJggg=="
    )
    with pytest.raises(ollama.ResponseError) as error:
        client.chat(
            model=ours.model, messages=[{"role": "user", "content": "See?", "images": [pixel]}]
        )
    assert error.value.status_code == 400


def test_a_chat_longer_than_the_context_still_answers(
    client: ollama.Client, target: Target
) -> None:
    filler = "The cat sleeps in the house. " * 60
    messages = [{"role": "system", "content": "You are brief."}]
    for _ in range(20):
        messages += [
            {"role": "user", "content": filler},
            {"role": "assistant", "content": "Yes."},
        ]
    answer = client.chat(
        model=target.model, messages=[*messages, *CAPITAL],
        options={**GREEDY, "num_ctx": 1024},
    )  # fmt: skip
    assert answer.message.content
    assert answer.prompt_eval_count and answer.prompt_eval_count <= 4096


def test_repeated_system_prompt_is_not_lost(client: ollama.Client, target: Target) -> None:
    with_system = client.chat(
        model=target.model,
        messages=[{"role": "system", "content": "Answer with just the number."}, *CAPITAL],
        options=GREEDY,
    )
    without = client.chat(model=target.model, messages=CAPITAL, options=GREEDY)
    assert with_system.prompt_eval_count > without.prompt_eval_count  # type: ignore[operator]

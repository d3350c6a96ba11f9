"""The endpoint through LangChain and LiteLLM, offline."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conformance.target import Target

QUESTION = "What is the capital of France?"


def test_langchain_ollama(target: Target) -> None:
    from langchain_ollama import ChatOllama, OllamaEmbeddings

    chat = ChatOllama(model=target.model, base_url=target.url, temperature=0, num_predict=24)
    assert "Paris" in str(chat.invoke(QUESTION).content)
    assert "Paris" in "".join(str(c.content) for c in chat.stream(QUESTION))
    vectors = OllamaEmbeddings(model=target.model, base_url=target.url).embed_documents(["a", "b"])
    assert len(vectors) == 2 and len(vectors[0]) == len(vectors[1])


def test_langchain_openai(target: Target) -> None:
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings

    chat = ChatOpenAI(
        model=target.model, base_url=target.v1, api_key="ollama", temperature=0, max_tokens=24  # type: ignore[call-arg, arg-type]
    )  # fmt: skip
    reply = chat.invoke(QUESTION)
    assert "Paris" in str(reply.content)
    assert reply.usage_metadata and reply.usage_metadata["output_tokens"] > 0  # type: ignore[attr-defined]
    assert "Paris" in "".join(str(c.content) for c in chat.stream(QUESTION))
    embedder = OpenAIEmbeddings(
        model=target.model, base_url=target.v1, api_key="ollama", check_embedding_ctx_length=False  # type: ignore[call-arg, arg-type]
    )  # fmt: skip
    assert len(embedder.embed_query("a cat")) > 8


@pytest.mark.parametrize("provider", ["ollama_chat", "openai"])
def test_litellm(target: Target, provider: str, litellm_python: str) -> None:
    base = target.v1 if provider == "openai" else target.url
    script = Path(__file__).with_name("litellm_client.py")
    done = subprocess.run(
        [litellm_python, str(script), provider, target.model, base, QUESTION],
        capture_output=True, text=True, encoding="utf-8", timeout=120,
        env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert "Paris" in told["whole"] and "Paris" in told["stream"]
    assert told["tokens"] > 0 and told["pieces"] > 1
    assert "no-such-model" in told["refused"]

"""The engine behind the routes: templates as llama.cpp renders them, tokens, cancelling."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from selfhost import weights
from selfhost.server import prompt
from selfhost.server.engine import EngineConfig, EngineError
from selfhost.server.xllama import XllamaEngine
from tests.conftest import run_async
from tests.endpoint.conftest import APRENDIZ


@pytest.fixture(scope="module")
def engine() -> Iterator[XllamaEngine]:
    made = XllamaEngine(EngineConfig(APRENDIZ, 512, 2, 1))
    yield made
    made.close()


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "user", "content": "Why is the sky blue?"}],
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": " Hola, ñ! "}],
        [
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b"},
            {"role": "user", "content": "{{ c }} <x> & 'q'"},
        ],
    ],
)
def test_templates_are_rendered_as_llama_cpp_does(
    engine: XllamaEngine, messages: list[prompt.Message]
):
    template = weights.read_gguf(APRENDIZ).metadata["tokenizer.chat_template"]
    ours = prompt.render_chat(template, messages, bos="<bos>", eos="<eos>")
    assert ours == run_async(engine.apply_template(messages))


def test_tokens_and_back(engine: XllamaEngine):
    async def both() -> tuple[list[int], str]:
        tokens = await engine.tokenize("El cielo es azul", special=False)
        return tokens, await engine.detokenize(tokens)

    tokens, text = run_async(both())
    assert len(tokens) > 2
    assert text == "El cielo es azul"


def test_closing_the_stream_stops_the_engine(engine: XllamaEngine):
    payload = {"prompt": "Once upon a time", "n_predict": 400, "ignore_eos": True}

    async def one(limit: int) -> int:
        stream = engine.generate(payload)
        seen = 0
        async for batch in stream:
            seen += len(batch)
            if seen >= limit:
                break
        await stream.aclose()
        return seen

    async def many() -> list[int]:
        # Eight at once on two slots: they only end if closed streams give theirs back.
        return await asyncio.gather(*[one(3) for _ in range(8)])

    assert all(seen < 400 for seen in run_async(asyncio.wait_for(many(), 60)))


def test_errors_come_before_the_first_piece(engine: XllamaEngine):
    async def ask(prompt_: str) -> None:
        async for _ in engine.generate({"prompt": prompt_, "n_predict": 1}):
            pass

    with pytest.raises(EngineError) as caught:
        run_async(ask("word " * 2000))
    assert caught.value.kind == "exceed_context_size_error"
    assert caught.value.data["n_prompt_tokens"] > 512


def test_a_file_that_is_no_model_is_an_engine_error(tmp_path):
    path = tmp_path / "x.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 500)
    with pytest.raises(EngineError):
        XllamaEngine(EngineConfig(path, 512, 1, 1))

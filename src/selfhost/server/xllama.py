"""llama.cpp in this process, through `xllamacpp`.

`xllamacpp` holds a whole llama-server: continuous batching, grammar, log-probabilities. It is
called in process, since its own HTTP server now and then drops streams on kept-alive
connections. Only tokenizing has no Python call; that goes over its loopback port, one short
request per connection, behind a random key that nobody else has.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import orjson

from selfhost.server.engine import EngineConfig, EngineError, Mailbox, Piece

# llama.cpp keeps some process-wide state while a model is set up or taken down.
_SETUP = threading.Lock()


class XllamaEngine:
    """One model in llama.cpp. The constructor loads it and blocks meanwhile.

    Raises `EngineError` when llama.cpp cannot load the file.
    """

    def __init__(self, config: EngineConfig) -> None:
        import xllamacpp

        self.config = config
        self._key = secrets.token_hex(16)
        params = _params(xllamacpp, config, self._key)
        with _SETUP:
            try:
                self._server = xllamacpp.Server(params)
            except (RuntimeError, ValueError) as error:
                raise EngineError(
                    f"llama.cpp cannot load {config.path.name}: {error}", 500
                ) from error
            self._address = urlsplit(self._server.listening_address)
        self._pool = ThreadPoolExecutor(config.parallel + 1, thread_name_prefix="engine")

    async def generate(self, payload: dict[str, Any]) -> AsyncIterator[list[Piece]]:
        """See `Engine.generate`. Raises `EngineError` before the first piece or in between."""
        loop = asyncio.get_running_loop()
        mailbox = Mailbox(loop)
        full = {**payload, "stream": True, "cache_prompt": self.config.cache_prompt}
        # llama.cpp then calls back after each batch of the prompt as well, so that a client who
        # hangs up during a long prompt is noticed. A short one is read before anybody could.
        full["return_progress"] = len(payload["prompt"]) > 512
        body = orjson.dumps(full).decode()
        failure: list[BaseException] = []
        server, push, close = self._server, mailbox.push, mailbox.close

        def work() -> None:
            try:
                if not mailbox.cancelled:
                    server.handle_completions(body, push)
            except BaseException as error:  # it must reach the reader, whatever it is
                failure.append(error)
            finally:
                close()

        self._pool.submit(work)
        try:
            begun = False
            while items := await mailbox.take(pace=begun):
                pieces = [piece for item in items if (piece := _piece(item)) is not None]
                if pieces:
                    begun = True
                    yield pieces
            if failure:
                raise EngineError(str(failure[0]), 500)
        finally:
            mailbox.cancelled = True

    async def tokenize(self, text: str, *, special: bool = True) -> list[int]:
        """See `Engine.tokenize`."""
        body = {"content": text, "add_special": special, "parse_special": True}
        return list((await self._post("/tokenize", body))["tokens"])

    async def detokenize(self, tokens: list[int]) -> str:
        """See `Engine.detokenize`."""
        return str((await self._post("/detokenize", {"tokens": tokens}))["content"])

    async def apply_template(self, messages: list[dict[str, Any]]) -> str:
        """llama.cpp's own rendering of the model's template, to compare ours with."""
        return str((await self._post("/apply-template", {"messages": messages}))["prompt"])

    async def embed(self, inputs: list[Any]) -> list[tuple[list[float], int]]:
        """See `Engine.embed`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._embed, inputs)

    def _embed(self, inputs: list[Any]) -> list[tuple[list[float], int]]:
        found = []
        for each in inputs:  # one by one: the reply counts tokens for the whole request only
            reply = orjson.loads(
                self._server.handle_embeddings(orjson.dumps({"input": each}).decode())
            )
            if "error" in reply:
                raise _error(reply["error"])
            found.append((reply["data"][0]["embedding"], int(reply["usage"]["prompt_tokens"])))
        return found

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        data = orjson.dumps(body)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
            "Connection: close\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        try:
            writer.write(head.encode() + data)
            answer = await reader.read()
        finally:
            writer.close()
        reply = orjson.loads(answer.partition(b"\r\n\r\n")[2])
        if "error" in reply:
            raise _error(reply["error"])
        return reply

    def close(self) -> None:
        """See `Engine.close`."""
        self._pool.shutdown(wait=True)
        with _SETUP:
            del self._server


def _params(xllamacpp: Any, config: EngineConfig, key: str) -> Any:
    params = xllamacpp.CommonParams()
    params.model.path = str(config.path)
    params.n_parallel = config.parallel
    params.n_ctx = config.n_ctx * config.parallel  # llama.cpp divides it among the slots
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = config.threads
    params.verbosity = -1
    params.fit_params = False  # no trial load to fit a GPU
    params.warmup = False
    params.endpoint_slots = False
    params.ui = False
    params.api_keys = [key]
    params.n_threads_http = 2
    params.cache_ram_mib = 0  # no second prompt cache of gigabytes beside the slots' own
    if not config.cache_prompt:
        params.n_ctx_checkpoints = 0
    params.n_batch = params.n_ubatch = config.batch
    if config.adapters:
        params.lora_adapters = [
            xllamacpp.CommonAdapterLoraInfo(str(path), 1.0) for path in config.adapters
        ]
    if config.embedding:
        params.embedding = True
        params.pooling_type = (
            xllamacpp.llama_pooling_type(config.pooling)
            if config.pooling
            else xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
        )
    return params


def _piece(item: str) -> Piece | None:
    """Read one callback; None for a mere progress report. Raises `EngineError`."""
    data = orjson.loads(item)
    choices = data.get("choices")
    if choices is None:
        raise _error(data.get("error", data))
    choice = choices[0]
    finish = choice.get("finish_reason")
    if finish is None:
        logprobs = choice.get("logprobs")
        text = choice["text"]
        if not text and logprobs is None:
            return None
        return Piece(text, logprobs["content"] if logprobs else None)
    usage, timings = data.get("usage", {}), data.get("timings", {})
    return Piece(
        choice["text"],
        None,
        finish,
        {
            "prompt_tokens": usage.get("prompt_tokens", 0),
            "completion_tokens": usage.get("completion_tokens", 0),
            "cached_tokens": timings.get("cache_n", 0),
            "prompt_ms": timings.get("prompt_ms", 0.0),
            "predicted_ms": timings.get("predicted_ms", 0.0),
        },
    )


def _error(error: Any) -> EngineError:
    if not isinstance(error, dict):
        return EngineError(str(error), 500)
    data = {key: error[key] for key in ("n_prompt_tokens", "n_ctx") if key in error}
    return EngineError(
        str(error.get("message", error)),
        int(error.get("code", 500)),
        str(error.get("type", "")),
        **data,
    )

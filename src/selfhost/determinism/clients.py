"""Ask an endpoint for one generation, with everything it tells about it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from selfhost.errors import KitError

_TO_OPENAI = {"num_predict": "max_tokens"}
_FILLER = "Tell me a long story about {} cats and a {} dog."


@dataclass(frozen=True)
class Generation:
    """One answer. `tokens` are texts (the APIs give no ids), `logprobs` in nats.

    `top5[t]` are the likeliest tokens at step t, most likely first. `in_force` are the settings
    the server says it used, or None where it tells nothing. `seconds` is wall-clock time.
    """

    text: str
    tokens: list[str]
    logprobs: list[float]
    top5: list[list[str]]
    finish: str
    seconds: float
    in_force: dict[str, Any] | None = field(default=None)


class HttpClient:
    """Generations through Ollama's API, or OpenAI's where `api` says so."""

    def __init__(
        self, url: str, model: str, *, api: str = "ollama", key: str = "ollama",
        timeout: float = 300.0,
    ) -> None:  # fmt: skip
        self.model, self.api = model, api
        self._http = httpx.Client(
            base_url=url, timeout=timeout, headers={"Authorization": f"Bearer {key}"}
        )

    @classmethod
    def of(cls, at: Any, api: str | None = None) -> HttpClient:
        """For an `Endpoint`; Ollama's API where it speaks that one, since it has more options."""
        chosen = api or ("ollama" if "ollama" in at.apis else "openai")
        return cls(at.ollama_url, at.model, api=chosen, key=at.api_key)

    def ask(
        self,
        prompt: str,
        options: Mapping[str, Any],
        *,
        system: str | None = None,
        extra: Mapping[str, Any] | None = None,
        reproducible: bool = False,
    ) -> Generation:
        """One answer. Raises httpx.HTTPError when the endpoint is gone, KitError on a refusal."""
        path, body = self._request(prompt, options, system, extra or {})
        headers = {"X-Selfhost-Reproducible": "1"} if reproducible else {}
        started = time.perf_counter()
        answer = self._http.post(path, json=body, headers=headers)
        seconds = time.perf_counter() - started
        if answer.status_code >= 500:
            answer.raise_for_status()
        try:
            data = answer.json()
        except ValueError:
            raise KitError(f"The endpoint's answer to {path} is no JSON.") from None
        if answer.status_code != 200:
            raise KitError(f"The endpoint refused the request: {data.get('error', data)}.")
        return _from_ollama(data, seconds) if self.api == "ollama" else _from_openai(data, seconds)

    def _request(
        self, prompt: str, options: Mapping[str, Any], system: str | None, extra: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        messages = [{"role": "system", "content": system}] if system else []
        messages.append({"role": "user", "content": prompt})
        body = {"model": self.model, "messages": messages, "logprobs": True, "top_logprobs": 5}
        if self.api == "ollama":
            return "/api/chat", {**body, "stream": False, "options": dict(options), **extra}
        renamed = {_TO_OPENAI.get(name, name): value for name, value in options.items()}
        return "/v1/chat/completions", {**body, **renamed, **extra}

    @contextmanager
    def neighbours(self, count: int) -> Iterator[None]:
        """Keep `count` other answers running until the block ends.

        Returns when each has sent its first token: only then do they share the engine's batch.
        """
        stop = threading.Event()
        with ExitStack() as stack:
            for number in range(count):
                started = threading.Event()
                thread = threading.Thread(
                    target=self._keep_busy, args=(number, started, stop), daemon=True
                )
                thread.start()
                stack.callback(thread.join)
                started.wait(60)
            stack.callback(stop.set)
            yield

    def _keep_busy(self, number: int, started: threading.Event, stop: threading.Event) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            text = _FILLER.format(number + 2, turn)
            path, body = self._request(text, {"num_predict": 400, "temperature": 1.0}, None, {})
            body = {**body, "stream": True, "logprobs": False}
            body.pop("top_logprobs")
            try:
                with self._http.stream("POST", path, json=body) as answer:
                    for _ in answer.iter_lines():
                        started.set()
                        if stop.is_set():
                            break
            except httpx.HTTPError:
                started.set()
                return  # the measured request will report that the endpoint is gone

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _entries(items: list[dict[str, Any]] | None) -> tuple[list[str], list[float], list[list[str]]]:
    tokens, logprobs, top5 = [], [], []
    for item in items or []:
        tokens.append(str(item["token"]))
        logprobs.append(float(item["logprob"]))
        top5.append([str(other["token"]) for other in item.get("top_logprobs") or []])
    return tokens, logprobs, top5


def _from_ollama(data: dict[str, Any], seconds: float) -> Generation:
    message = data.get("message") or {}
    told = (data.get("selfhost") or {}).get("settings")
    return Generation(
        str(message.get("content", "")), *_entries(data.get("logprobs")),
        str(data.get("done_reason", "")), seconds, told,
    )  # fmt: skip


def _from_openai(data: dict[str, Any], seconds: float) -> Generation:
    choice = data["choices"][0]
    told = ((data.get("usage") or {}).get("selfhost") or {}).get("settings")
    logprobs = (choice.get("logprobs") or {}).get("content")
    return Generation(
        str(choice["message"].get("content") or ""), *_entries(logprobs),
        str(choice.get("finish_reason", "")), seconds, told,
    )  # fmt: skip

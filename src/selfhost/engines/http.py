"""An engine behind HTTP: the embedded endpoint, Ollama, vLLM, SGLang, LMDeploy, llama-server.

It gets messages, not token ids: the template and the BOS are the server's. With `pinned` every
setting is sent; without, none but the length, and the server's defaults are in force.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import httpx

from selfhost.determinism.clients import Generation, HttpClient
from selfhost.engines.base import GREEDY, Engine, Generated, Progress, Prompt, Settings, silent
from selfhost.engines.source import Source
from selfhost.errors import KitError
from selfhost.stackcard.card import Card
from selfhost.stackcard.card import Engine as EnginePart

# Not in OpenAI's API, and understood by the servers that can be hosted oneself.
_EXTRAS = ("top_k", "min_p", "repeat_penalty", "repetition_penalty")


class Http(Engine):
    """`at`: an `Endpoint`. Tokens come as texts; those of the source's tokenizer get its ids.

    Other texts (of another model) get negative numbers, the same text always the same one, so
    that two endpoints can be compared with each other.
    """

    def __init__(self, at: Any, source: Source, *, pinned: bool = True, name: str = "") -> None:
        self.at, self.source, self.pinned = at, source, pinned
        self.name = name or f"endpoint/{'pinned' if pinned else 'defaults'}"
        self._client = HttpClient.of(at)
        self._extras = True

    def options(self, settings: Settings) -> dict[str, Any]:
        """What is sent, in Ollama's names."""
        if not self.pinned:
            return {"num_predict": settings.max_tokens}
        sent: dict[str, Any] = {
            "num_predict": settings.max_tokens, "temperature": settings.temperature,
            "top_k": 1 if settings.temperature == 0 else settings.top_k,
            "top_p": settings.top_p, "min_p": 0.0, "seed": settings.seed,
            "repeat_penalty": settings.repeat_penalty, "presence_penalty": 0.0,
            "frequency_penalty": 0.0,
        }  # fmt: skip
        if self._client.api == "openai":
            sent["repetition_penalty"] = sent["repeat_penalty"]
            if not self._extras:
                sent = {name: value for name, value in sent.items() if name not in _EXTRAS}
        return sent

    def generate_all(
        self, prompts: Sequence[Prompt], settings: Settings = GREEDY,
        progress: Progress = silent,
    ) -> list[Generated]:  # fmt: skip
        found: list[Generated] = []
        try:
            for prompt in prompts:
                found.append(self._generated(self._ask(prompt, settings), settings))
                progress(self.name, len(found), len(prompts))
        except httpx.HTTPError as error:
            raise KitError(
                f"{self.name} stopped answering after {len(found)} of {len(prompts)} prompts "
                f"({error}).",
                "start it again and repeat",
            ) from error
        return found

    def _ask(self, prompt: Prompt, settings: Settings) -> Generation:
        if not prompt.messages or prompt.messages[-1]["role"] != "user":
            raise KitError(f"{self.name} takes messages, not token ids.")
        system = next((m["content"] for m in prompt.messages if m["role"] == "system"), None)
        asked = {"system": system, "reproducible": self.pinned}
        text = prompt.messages[-1]["content"]
        try:
            return self._client.ask(text, self.options(settings), **asked)  # type: ignore[arg-type]
        except KitError:
            if self._client.api != "openai" or not self.pinned or not self._extras:
                raise
            self._extras = False  # a strict server: what it does not know cannot be pinned there
            return self._client.ask(text, self.options(settings), **asked)  # type: ignore[arg-type]

    def _generated(self, made: Generation, settings: Settings) -> Generated:
        tokens = list(made.tokens)
        while tokens and (tokens[-1] == "" or self._id(tokens[-1]) in self.source.stops):
            tokens.pop()  # the token that ended the answer, where a server tells it
        if not tokens and made.text:  # a server that tells no log-probabilities
            ids = self.source.encode(made.text)
            return Generated(ids, (math.nan,) * len(ids), ((),) * len(ids), made.text, made.finish)
        return Generated(
            tuple(self._id(token) for token in tokens),
            tuple(made.logprobs[: len(tokens)]),
            tuple(tuple(self._id(t) for t in top[:5]) for top in made.top5[: len(tokens)]),
            made.text,
            made.finish or ("stop" if len(tokens) < settings.max_tokens else "length"),
        )

    def _id(self, piece: str) -> int:
        known = self.source.pieces.get(piece)
        return known if known is not None else _FOREIGN.setdefault(piece, -1 - len(_FOREIGN))

    def card(self, settings: Settings) -> Card:
        """What the server tells about itself."""
        from selfhost import stackcard

        return stackcard.collect(self.at, asked=self.options(settings), reproducible=self.pinned)

    def about(self) -> EnginePart:
        return self.card(Settings(max_tokens=1)).engine

    def close(self) -> None:
        self._client.close()


_FOREIGN: dict[str, int] = {}


def given(address: str) -> Any:
    """The `Endpoint` behind `URL` or `URL#MODEL`: Ollama's API where it speaks it, else OpenAI's.

    Without a model's name, the first one that the server lists. A key is read from
    `SELFHOST_API_KEY`. Raises `KitError`.
    """
    import os

    from selfhost.endpoint.handle import Endpoint, ModelFacts

    url, _, model = address.partition("#")
    url = url.rstrip("/").removesuffix("/v1")
    key = os.environ.get("SELFHOST_API_KEY") or "ollama"
    try:
        with httpx.Client(timeout=10, headers={"Authorization": f"Bearer {key}"}) as http:
            version = http.get(f"{url}/api/version")
            ollama = version.status_code == 200 and "version" in version.text
            if not model:
                model = _first(http, url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise KitError(f"No model server answers at {url} ({error}).") from error
    apis = ("ollama", "openai") if ollama else ("openai",)
    return Endpoint(
        kind="given", url=url, facts=ModelFacts(model), engine="given server", apis=apis,
        api_key=key,
    )  # fmt: skip


def _first(http: httpx.Client, url: str) -> str:
    answer = http.get(f"{url}/v1/models")
    try:
        return str(answer.json()["data"][0]["id"])
    except (ValueError, KeyError, IndexError, TypeError):
        raise KitError(f"{url} lists no models.", "name one: --engine NAME=URL#MODEL") from None

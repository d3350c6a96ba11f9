"""Does an endpoint keep the contract that the course's programs rely on? A list of small tests.

For vLLM on a GPU server, a hosted API, or whatever calls itself compatible with OpenAI's API.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from selfhost.apis.call import Target, said_by, text_of
from selfhost.errors import KitError


@dataclass(frozen=True)
class Checked:
    """One point of the contract: does it hold, and what was seen."""

    point: str
    holds: bool
    seen: str


class _Not(Exception):
    """The point does not hold; the text says what was seen."""


class _Asker:
    def __init__(self, target: Target, timeout: float) -> None:
        self.target = target
        self.http = httpx.Client(timeout=timeout, headers=target.headers())

    def post(self, **fields: Any) -> httpx.Response:
        body = {
            "model": self.target.model, "max_tokens": 24,
            "messages": [{"role": "user", "content": "Tell me a story."}], **fields,
        }  # fmt: skip
        return self.http.post(self.target.chat, json=body)

    def chat(self, **fields: Any) -> dict[str, Any]:
        answer = self.post(**fields)
        try:
            data = answer.json()
        except ValueError:
            raise _Not(f"HTTP {answer.status_code}, no JSON") from None
        if answer.status_code != 200:
            raise _Not(f"HTTP {answer.status_code}: {said_by(data)}")
        return dict(data)


def _models(ask: _Asker) -> str:
    data = ask.http.get(f"{ask.target.url}/models").json()
    names = [model["id"] for model in data["data"]]
    short = ask.target.model.removesuffix(":latest")
    if not any(name.removesuffix(":latest") == short for name in names):
        raise _Not(f"{ask.target.model} is not in the list: {', '.join(names[:5])}")
    return f"{len(names)} listed, {ask.target.model} among them"


def _chat(ask: _Asker) -> str:
    data = ask.chat()
    text = text_of(data)
    if not text.strip():
        raise _Not("an empty answer")
    return repr(text[:40])


def _usage(ask: _Asker) -> str:
    usage = ask.chat(max_tokens=5).get("usage") or {}
    if not 1 <= int(usage.get("completion_tokens", 0)) <= 5 or not usage.get("prompt_tokens"):
        raise _Not(f"max_tokens 5, usage {usage}")
    return f"{usage['prompt_tokens']} + {usage['completion_tokens']} tokens"


def _stream(ask: _Asker) -> str:
    body = {"stream": True, "stream_options": {"include_usage": True}}
    lines = [line for line in ask.post(**body).text.splitlines() if line.startswith("data: ")]
    if not lines or lines[-1] != "data: [DONE]":
        raise _Not("the stream does not end with data: [DONE]")
    data = [json.loads(line[6:]) for line in lines[:-1]]
    pieces = sum(bool(c["delta"].get("content")) for d in data for c in d["choices"])
    if pieces < 2 or not any(d.get("usage") for d in data):
        raise _Not(
            f"{pieces} pieces, usage {'told' if any(d.get('usage') for d in data) else 'missing'}"
        )
    return f"{pieces} pieces, usage at the end"


def _greedy(ask: _Asker) -> str:
    texts = {text_of(ask.chat(temperature=0, seed=7)) for _ in range(3)}
    if len(texts) > 1:
        raise _Not(f"temperature 0 gave {len(texts)} different answers of 3")
    return "3 equal answers at temperature 0"


def _stop(ask: _Asker) -> str:
    whole = text_of(ask.chat(temperature=0))
    words = whole.split()
    if len(words) < 3:
        raise _Not("the answer is too short to try it")
    cut = text_of(ask.chat(temperature=0, stop=[words[2]]))
    if words[2] in cut:
        raise _Not("the answer went on past the stop text")
    return f"ended before {words[2]!r}"


def _json(ask: _Asker) -> str:
    schema = {"type": "object", "properties": {"capital": {"enum": ["Paris", "Rome"]}},
              "required": ["capital"], "additionalProperties": False}  # fmt: skip
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    text = text_of(ask.chat(
        messages=[{"role": "user", "content": "What is the capital of France?"}],
        response_format=form, temperature=0, max_tokens=60,
    ))  # fmt: skip
    try:
        held = json.loads(text)["capital"] in ("Paris", "Rome")
    except (ValueError, KeyError, TypeError):
        held = False
    if not held:
        raise _Not(f"the schema was not kept: {text[:40]!r}")
    return text


def _unknown(ask: _Asker) -> str:
    answer = ask.post(model="no-such-model-anywhere")
    if answer.status_code != 404:
        raise _Not(f"HTTP {answer.status_code} instead of 404")
    return f"404: {said_by(answer.json())}"


def _crowd(ask: _Asker) -> str:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: ask.post(seed=n).status_code, range(8)))
    if set(found) != {200}:
        raise _Not(f"8 at once: {found}")
    return "8 at once, all answered"


POINTS: dict[str, Callable[[_Asker], str]] = {
    "lists its models": _models,
    "answers a chat": _chat,
    "counts tokens, keeps max_tokens": _usage,
    "streams": _stream,
    "repeats itself at temperature 0": _greedy,
    "stops at a text": _stop,
    "keeps a JSON schema": _json,
    "says 404 for an unknown model": _unknown,
    "serves several at once": _crowd,
}


def check(target: Target, *, timeout: float = 60.0) -> list[Checked]:
    """All points. Raises `KitError` when nothing answers there."""
    ask, rows = _Asker(target, timeout), []
    try:
        for point, test in POINTS.items():
            try:
                rows.append(Checked(point, True, test(ask)))
            except _Not as seen:
                rows.append(Checked(point, False, str(seen)))
            except (KeyError, IndexError, TypeError, ValueError) as error:
                rows.append(Checked(point, False, f"an answer of unknown form ({error})"))
    except httpx.HTTPError as error:
        raise KitError(
            f"{target.url} does not answer ({type(error).__name__}).", "start it, check the address"
        ) from error
    finally:
        ask.http.close()
    return rows

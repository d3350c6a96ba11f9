"""One chat request, asked patiently; and one clear sentence when it does not work out.

What is worth another try: too many requests (429), a server's own fault (500, 502, 503, 504),
an answer that is no JSON, no answer in time, no connection. What is not: a request that is wrong
(400, 404, 422), a key that is wrong (401, 403), an empty account (402): asked again it is as
wrong as before. Between tries the wait doubles, with chance in it, so that thirty laptops that
failed together do not come back together ("equal jitter": M. Brooker, "Exponential Backoff And
Jitter", AWS Architecture Blog, 2015). A `Retry-After` of the server counts more than our wait.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from selfhost.errors import KitError

AGAIN = {408, 429, 500, 502, 503, 504}
_MEANING = {
    400: ("The request is refused", "read what it says and change the request"),
    401: ("The key is missing or wrong", "set the provider's variable, see `selfhost apis list`"),
    402: ("The account has no credit", "look at the provider's billing page"),
    403: ("This key may not do that", "look at the key's rights on the provider's page"),
    404: ("There is no such model or path", "ask for the list of models; check the base URL (/v1)"),
    408: ("The server waited too long for the request", "try again later"),
    413: ("The request is too large", "send less text"),
    422: ("The request is refused", "read what it says and change the request"),
    429: ("Too many requests, or the quota is used up", "wait, or ask less often"),
}


@dataclass(frozen=True)
class Target:
    """Where to ask: `url` without a path behind /v1, `api` "openai" or "ollama"."""

    url: str
    model: str
    key: str | None = None
    api: str = "openai"

    @classmethod
    def of(cls, at: Any, api: str = "openai") -> Target:
        """For an `Endpoint`."""
        if api not in at.apis:
            raise KitError(f"{at.describe()} does not speak the API {api!r}.", f"one of {at.apis}")
        return cls(at.openai_url if api == "openai" else at.ollama_url, at.model, at.api_key, api)

    @property
    def chat(self) -> str:
        """The address of a chat request."""
        return self.url.rstrip("/") + ("/chat/completions" if self.api == "openai" else "/api/chat")

    def headers(self) -> dict[str, str]:
        """With the key, if there is one."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def body(self, question: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """The request for one question; `options` go where this API expects them."""
        start = {"model": self.model, "messages": [{"role": "user", "content": question}]}
        if self.api == "openai":
            return {**start, **options}
        return {**start, "stream": False, "options": dict(options)}


@dataclass(frozen=True)
class Attempt:
    """One try: HTTP status (None: no answer), what happened, seconds waited afterwards."""

    status: int | None
    what: str
    waited: float


@dataclass(frozen=True)
class Reply:
    """An answer: `text`, the whole `data`, and the tries before it."""

    text: str
    data: Mapping[str, Any]
    seconds: float
    attempts: tuple[Attempt, ...] = field(default=())


class ApiTrouble(KitError):
    """All tries failed, or one that is not worth another. `attempts` are all of them."""

    def __init__(self, message: str, mend: str, attempts: tuple[Attempt, ...]) -> None:
        super().__init__(message, mend)
        self.attempts = attempts


def ask(
    target: Target,
    question: str,
    *,
    tries: int = 4,
    timeout: float = 60.0,
    first_wait: float = 0.5,
    longest: float = 30.0,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
    **options: Any,
) -> Reply:
    """Ask, at most `tries` times. `timeout` (s) is for connecting and between two bytes.

    Waits are `first_wait` doubled each time, at most `longest` seconds, times a number from 0.5
    to 1. Raises `ApiTrouble` with one sentence.
    """
    attempts: list[Attempt] = []
    started = time.perf_counter()
    with httpx.Client(timeout=timeout, headers=target.headers()) as client:
        for number in range(1, tries + 1):
            status, data, what, after = _once(client, target, question, options, timeout)
            if data is not None:
                seconds = time.perf_counter() - started
                return Reply(text_of(data), data, seconds, tuple(attempts))
            final = number == tries or (status is not None and status < 600 and
                                        status not in AGAIN and status != 200)  # fmt: skip
            wait = 0.0
            if not final:
                wait = min(longest, first_wait * 2 ** (number - 1)) * (0.5 + chance() / 2)
                if after is not None:
                    wait = after
                if wait > longest:
                    what += f" It asks to wait {wait:.0f} s, which is too long for one question."
                    final, wait = True, 0.0
            attempts.append(Attempt(status, what, wait))
            if final:
                break
            sleep(wait)
    last = attempts[-1]
    times = "once" if len(attempts) == 1 else f"{len(attempts)} times"
    mend = _MEANING.get(last.status or 0, ("", "look whether the server runs, then try again"))[1]
    raise ApiTrouble(f"{last.what} (Asked {times}.)", mend, tuple(attempts))


def _once(
    client: httpx.Client, target: Target, question: str, options: Mapping[str, Any], timeout: float
) -> tuple[int | None, Mapping[str, Any] | None, str, float | None]:
    """(status, data of a good answer or None, a sentence, seconds the server asks to wait)."""
    host = httpx.URL(target.url).host
    try:
        answer = client.post(target.chat, json=target.body(question, options))
    except httpx.TimeoutException:
        return None, None, f"{host} did not answer within {timeout:g} s.", None
    except httpx.ConnectError:
        return None, None, f"Nothing answers at {target.url}.", None
    except httpx.HTTPError as error:
        return None, None, f"The connection to {host} broke ({type(error).__name__}).", None
    status = answer.status_code
    try:
        data = answer.json()
    except ValueError:
        data = None
    if status == 200 and isinstance(data, dict) and _has_text(data):
        return status, data, "", None
    if status == 200:
        return status, None, f"{host} answered with something that is no chat answer.", None
    said = said_by(data)
    meaning = _MEANING.get(status, ("The server has a fault of its own" if status >= 500
                                    else f"The server answered {status}", ""))[0]  # fmt: skip
    sentence = f"{meaning} (HTTP {status}" + (f": {said})." if said else ").")
    return status, None, sentence, retry_after(answer.headers.get("retry-after"))


def said_by(data: Any) -> str:
    """The server's own words in an error, in whichever form it writes them."""
    error = data.get("error", data.get("detail", data.get("message"))) if isinstance(
        data, dict) else None  # fmt: skip
    if isinstance(error, dict):
        error = error.get("message")
    return " ".join(str(error).split()).rstrip(".")[:200] if error else ""


def retry_after(value: str | None, now: float | None = None) -> float | None:
    """Seconds of a `Retry-After` header: a number, or a date (RFC 9110, 10.2.3); else None."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, moment - (time.time() if now is None else now))


def _has_text(data: Mapping[str, Any]) -> bool:
    try:
        text_of(data)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def text_of(data: Mapping[str, Any]) -> str:
    """The answer's text in OpenAI's or Ollama's form. Raises KeyError, IndexError, TypeError."""
    if "choices" in data:
        return data["choices"][0]["message"].get("content") or ""
    return data["message"]["content"] or ""

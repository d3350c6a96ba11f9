"""What Jan sends to an endpoint, sent by us: does an endpoint answer a desktop program?

Read in Jan's source (github.com/janhq/jan, files of 2026: `providers/tauri.ts`,
`model-factory.ts`) and in issues 8131 and 8792; the program itself is not needed. Jan's window is
a web page inside a desktop program (Tauri), so its requests carry an `Origin`, and which one
depends on the system and the version.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

ORIGINS = {
    "tauri://localhost": "Linux and macOS",
    "http://tauri.localhost": "Windows (issue 8792, 0.8.4)",
    "null": "a page without an address (issue 8131)",
}
# Ollama's defaults (envconfig/config.go, source of 2026-08-21), as patterns. OLLAMA_ORIGINS adds
# to them; "*" allows everything.
OLLAMA_ORIGINS = (
    r"https?://(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?",
    r"(app|file|tauri|vscode-webview|vscode-file)://.*",
)
HEADERS = "authorization,content-type,x-api-key"


@dataclass(frozen=True)
class Step:
    """One request: what came back, and why it is (not) enough for Jan."""

    origin: str
    call: str
    status: int
    good: bool
    said: str


def ollama_allows(origin: str, more: str = "") -> bool:
    """Whether Ollama answers this origin; `more` is the value of OLLAMA_ORIGINS."""
    added = [each.strip() for each in more.split(",") if each.strip()]
    if any(each == "*" or each == origin for each in added):
        return True
    return any(re.fullmatch(pattern, origin) for pattern in OLLAMA_ORIGINS)


def play(v1: str, model: str, *, key: str = "ollama", origin: str = "tauri://localhost") -> list[
    Step
]:  # fmt: skip
    """Jan's four requests to the endpoint at `v1` (ends in `/v1`): preflight, models, two chats.

    Raises `httpx.HTTPError` when nobody answers.
    """
    import httpx

    headers = {"Origin": origin, "Authorization": f"Bearer {key}", "x-api-key": key,
               "Content-Type": "application/json"}  # fmt: skip
    with httpx.Client(timeout=120, trust_env=False) as http:
        return [
            _preflight(http, v1, origin),
            _models(http, v1, origin, headers, model),
            _chat(http, v1, origin, headers, model),
            _stream(http, v1, origin, headers, model),
        ]


def _allowed(answer: Any, origin: str) -> bool:
    return answer.headers.get("access-control-allow-origin") in (origin, "*")


def _preflight(http: Any, v1: str, origin: str) -> Step:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": HEADERS}  # fmt: skip
    answer = http.options(f"{v1}/chat/completions", headers=asked)
    names = {
        name.strip().lower()
        for name in answer.headers.get("access-control-allow-headers", "").split(",")
    }
    missing = set() if "*" in names else set(HEADERS.split(",")) - names
    good = answer.status_code in (200, 204) and _allowed(answer, origin) and not missing
    said = "may ask" if good else f"no: {', '.join(sorted(missing)) or 'origin not allowed'}"
    return Step(origin, "OPTIONS /chat/completions", answer.status_code, good, said)


def _models(http: Any, v1: str, origin: str, headers: dict[str, str], model: str) -> Step:
    answer = http.get(f"{v1}/models", headers=headers)
    names: list[str] = []
    if answer.status_code == 200:
        names = [str(each["id"]) for each in answer.json().get("data", [])]
    # Jan shows the ids as they come; a name without a tag is then the one with ":latest".
    there = model in names or f"{model}:latest" in names
    good = answer.status_code == 200 and there and _allowed(answer, origin)
    said = ", ".join(names) if names else answer.text[:80]
    return Step(origin, "GET /models", answer.status_code, good, said)


def body(model: str, *, stream: bool) -> dict[str, Any]:
    """A chat as Jan's library sends it; it adds whatever samplers its settings hold."""
    extra = {"stream_options": {"include_usage": True}} if stream else {}
    return {
        "model": model,
        "messages": [{"role": "user", "content": "What is the capital of France?"}],
        "temperature": 0.7, "top_k": 20, "top_p": 0.8, "repeat_penalty": 1.12,
        "presence_penalty": 0, "frequency_penalty": 0, "max_tokens": 40,
        "id": "thread-1", "chat_template_kwargs": {"enable_thinking": False},  # unknown elsewhere
        "stream": stream, **extra,
    }  # fmt: skip


def _chat(http: Any, v1: str, origin: str, headers: dict[str, str], model: str) -> Step:
    answer = http.post(f"{v1}/chat/completions", headers=headers, json=body(model, stream=False))
    text = ""
    if answer.status_code == 200:
        text = answer.json()["choices"][0]["message"]["content"] or ""
    good = answer.status_code == 200 and bool(text) and _allowed(answer, origin)
    return Step(origin, "POST /chat/completions", answer.status_code, good,
                text or answer.text[:80])  # fmt: skip


def _stream(http: Any, v1: str, origin: str, headers: dict[str, str], model: str) -> Step:
    pieces, usage, done = [], None, False
    sent = body(model, stream=True)
    with http.stream("POST", f"{v1}/chat/completions", headers=headers, json=sent) as answer:
        if answer.status_code != 200:
            answer.read()
            said = answer.text[:80]
            return Step(origin, "POST …, streamed", answer.status_code, False, said)
        for line in answer.iter_lines():
            data = line.removeprefix("data: ")
            if not line or data == line:
                continue
            if data == "[DONE]":
                done = True
                break
            chunk = json.loads(data)
            usage = chunk.get("usage") or usage
            pieces += [c.get("delta", {}).get("content") or "" for c in chunk.get("choices", [])]
        good = done and bool(usage) and len(pieces) > 1 and _allowed(answer, origin)
    tokens = (usage or {}).get("completion_tokens")
    said = f"{len(pieces)} pieces, {tokens} tokens counted, {'ended well' if done else 'cut off'}"
    return Step(origin, "POST …, streamed", answer.status_code, good, said)

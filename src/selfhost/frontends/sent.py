"""The record of an endpoint as a table that a person can read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = ("call", "what for", "streamed", "messages", "tools", "bytes", "settings sent", "answer")
# Fields of a chat request that are no sampling settings.
_FRAME = {"model", "messages", "prompt", "stream", "tools", "tool_choice", "options", "keep_alive",
          "input", "format", "think", "files", "features", "metadata", "system", "template",
          "stream_options"}  # fmt: skip


def purpose(request: Mapping[str, Any]) -> str:
    """What a request is for, told from its route and its words.

    Front ends ask the model for titles and the like with an instruction of their own instead of
    the user's question; Open WebUI's begin with "### Task:".
    """
    path, body = request["path"], request.get("body") or {}
    if request["method"] == "OPTIONS":
        return "may I? (preflight)"
    if path in ("/api/tags", "/v1/models"):
        return "which models are there?"
    if path == "/api/ps":
        return "which are in memory?"
    if path in ("/api/version", "/"):
        return "is anybody there?"
    if path.endswith(("/chat", "/chat/completions")):
        return _task(body)
    if path.endswith(("/generate", "/completions")):
        return "text"
    if "embed" in path:
        return "embedding"
    return path.rsplit("/", 1)[-1] or path


def _task(body: Mapping[str, Any]) -> str:
    messages = body.get("messages") or []
    last = messages[-1] if messages else {}
    text = last.get("content") if isinstance(last, dict) else ""
    words = text if isinstance(text, str) else json.dumps(text)
    if not words.lstrip().startswith("### Task:"):
        return "your question"
    head = words[:200].lower()
    for sign, name in (
        ("follow-up", "questions to ask next"), ("send next", "questions to ask next"),
        ("tags", "topics of the chat"), ("title", "a title for the chat"),
        ("quer", "words to search for"),
    ):  # fmt: skip
        if sign in head:
            return name
    return "another task"


def settings_sent(body: Mapping[str, Any]) -> dict[str, Any]:
    """Sampling settings in a request: fields of the body, and what stands in `options`."""
    own = {key: value for key, value in body.items() if key not in _FRAME and value is not None}
    options = body.get("options")
    return {**own, **(options if isinstance(options, dict) else {})}


def rows(requests: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """One row per request, in the order of COLUMNS."""
    return [_row(request) for request in requests]


def _row(request: Mapping[str, Any]) -> tuple[Any, ...]:
    body = request.get("body") or {}
    chat = isinstance(body.get("messages"), list)
    sent = ", ".join(f"{key} {_short(value)}" for key, value in settings_sent(body).items())
    status = request.get("status")
    ended = {"cut": ", cut off", "running": ", running"}.get(str(request.get("ended")), "")
    return (
        f"{request['method']} {request['path']}",
        purpose(request),
        ("yes" if body.get("stream", request["path"].startswith("/api/")) else "no")
        if chat else "",
        len(body["messages"]) if chat else "",
        len(body.get("tools") or []) if chat else "",
        request.get("bytes") if request.get("bytes") is not None else "",
        sent,
        f"{status}{ended}" if status else ended.strip(", "),
    )  # fmt: skip


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 24 else text[:23] + "…"


def brief(request: Mapping[str, Any], length: int = 160) -> dict[str, Any]:
    """A request without its bulk, to be kept in a file: texts cut, tools as their names."""
    body = dict(request.get("body") or {})
    if isinstance(body.get("messages"), list):
        body["messages"] = [
            {**message, "content": str(message.get("content", ""))[:length]}
            for message in body["messages"]
        ]
    if isinstance(body.get("tools"), list):
        body["tools"] = [{"function": {"name": name}} for name in tool_names(request)]
    kept = ("method", "path", "user_agent", "origin", "key", "bytes", "status", "ended")
    return {**{key: request.get(key) for key in kept}, "body": body or None}


def tool_names(request: Mapping[str, Any]) -> list[str]:
    """The tools that a request describes to the model."""
    tools = (request.get("body") or {}).get("tools") or []
    return [str((tool.get("function") or {}).get("name", "?")) for tool in tools]

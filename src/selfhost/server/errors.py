"""Errors of the two APIs: one exception, written in the form that the caller's client knows."""

from __future__ import annotations

from typing import Any

import orjson

_TYPES = {400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error"}


class ApiError(Exception):
    """A request that cannot be answered: HTTP `status` and one sentence."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.param = status, message, code, param
        self.kind = (
            kind or _TYPES.get(status) or ("invalid_request_error" if status < 500 else "api_error")
        )

    def body(self, openai: bool) -> bytes:
        """The JSON body in OpenAI's form or in Ollama's."""
        return orjson.dumps(self.document(openai))

    def document(self, openai: bool) -> dict[str, Any]:
        """What `body` writes."""
        if not openai:
            return {"error": self.message}
        return {
            "error": {
                "message": self.message,
                "type": self.kind,
                "param": self.param,
                "code": self.code,
            }
        }


def is_openai(path: str) -> bool:
    """Whether a path belongs to the OpenAI API."""
    return path == "/v1" or path.startswith("/v1/")


def not_found(name: str) -> ApiError:
    """Ollama's sentence for a model that is not there."""
    return ApiError(404, f"model '{name}' not found", code="model_not_found", param="model")


def overflow(tokens: int, limit: int, param: str) -> ApiError:
    """OpenAI's sentence for a prompt that does not fit."""
    return ApiError(
        400,
        f"This model's maximum context length is {limit} tokens. However, your {param} resulted "
        f"in {tokens} tokens. Please reduce the length of the {param}.",
        code="context_length_exceeded",
        param=param,
    )

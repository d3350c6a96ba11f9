"""The table of routes, and their description for `/openapi.json`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from pydantic import BaseModel

from selfhost.server import (
    ollama_embed,
    ollama_models,
    ollama_store,
    ollama_text,
    openai_models,
    openai_text,
    schemas,
    selfhost_routes,
)

_ERROR = {
    "ollama": {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "string"}},
    },
    "openai": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["message", "type", "param", "code"],
                "properties": {
                    "message": {"type": "string"},
                    "type": {"type": "string"},
                    "param": {"type": ["string", "null"]},
                    "code": {"type": ["string", "null"]},
                },
            }
        },
    },
}
_MEANING = {
    200: "The answer",
    201: "Stored",
    400: "The request cannot be answered as it is",
    404: "No such model",
    413: "The body is too large",
    503: "Too many wait, the model cannot be loaded, or the server is leaving",
}


@dataclass(frozen=True)
class Route:
    """One route. `answers`: the media types of a 200; `errors`: the other statuses it has."""

    method: str
    path: str
    endpoint: Callable[..., Any]
    body: type[BaseModel] | None = None
    answers: tuple[str, ...] = ("application/json",)
    errors: tuple[int, ...] = ()
    more: tuple[int, ...] = ()

    @property
    def api(self) -> str:
        """Which form errors have."""
        return "openai" if self.path.startswith("/v1/") else "ollama"

    @property
    def name(self) -> str:
        """A name of letters: `post_api_chat`."""
        return re.sub(r"\W+", "_", f"{self.method.lower()}{self.path}").strip("_")

    def description(self) -> dict[str, Any]:
        """Arguments for `FastAPI.add_api_route`."""
        responses: dict[int | str, dict[str, Any]] = {
            200: {"description": _MEANING[200], "content": {media: {} for media in self.answers}}
        }
        for status in self.more:
            responses[status] = {"description": _MEANING[status]}
        for status in self.errors:
            schema = {"$ref": f"#/components/schemas/{self.api}_error"}
            content = {} if self.method == "HEAD" else {"application/json": {"schema": schema}}
            responses[status] = {"description": _MEANING[status], "content": content}
        extra: dict[str, Any] = {}
        if self.body is not None:
            schema = {"$ref": f"#/components/schemas/{self.body.__name__}"}
            extra["requestBody"] = {
                "required": True,
                "content": {"application/json": {"schema": schema}},
            }
        return {
            "summary": f"{self.method} {self.path}",
            "description": (self.endpoint.__doc__ or "").strip(),
            "responses": responses,
            "response_class": Response,
            "openapi_extra": extra or None,
            "operation_id": self.name,
        }


_TEXT = ("application/json", "application/x-ndjson")
_EVENTS = ("application/json", "text/event-stream")
_BODY = (400, 404, 413, 503)
_BLOB = "/api/blobs/{digest}"

ROUTES: list[Route] = [
    Route("GET", "/", selfhost_routes.root, answers=("text/plain",)),
    Route("HEAD", "/", selfhost_routes.root, answers=("text/plain",)),
    Route("GET", "/api/version", ollama_models.version),
    Route("GET", "/api/tags", ollama_models.tags),
    Route("HEAD", "/api/tags", ollama_models.tags),
    Route("GET", "/api/ps", ollama_models.ps),
    Route("POST", "/api/show", ollama_models.show, schemas.ShowRequest, errors=_BODY),
    Route("POST", "/api/generate", ollama_text.generate, schemas.GenerateRequest, _TEXT, _BODY),
    Route("POST", "/api/chat", ollama_text.chat, schemas.ChatRequest, _TEXT, _BODY),
    Route("POST", "/api/embed", ollama_embed.embed, schemas.EmbedRequest, errors=_BODY),
    Route("POST", "/api/embeddings", ollama_embed.embeddings, schemas.LegacyEmbedRequest,
          errors=_BODY),
    Route("POST", "/api/pull", ollama_store.pull, schemas.PullRequest, _TEXT, _BODY),
    Route("POST", "/api/create", ollama_store.create, schemas.CreateRequest, _TEXT, _BODY),
    Route("POST", "/api/copy", ollama_models.copy, schemas.CopyRequest, (), _BODY),
    Route("DELETE", "/api/delete", ollama_models.delete, schemas.Named, (), _BODY),
    Route("HEAD", _BLOB, ollama_store.has_blob, None, (), (400, 404)),
    Route("POST", _BLOB, ollama_store.put_blob, None, (), (400, 503), (201,)),
    Route("GET", "/v1/models", openai_models.models),
    Route("GET", "/v1/models/{name:path}", openai_models.model, errors=(404,)),
    Route("POST", "/v1/chat/completions", openai_text.chat_completions,
          schemas.ChatCompletionRequest, _EVENTS, _BODY),
    Route("POST", "/v1/completions", openai_text.completions, schemas.CompletionRequest, _EVENTS,
          _BODY),
    Route("POST", "/v1/embeddings", openai_models.embeddings, schemas.EmbeddingRequest,
          errors=_BODY),
    Route("GET", "/selfhost/info", selfhost_routes.info),
    Route("POST", "/selfhost/lease", selfhost_routes.lease, schemas.LeaseRequest,
          errors=(400, 413, 503)),
    Route("DELETE", "/selfhost/lease", selfhost_routes.release, schemas.LeaseRequest,
          errors=(400, 413)),
    Route("GET", "/selfhost/defaults", selfhost_routes.sampling_defaults),
    Route("GET", "/selfhost/requests", selfhost_routes.requests, errors=(404,)),
    Route("DELETE", "/selfhost/requests", selfhost_routes.forget, errors=(404,)),
]  # fmt: skip


def describe(app: FastAPI, *, key: bool) -> None:
    """Make `app.openapi()` hold the request schemas, the error forms and the key."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            components = document.setdefault("components", {}).setdefault("schemas", {})
            for route in ROUTES:
                if route.body is not None:
                    components |= _schemas(route.body)
            components |= {f"{api}_error": schema for api, schema in _ERROR.items()}
            if key:
                document["components"]["securitySchemes"] = {
                    "key": {"type": "http", "scheme": "bearer"}
                }
                document["security"] = [{"key": []}]
                for path, operations in document["paths"].items():
                    for operation in operations.values() if path != "/" else ():
                        form = "openai" if path.startswith("/v1/") else "ollama"
                        operation["responses"]["401"] = {
                            "description": "A key is needed",
                            "content": {
                                "application/json": {
                                    "schema": {"$ref": f"#/components/schemas/{form}_error"}
                                }
                            },
                        }
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _schemas(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    inner = schema.pop("$defs", {})
    return {**inner, model.__name__: schema}

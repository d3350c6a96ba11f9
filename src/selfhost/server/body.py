"""Reading a request's JSON and checking it against a schema, with errors in the API's form."""

from __future__ import annotations

from typing import Any, TypeVar

import orjson
from fastapi import Request
from pydantic import BaseModel, ValidationError

from selfhost.server.errors import ApiError

M = TypeVar("M", bound=BaseModel)


async def read_json(request: Request) -> dict[str, Any]:
    """The body as an object, whatever content type it claims (curl -d says it is a form).

    Raises `ApiError` 400, or 413 through the body limit.
    """
    data = await request.body()
    if not data.strip():
        raise ApiError(400, "missing request body")
    try:
        parsed = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ApiError(400, f"invalid JSON in the request body: {error}") from None
    if not isinstance(parsed, dict):
        raise ApiError(400, "the request body must be a JSON object")
    record = request.scope.get("selfhost.record")
    if record is not None:
        record["body"] = parsed
    return parsed


async def read(request: Request, schema: type[M]) -> M:
    """The body as `schema`; unknown fields are ignored, null means "not given"."""
    return check(schema, await read_json(request))


def check(schema: type[M], data: dict[str, Any]) -> M:
    """`data` as `schema`. Raises `ApiError` 400 that names the first field that is wrong."""
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"] if not _noise(part))
        message = first["msg"][:1].lower() + first["msg"][1:]
        raise ApiError(
            400, f"{where}: {message}" if where else message, param=where.split(".")[0] or None
        ) from None
    except RecursionError:
        raise ApiError(400, "the request body is nested too deeply") from None


def _noise(part: Any) -> bool:
    """Parts of pydantic's locations that name types, not fields."""
    return isinstance(part, str) and (
        "[" in part or part in ("str", "float", "int", "bool", "dict")
    )

"""Tool calling as OpenAI's API sees it: who says what to whom.

The model never runs anything. It is told in the request which functions there are; it may answer
with the name of one and its arguments as JSON text; *your* program runs it, and sends the result
back as a further message. (platform.openai.com/docs/guides/function-calling; the fields below are
those that the client's types have, openai 3.52.)
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

_TYPES = {int: "integer", float: "number", str: "string", bool: "boolean"}


def describe(function: Callable[..., Any]) -> dict[str, Any]:
    """A Python function as an entry of `tools`: name, first line of its text, typed arguments.

    Raises ValueError for an argument without one of the types int, float, str, bool.
    """
    hints = get_type_hints(function)
    properties, required = {}, []
    for name, parameter in inspect.signature(function).parameters.items():
        if hints.get(name) not in _TYPES:
            raise ValueError(f"give {function.__name__}({name}) one of int, float, str, bool")
        properties[name] = {"type": _TYPES[hints[name]]}
        if parameter.default is inspect.Parameter.empty:
            required.append(name)
    return {
        "type": "function",
        "function": {
            "name": function.__name__,
            "description": (inspect.getdoc(function) or "").partition("\n")[0],
            "parameters": {
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": False,
            },
        },
    }


def call(functions: Mapping[str, Callable[..., Any]], name: str, arguments: str) -> str:
    """Run what a model asked for, and nothing else; errors become words that it can read.

    The name must be one of `functions`, the arguments a JSON object of the declared types: they
    come from a model, so they are checked like anything that comes from outside.
    """
    function = functions.get(name)
    if function is None:
        return f"error: there is no function {name!r}, only {', '.join(functions)}"
    try:
        given = json.loads(arguments)
    except ValueError as error:
        return f"error: the arguments are no JSON ({error})"
    wanted = describe(function)["function"]["parameters"]
    if not isinstance(given, dict):
        return "error: the arguments are no JSON object"
    if wrong := _wrong(given, wanted):
        return f"error: {wrong}"
    try:
        return json.dumps(function(**given), ensure_ascii=False)
    except Exception as error:  # whatever a function does with odd values: tell the model
        return f"error: {type(error).__name__}: {error}"


def _wrong(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    import jsonschema

    try:
        jsonschema.validate(given, wanted)
    except jsonschema.ValidationError as error:
        return str(error.message)
    return ""


def converse(
    client: Any,
    model: str,
    question: str,
    functions: list[Callable[..., Any]],
    *,
    turns: int = 4,
    **options: Any,
) -> list[dict[str, Any]]:
    """Ask with tools until the model answers in words; all messages, the question first.

    `client` is an `openai.OpenAI`. Raises its errors (a model or server without tools: status
    400), and RuntimeError when the model still calls tools after so many turns.
    """
    known = {function.__name__: function for function in functions}
    messages: list[dict[str, Any]] = [{"role": "user", "content": question}]
    for _ in range(turns):
        reply = client.chat.completions.create(
            model=model, messages=messages, tools=[describe(f) for f in functions], **options
        )
        said = reply.choices[0].message
        messages.append(said.model_dump(exclude_none=True))
        if not said.tool_calls:
            return messages
        for asked in said.tool_calls:
            result = call(known, asked.function.name, asked.function.arguments)
            messages.append({"role": "tool", "tool_call_id": asked.id, "content": result})
    raise RuntimeError(f"the model still asks for tools after {turns} turns")

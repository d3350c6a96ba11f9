"""Reading and writing Modelfiles (FROM, ADAPTER, PARAMETER, SYSTEM, TEMPLATE, MESSAGE, LICENSE)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from selfhost.server.defaults import OLLAMA, WITHOUT_EFFECT
from selfhost.server.errors import ApiError

_INTEGERS = {"num_ctx", "num_predict", "num_keep", "seed", "top_k", "repeat_last_n"}


@dataclass
class Modelfile:
    """What a Modelfile says. `messages` are (role, content) pairs, `adapters` paths of files."""

    base: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    system: str | None = None
    template: str | None = None
    messages: list[dict[str, str]] = field(default_factory=list)
    license: list[str] = field(default_factory=list)
    adapters: list[str] = field(default_factory=list)


def parse(text: str) -> Modelfile:
    """Read a Modelfile; raises `ApiError` 400 with the line's word when it cannot be used."""
    found = Modelfile()
    parameters: dict[str, Any] = {}
    for command, value in _instructions(text):
        if command == "from":
            found.base = value
        elif command == "parameter":
            name, _, setting = value.partition(" ")
            _collect(parameters, name.lower(), _unquote(setting.strip()))
        elif command == "system":
            found.system = value
        elif command == "template":
            found.template = value
        elif command == "license":
            found.license.append(value)
        elif command == "message":
            role, _, content = value.partition(" ")
            if role not in ("system", "user", "assistant"):
                raise ApiError(400, 'message role must be one of "system", "user", or "assistant"')
            found.messages.append({"role": role, "content": _unquote(content.strip())})
        elif command == "adapter":
            found.adapters.append(value)
        elif command in ("requires", "renderer", "parser"):
            continue
        else:
            raise ApiError(
                400,
                'command must be one of "from", "license", "template", "system", "adapter", '
                '"renderer", "parser", "parameter", "message", or "requires"',
            )
    found.parameters = checked_parameters(parameters)
    return found


def _collect(parameters: dict[str, Any], name: str, value: Any) -> None:
    """A repeated `stop` is a list; of other repeated parameters the last one counts."""
    if name == "stop":
        parameters.setdefault("stop", []).append(value)
    else:
        parameters[name] = value


def _unquote(value: str) -> str:
    for quote in ('"""', '"'):
        if len(value) >= 2 * len(quote) and value.startswith(quote) and value.endswith(quote):
            return value[len(quote) : -len(quote)]
    return value


def _instructions(text: str) -> list[tuple[str, str]]:
    """(command in small letters, value) for each instruction, quotes taken off."""
    found: list[tuple[str, str]] = []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        at += 1
        if not line or line.startswith("#"):
            continue
        command, _, value = line.partition(" ")
        value = value.strip()
        start = value.find('"""')
        if start >= 0 and value.count('"""') == 1:  # runs over several lines
            parts = [value]
            while at < len(lines):
                parts.append(lines[at])
                at += 1
                if '"""' in parts[-1]:
                    break
            else:
                raise ApiError(400, 'a """ is not closed')
            value = "\n".join(parts).strip()
        if command.lower() != "parameter":
            value = _unquote(value)
        found.append((command.lower(), value))
    return found


def checked_parameters(raw: dict[str, Any]) -> dict[str, Any]:
    """Parameters with their right types; raises `ApiError` 400 for unknown or unusable ones."""
    checked: dict[str, Any] = {}
    for name, value in raw.items():
        if name in WITHOUT_EFFECT or value is None:
            continue
        if name not in OLLAMA:
            raise ApiError(400, f"unknown parameter '{name}'")
        try:
            if name == "stop":
                texts = value if isinstance(value, list) else [value]
                if not all(isinstance(text, str) for text in texts):
                    raise ValueError
                checked[name] = texts
            elif isinstance(value, (bool, list, dict)):
                raise ValueError
            elif name in _INTEGERS:
                number = float(value)
                if number != int(number):
                    raise ValueError
                checked[name] = int(number)
            else:
                checked[name] = float(value)
                if checked[name] != checked[name] or abs(checked[name]) > 1e9:
                    raise ValueError
        except (TypeError, ValueError, OverflowError):
            kind = (
                "a list of texts"
                if name == "stop"
                else ("a whole number" if name in _INTEGERS else "a number")
            )
            raise ApiError(400, f"parameter '{name}' must be {kind}") from None
    return checked


def parameter_lines(parameters: dict[str, Any]) -> list[str]:
    """`name value` lines, as `ollama show --parameters` prints them."""
    lines = []
    for name, value in parameters.items():
        for each in value if isinstance(value, list) else [value]:
            shown = (
                f'"{each}"'
                if isinstance(each, str)
                else f"{each:g}"
                if isinstance(each, float)
                else each
            )
            lines.append(f"{name:<30} {shown}")
    return lines


def write(base: str, model: Modelfile) -> str:
    """A Modelfile that creates the same model again."""
    parts = [f"FROM {base}", *(f"ADAPTER {path}" for path in model.adapters)]
    if model.template:
        parts.append(f'TEMPLATE """{model.template}"""')
    if model.system:
        parts.append(f'SYSTEM """{model.system}"""')
    parts += [f"PARAMETER {line}" for line in parameter_lines(model.parameters)]
    parts += [f"MESSAGE {m['role']} {m['content']}" for m in model.messages]
    parts += [f'LICENSE """{text}"""' for text in model.license]
    return "\n".join(parts) + "\n"

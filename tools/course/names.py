"""Which models, options, imports and pip packages a lesson names."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

# `name:tag` as Ollama writes it: a tag with a size, a quantization or `latest`.
_TAGGED = re.compile(
    r"(?<![\w/.:@-])((?:[\w.-]+/)*[a-z][\w.-]*:(?:latest|f16|bf16|q\d\w*|[\w.-]*?\d[bm](?:-[\w.-]+)?))"
    r"(?![\w:/])"
)
_COMMAND = re.compile(r"\bollama\s+(?:run|pull|push|show|create|rm|stop)\s+([^\s`'\"|&;<>)]+)")
_HUB = re.compile(
    r"(?:hf\.co|huggingface\.co)/(?!(?:docs|blog|spaces|datasets|papers|learn|join)\b)"
    r"([A-Za-z][\w.-]*/[\w.-]*\w)"
)
_SIZED = re.compile(
    r"(?<![\w/.:])([A-Za-z][\w.-]*/[A-Za-z][\w.-]*?\d(?:\.\d+)?[bBmM](?:-[\w.-]*\w)?)\b"
)
_JSON_MODEL = re.compile(r"""["']model["']\s*:\s*["']([^"'{}$<>\s]+)["']""")
_JSON_OPTIONS = re.compile(r"""["']options["']\s*:\s*(\{[^{}]*\})""")
_PARAMETER = re.compile(r"^\s*(?:PARAMETER|/set parameter)\s+(\w+)", re.MULTILINE)
_PIP = re.compile(r"\b(?:pip3?|conda|mamba)\s+install\s+([^`\n|&;]+)|\buv\s+add\s+([^`\n|&;]+)")
_MODEL_KEYS = {"model", "model_name", "model_id", "repo_id", "base_model"}
_PROVIDERS = ("ollama_chat/", "ollama/", "openai/", "hosted_vllm/")
_FLAG_WITH_VALUE = {
    "-r",
    "-c",
    "-e",
    "-f",
    "-i",
    "-n",
    "--index-url",
    "--extra-index-url",
    "--name",
}


@dataclass
class Names:
    """What one cell names."""

    models: set[str] = field(default_factory=set)
    options: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    packages: set[str] = field(default_factory=set)


def names_in_text(text: str, names: Names | None = None) -> Names:
    """From prose, a shell line or a string of a program."""
    names = names or Names()
    for pattern in (_TAGGED, _COMMAND, _HUB, _SIZED, _JSON_MODEL):
        names.models |= {plain_id(found) for found in pattern.findall(text) if _is_id(found)}
    for block in _JSON_OPTIONS.findall(text):
        try:
            names.options |= set(json.loads(block))
        except (ValueError, TypeError):
            names.options |= set(re.findall(r"""["'](\w+)["']\s*:""", block))
    names.options |= set(_PARAMETER.findall(text))
    for one, other in _PIP.findall(text):
        names.packages |= set(pip_names((one or other).split()))
    return names


def names_in_code(source: str) -> Names:
    """From a code cell: its Python, and its shell lines."""
    names = Names()
    python, shell = split_magics(source)
    names_in_text(shell, names)
    try:
        tree = parse(python)
    except SyntaxError:
        return names_in_text(source, names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.imports |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.imports.add(node.module.split(".")[0])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names_in_text(node.value, names)
        elif isinstance(node, ast.Call):
            _from_call(node, names)
        elif isinstance(node, ast.Dict):
            _from_dict(node, names)
        elif isinstance(node, ast.List):
            words = [_text(item) or "" for item in node.elts]
            if "pip" in words and "install" in words:
                names.packages |= set(pip_names(words[words.index("install") + 1 :]))
    names.imports -= sys.stdlib_module_names
    return names


def _from_call(node: ast.Call, names: Names) -> None:
    for keyword in node.keywords:
        value = _text(keyword.value)
        if keyword.arg in _MODEL_KEYS and value and _is_id(value):
            names.models.add(plain_id(value))
        if keyword.arg == "options" and isinstance(keyword.value, ast.Dict):
            names.options |= set(_keys(keyword.value))
        elif (
            keyword.arg == "options"
            and isinstance(keyword.value, ast.Call)
            and isinstance(keyword.value.func, ast.Name)
        ):
            names.options |= {k.arg for k in keyword.value.keywords if k.arg}
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    first = _text(node.args[0]) if node.args else None
    if called in ("from_pretrained", "snapshot_download") and first and _is_id(first):
        names.models.add(plain_id(first))


def _from_dict(node: ast.Dict, names: Names) -> None:
    for key, value in zip(node.keys, node.values, strict=True):
        name, text = _text(key), _text(value)
        if name == "model" and text and _is_id(text):
            names.models.add(plain_id(text))
        if name == "options" and isinstance(value, ast.Dict):
            names.options |= set(_keys(value))


def _keys(node: ast.Dict) -> Iterator[str]:
    for key in node.keys:
        text = _text(key)
        if text is not None:
            yield text


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_id(text: str) -> bool:
    """Not a path, not a placeholder such as NAME."""
    if text.isupper():
        return False
    return bool(re.fullmatch(r"[A-Za-z][\w./:-]*", text)) and not text.lower().endswith((
        ".gguf",
        ".safetensors",
        ".bin",
        ".json",
        ".md",
        ".py",
        ".ipynb",
    ))


def plain_id(text: str) -> str:
    """Without the prefix by which a router names its provider."""
    for provider in _PROVIDERS:
        text = text.removeprefix(provider)
    return text.rstrip(".,:;")


def pip_names(words: list[str]) -> Iterator[str]:
    """Package names of the arguments of `pip install`, as PyPI normalises them."""
    skip = False
    for word in words:
        if skip or word.startswith("-"):
            skip = not skip and word in _FLAG_WITH_VALUE
            continue
        name = re.match(r"[\"']?([A-Za-z0-9][\w.-]*)", word)
        if word.startswith("#"):
            return
        if name and not word.startswith((".", "/", "$")):
            yield re.sub(r"[-_.]+", "-", name[1]).lower()


def split_magics(source: str) -> tuple[str, str]:
    """A cell's Python, with `pass` where IPython commands stood, and these commands.

    Line numbers stay. `%%bash` and its like make the whole cell a command; `%%time` does not.
    """
    lines = source.splitlines()
    if lines and (cell := re.match(r"%%(\w+)", lines[0])):
        if cell[1] in ("bash", "sh", "script", "cmd", "powershell", "writefile", "html", "file"):
            return "", source
        lines[0] = "pass"
    python: list[str] = []
    shell: list[str] = []
    continued = False
    for line in lines:
        command = re.match(r"(\s*)(?:[\w, ]+=\s*)?[!%](?![=\s])", line)
        if continued or command:
            indent = command[1] if command and not continued else ""
            python.append("" if continued else f"{indent}pass")
            shell.append(line)
            continued = line.rstrip().endswith("\\")
        else:
            python.append(re.sub(r"^(\s*)\?{1,2}\S+$|^(\s*)\S+\?{1,2}$", r"\1\2pass", line))
    return "\n".join(python), "\n".join(shell)


def parse(python: str) -> ast.Module:
    """The syntax tree of a cell, `await` at its top included; SyntaxError if it has none."""
    tree = compile(python, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert isinstance(tree, ast.Module)
    return tree

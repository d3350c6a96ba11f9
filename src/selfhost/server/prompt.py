"""From messages to the text that the model reads: chat templates, and fitting into the context."""

from __future__ import annotations

import datetime
import json
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from selfhost.server import gotemplate
from selfhost.server.errors import ApiError

Message = dict[str, Any]  # {"role": ..., "content": ...}
Tokenize = Callable[[str], Awaitable[list[int]]]

# What a model without a template of its own gets: plain text, as base models were trained on.
PLAIN = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"


@lru_cache(maxsize=32)
def _compiled(template: str) -> Any:
    # Sandboxed: a template comes with a model file, and a model file may come from anywhere.
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = _raise
    environment.globals["strftime_now"] = lambda form: datetime.datetime.now().strftime(form)
    environment.filters["tojson"] = lambda value, **kw: json.dumps(value, ensure_ascii=False, **kw)
    return environment.from_string(template)


def _raise(message: str) -> None:
    from jinja2.exceptions import TemplateError

    raise TemplateError(message)


def _collated(messages: list[Message]) -> list[Message]:
    """Neighbours of one role as one message, as Ollama joins them."""
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1]["role"] == message["role"]:
            joined[-1]["content"] += "\n\n" + message["content"]
        else:
            joined.append(dict(message))
    return joined


def render_chat(template: str, messages: list[Message], *, bos: str = "", eos: str = "") -> str:
    """The prompt for `messages`, ready for the answer; a last message of the assistant is
    continued instead. Raises `ApiError` 400 when the template refuses them.
    """
    prefill = ""
    if messages and messages[-1]["role"] == "assistant":
        prefill, messages = messages[-1]["content"], messages[:-1]
    if "{%" not in template and "{{" in template:
        return _render_go(template, messages) + prefill
    from jinja2.exceptions import TemplateError

    context = {"add_generation_prompt": True, "bos_token": bos, "eos_token": eos, "tools": None}
    try:
        compiled = _compiled(template)
        try:
            text = compiled.render(messages=messages, **context)
        except TemplateError:
            # Many templates insist on alternating roles; a chat that does not is still a chat.
            text = compiled.render(messages=_collated(messages), **context)
    except (TemplateError, TypeError, ValueError, KeyError, RecursionError, OverflowError) as error:
        raise ApiError(400, f"the model's chat template refuses these messages: {error}") from error
    # The engine puts the beginning-of-sequence token itself.
    return (text[len(bos) :] if bos and text.startswith(bos) else text) + prefill


def _render_go(template: str, messages: list[Message]) -> str:
    system = "\n\n".join(m["content"] for m in messages if m["role"] == "system")
    listed = [{"Role": m["role"], "Content": m["content"]} for m in _collated(messages)]
    try:
        if ".Messages" in template:
            values = {"System": system, "Messages": listed, "Prompt": "", "Response": ""}
            return gotemplate.render(template, values)
        return _render_turns(template, messages)
    except (gotemplate.TemplateError, RecursionError) as error:
        raise ApiError(400, f"template error: {error}") from error


def _render_turns(template: str, messages: list[Message]) -> str:
    """A template of one turn (`.System`, `.Prompt`, `.Response`), once per turn, as Ollama does;
    of the last turn only what stands before the answer."""
    turns: list[dict[str, str]] = []
    current: dict[str, str] = {}
    order = {"system": ("System", 0), "user": ("Prompt", 1), "assistant": ("Response", 2)}
    reached = -1
    for message in _collated(messages):
        field, rank = order.get(message["role"], ("Prompt", 1))
        if rank <= reached:
            turns.append(current)
            current, reached = {}, -1
        current[field], reached = message["content"], rank
    if current:
        turns.append(current)
    blank = {"System": "", "Prompt": "", "Response": "", "Suffix": ""}
    mark = "\x00response\x00"
    whole = template if ".Response" in template else template + "{{ .Response }}"
    parts = [gotemplate.render(whole, blank | turn) for turn in turns[:-1]]
    last = gotemplate.render(whole, blank | (turns[-1] if turns else {}) | {"Response": mark})
    return "".join(parts) + last.partition(mark)[0]


def room(n_ctx: int, num_predict: int) -> int:
    """Tokens kept free for the answer when a prompt has to be cut."""
    return min(num_predict if num_predict > 0 else n_ctx // 4, n_ctx // 2)


def surely_fits(text: str, n_ctx: int) -> bool:
    """Whether `text` fits without counting: no token is shorter than a byte."""
    return len(text) * 4 + 8 < n_ctx or len(text.encode()) + 8 < n_ctx


async def fit_messages(
    messages: list[Message],
    render: Callable[[list[Message]], str],
    tokenize: Tokenize,
    n_ctx: int,
    num_predict: int,
) -> str:
    """The prompt, without as many of the oldest messages as do not fit, as Ollama does it:
    system messages and the last message stay."""
    prompt = render(messages)
    if surely_fits(prompt, n_ctx):
        return prompt
    if len(await tokenize(prompt)) < n_ctx:
        return prompt
    limit = n_ctx - room(n_ctx, num_predict)
    droppable = [i for i, m in enumerate(messages[:-1]) if m["role"] != "system"]
    low, high = 0, len(droppable)  # the smallest number of dropped messages that fits
    while low < high:
        middle = (low + high) // 2
        gone = set(droppable[:middle])
        shorter = render([m for i, m in enumerate(messages) if i not in gone])
        if len(await tokenize(shorter)) <= limit:
            high = middle
        else:
            low = middle + 1
    gone = set(droppable[:low])
    return render([m for i, m in enumerate(messages) if i not in gone])


async def fit_text(
    prompt: str, tokenize: Tokenize, n_ctx: int, num_predict: int, num_keep: int
) -> str | list[int]:
    """A single prompt that is too long loses its middle: the first `num_keep` tokens and the end
    stay. Given back as tokens then, else as it was."""
    if surely_fits(prompt, n_ctx):
        return prompt
    return cut_tokens(await tokenize(prompt), n_ctx, num_predict, num_keep) or prompt


def cut_tokens(tokens: list[int], n_ctx: int, num_predict: int, num_keep: int) -> list[int] | None:
    """The tokens without their middle; None when they fit."""
    if len(tokens) < n_ctx:
        return None
    limit = n_ctx - room(n_ctx, num_predict)
    keep = max(0, min(num_keep if num_keep >= 0 else limit, limit - 1))
    return tokens[:keep] + tokens[len(tokens) - (limit - keep) :]

"""How a conversation becomes the one text that a model continues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from selfhost.errors import KitError


def render(metadata: Mapping[str, Any], conversation: str | Sequence[Mapping[str, str]]) -> str:
    """Apply the chat template of a GGUF header to a question, or to a list of messages.

    The result ends where the model's turn begins. Templates are programs from the network, so
    they run in Jinja's sandbox, as in `transformers`. Raises KitError when the file has none.
    """
    from jinja2.exceptions import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    template = metadata.get("tokenizer.chat_template")
    if not template:
        raise KitError("This model file has no chat template; it only continues texts.")
    tokens = metadata.get("tokenizer.ggml.tokens", [])

    def token(key: str) -> str:
        number = metadata.get(f"tokenizer.ggml.{key}_token_id")
        return str(tokens[number]) if number is not None and number < len(tokens) else ""

    def refuse(message: str) -> None:
        raise TemplateError(message)

    if isinstance(conversation, str):
        conversation = [{"role": "user", "content": conversation}]
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = refuse
    try:
        return environment.from_string(template).render(
            messages=conversation,
            add_generation_prompt=True,
            bos_token=token("bos"),
            eos_token=token("eos"),
        )
    except TemplateError as error:
        raise KitError(f"The chat template of this file refuses the messages: {error}.") from error


def stop_tokens(metadata: Mapping[str, Any]) -> set[int]:
    """The ids that end an answer: end of text, and end of turn where the model has one."""
    keys = ("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")
    return {int(metadata[key]) for key in keys if metadata.get(key) is not None}

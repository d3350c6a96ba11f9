"""The shapes of requests, for checking them and for `/openapi.json`.

All fields may be null (clients send options full of nulls) and unknown fields are let through.
Types are strict: "0.8" is no number. Whole numbers may be written 5.0, as Go's clients do.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _whole(value: Any) -> Any:
    return (
        int(value)
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**63
        else value
    )


Int = Annotated[int, BeforeValidator(_whole), Field(strict=True, ge=-(2**53), le=2**53)]
Num = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e6, le=1e6)]
Str = Annotated[str, Field(strict=True)]
Bool = Annotated[bool, Field(strict=True)]
Top = Annotated[int, BeforeValidator(_whole), Field(strict=True, ge=0, le=20)]


class Shape(BaseModel):
    """Unknown fields are let through."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())


class Options(Shape):
    """Ollama's sampling options; others are accepted and have no effect here."""

    num_ctx: Int | None = None
    num_predict: Int | None = None
    num_keep: Int | None = None
    seed: Int | None = None
    temperature: Annotated[float, Field(strict=True, ge=0, le=1e6, allow_inf_nan=False)] | None = (
        None
    )
    top_k: Int | None = None
    top_p: Num | None = None
    min_p: Num | None = None
    typical_p: Num | None = None
    repeat_last_n: Int | None = None
    repeat_penalty: (
        Annotated[float, Field(strict=True, gt=0, le=1e6, allow_inf_nan=False)] | None
    ) = None
    presence_penalty: Num | None = None
    frequency_penalty: Num | None = None
    stop: list[Str] | Str | None = None
    reproducible: Bool | None = None

    def given(self) -> dict[str, Any]:
        """What the caller set, ready to be merged."""
        values = {k: v for k, v in self.__dict__.items() if v is not None and k != "reproducible"}
        if isinstance(values.get("stop"), str):
            values["stop"] = [values["stop"]]
        return values


class Named(Shape):
    """A request about one model; Ollama takes `name` for `model`."""

    model: Str | None = Field(None, examples=["aprendiz"])
    name: Str | None = None

    @property
    def asked(self) -> str:
        """The name as the caller wrote it."""
        return self.model or self.name or ""


class _Generating(Named):
    stream: Bool | None = None
    format: Str | dict[str, Any] | None = Field(None, examples=["json"])
    keep_alive: Num | Str | None = None
    options: Options | None = None
    think: Bool | Str | None = None
    logprobs: Bool | None = None
    top_logprobs: Top | None = None
    truncate: Bool | None = None
    shift: Bool | None = None
    reproducible: Bool | None = None


class GenerateRequest(_Generating):
    """POST /api/generate."""

    prompt: Str | None = Field(None, examples=["Why is the sky blue?"])
    suffix: Str | None = None
    system: Str | None = None
    template: Str | None = None
    context: list[Annotated[int, Field(strict=True, ge=0, lt=2**31)]] | None = None
    raw: Bool | None = None
    images: list[Any] | None = None


class OllamaMessage(Shape):
    """A message of a chat."""

    role: Literal["system", "user", "assistant", "tool"]
    content: Str | None = None
    images: list[Any] | None = None
    thinking: Str | None = None
    tool_calls: list[Any] | None = None
    tool_name: Str | None = None


class ChatRequest(_Generating):
    """POST /api/chat."""

    messages: list[OllamaMessage] | None = None
    tools: list[Any] | None = None


class EmbedRequest(Named):
    """POST /api/embed."""

    input: Str | list[Str] | None = Field(None, examples=["Why is the sky blue?"])
    truncate: Bool | None = None
    dimensions: (
        Annotated[int, BeforeValidator(_whole), Field(strict=True, ge=0, le=2**31)] | None
    ) = None
    keep_alive: Num | Str | None = None
    options: Options | None = None


class LegacyEmbedRequest(Named):
    """POST /api/embeddings."""

    prompt: Str | None = None
    keep_alive: Num | Str | None = None
    options: Options | None = None


class ShowRequest(Named):
    """POST /api/show."""

    verbose: Bool | None = None


class PullRequest(Named):
    """POST /api/pull."""

    stream: Bool | None = None
    insecure: Bool | None = None
    accept_licence: Bool | None = None


class CreateRequest(Named):
    """POST /api/create: the fields of today's API, or a whole Modelfile as text."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=(), populate_by_name=True)

    from_: Str | None = Field(None, alias="from")
    modelfile: Str | None = None
    files: dict[str, Str] | None = None
    adapters: dict[str, Str] | None = None
    system: Str | None = None
    template: Str | None = None
    license: Str | list[Str] | None = None
    parameters: dict[str, Any] | None = None
    messages: list[OllamaMessage] | None = None
    quantize: Str | None = None
    stream: Bool | None = None


class CopyRequest(Shape):
    """POST /api/copy."""

    source: Str
    destination: Str


class StreamOptions(Shape):
    """`stream_options` of OpenAI's API."""

    include_usage: Bool | None = None


class _OpenAI(Shape):
    model: Str = Field(examples=["aprendiz"])
    stream: Bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, BeforeValidator(_whole), Field(strict=True, ge=1, le=16)] | None = None
    stop: Str | list[Str] | None = None
    seed: Int | None = None
    temperature: Annotated[float, Field(strict=True, ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(strict=True, ge=0, le=1)] | None = None
    max_tokens: Int | None = None
    presence_penalty: Annotated[float, Field(strict=True, ge=-2, le=2)] | None = None
    frequency_penalty: Annotated[float, Field(strict=True, ge=-2, le=2)] | None = None
    logit_bias: dict[str, Num] | None = None
    reproducible: Bool | None = None
    # Not OpenAI's, but front ends merge them into the body; given, they count.
    top_k: Int | None = None
    min_p: Num | None = None
    typical_p: Num | None = None
    repeat_penalty: Annotated[float, Field(strict=True, gt=0, le=1e6)] | None = None
    repeat_last_n: Int | None = None

    def options(self) -> dict[str, Any]:
        """The sampling settings given, under Ollama's names."""
        names = [
            *("seed", "temperature", "top_p", "presence_penalty", "frequency_penalty"),
            *("top_k", "min_p", "typical_p", "repeat_penalty", "repeat_last_n"),
        ]
        found = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        if self.stop is not None:
            found["stop"] = [self.stop] if isinstance(self.stop, str) else self.stop
        return found


class ContentPart(Shape):
    """A part of a message's content."""

    type: Str
    text: Str | None = None


class OpenAIMessage(Shape):
    """A message of a chat."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Str | list[ContentPart] | None = None


class ChatCompletionRequest(_OpenAI):
    """POST /v1/chat/completions."""

    messages: Annotated[list[OpenAIMessage], Field(min_length=1)]
    max_completion_tokens: Int | None = None
    response_format: dict[str, Any] | None = None
    logprobs: Bool | None = None
    top_logprobs: Top | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None


class CompletionRequest(_OpenAI):
    """POST /v1/completions."""

    prompt: Str | list[Str] | list[Annotated[int, Field(strict=True, ge=0, lt=2**31)]] | None = None
    suffix: Str | None = None
    echo: Bool | None = None
    logprobs: Top | None = None


class EmbeddingRequest(Shape):
    """POST /v1/embeddings."""

    model: Str = Field(examples=["aprendiz"])
    input: (
        Str
        | list[Str]
        | list[Annotated[int, Field(strict=True, ge=0, lt=2**31)]]
        | list[list[Annotated[int, Field(strict=True, ge=0, lt=2**31)]]]
    )
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: (
        Annotated[int, BeforeValidator(_whole), Field(strict=True, ge=1, le=2**31)] | None
    ) = None


class LeaseRequest(Shape):
    """POST /selfhost/lease: keep the server for as long as this process lives."""

    pid: Annotated[int, Field(strict=True, ge=1, lt=2**31)]

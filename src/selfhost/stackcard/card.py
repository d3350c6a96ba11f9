"""The stack card: what ran, in one small file. Its shape, as pydantic models and a JSON Schema.

A fact that nobody told us is the text "unknown"; it is never guessed. Nothing identifies a
person or a machine: no host name, user name, serial number, address or absolute path.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from selfhost.errors import KitError

VERSION: Literal["1.0"] = "1.0"
UNKNOWN: Literal["unknown"] = "unknown"
Text = Annotated[str, Field(max_length=500)]
Sha256 = Annotated[str, Field(pattern=r"^([0-9a-f]{64}|unknown)$")]
Count = Annotated[int, Field(ge=0)] | Literal["unknown"]
Flag = bool | Literal["unknown"]
MAX_BYTES = 256 * 1024


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Engine(_Part):
    """The software that computed the tokens."""

    name: Text = Field(default=UNKNOWN, description="llama.cpp, transformers, vLLM ...")
    version: Text = UNKNOWN
    commit: Text = UNKNOWN
    package: Text = Field(
        default=UNKNOWN, description="Python package and version, or the server's name"
    )
    build: dict[str, Text | int | bool] = Field(
        default_factory=dict, description="compiler, instruction sets built in, back ends"
    )


class Model(_Part):
    """The weights, and what stands between text and tokens."""

    name: Text = UNKNOWN
    sha256: Sha256 = Field(default=UNKNOWN, description="of the weights' file")
    bytes: Count = UNKNOWN
    architecture: Text = UNKNOWN
    parameters: Count = UNKNOWN
    quantization: dict[str, int] = Field(
        default_factory=dict, description="bytes of weights per tensor type, e.g. F16, Q4_K"
    )
    tokenizer_sha256: Sha256 = Field(default=UNKNOWN, description="of the token list, in order")
    chat_template_sha256: Sha256 = UNKNOWN
    bos_token_id: Count = UNKNOWN
    add_bos: Flag = Field(
        default=UNKNOWN, description="does the engine put BOS in front by itself?"
    )
    eos_token_ids: list[int] = Field(default_factory=list)


class Setting(_Part):
    """One sampling setting that was in force."""

    value: Text | float | int | bool | list[str] | None
    origin: Literal[
        "request", "modelfile", "default", "client default", "random", "reproducible", "unknown"
    ] = Field(default=UNKNOWN, description="who set it; `default` is the server's or engine's own")


class Serving(_Part):
    """How the engine was run."""

    api: Literal["ollama", "openai", "in process", "unknown"] = UNKNOWN
    context_length: Count = Field(default=UNKNOWN, description="tokens per slot")
    parallel_slots: Count = UNKNOWN
    batch: Count = Field(default=UNKNOWN, description="tokens per logical batch")
    ubatch: Count = Field(default=UNKNOWN, description="tokens per physical batch")
    threads: Count = UNKNOWN
    cache_type_k: Text = UNKNOWN
    cache_type_v: Text = UNKNOWN
    flash_attention: Text = UNKNOWN
    prompt_cache: Flag = UNKNOWN
    reproducible_mode: Flag = UNKNOWN


class Hardware(_Part):
    """The machine that computed; of a remote one usually unknown."""

    cpu: Text = UNKNOWN
    cores: Count = UNKNOWN
    instruction_sets: list[Text] = Field(default_factory=list)
    ram_gib: float | Literal["unknown"] = UNKNOWN
    gpus: list[Text] = Field(default_factory=list)
    gpu_driver: Text = UNKNOWN


class Software(_Part):
    """Around the engine."""

    system: Text = UNKNOWN
    python: Text = UNKNOWN
    packages: dict[str, Text] = Field(default_factory=dict)


class Run(_Part):
    """What an experiment did, so that it can be repeated and compared elsewhere."""

    experiment: dict[str, Any] = Field(default_factory=dict, description="the grid, to replay it")
    outputs: dict[str, Sha256] = Field(
        default_factory=dict, description="sha256 of each generation's text, by its key"
    )
    measures: dict[str, float | int | str | None] = Field(default_factory=dict)


class Card(_Part):
    """A stack card."""

    stackcard: Literal["1.0"] = VERSION
    kit: Text = UNKNOWN
    created: datetime = Field(description="UTC, to the second")
    where: Literal["this machine", "remote"] = "this machine"
    engine: Engine = Engine()
    model: Model = Model()
    settings: dict[str, Setting] = Field(default_factory=dict)
    serving: Serving = Serving()
    hardware: Hardware = Hardware()
    software: Software = Software()
    run: Run | None = None

    def to_json(self) -> str:
        """The card as a file's text, keys in a fixed order."""
        return json.dumps(self.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


def now() -> datetime:
    """This moment in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def schema() -> dict[str, Any]:
    """The published JSON Schema of a card."""
    described = Card.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def parse(text: str | bytes, name: str = "The card") -> Card:
    """Read a card. Raises `KitError`, in one sentence that names the field, for anything else."""
    if len(text) > MAX_BYTES:
        raise KitError(f"{name} has {len(text):,} bytes; a stack card has at most {MAX_BYTES:,}.")
    try:
        return Card.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise KitError(
            f"{name} is not a stack card: {field}: {first['msg']}.", "selfhost stackcard"
        ) from None


def read(path: Path) -> Card:
    """Read a card's file. Raises `KitError`."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise KitError(f"{path.name} has {size:,} bytes; a stack card has fewer.")
        return parse(path.read_bytes(), path.name)
    except OSError as error:
        raise KitError(f"{path.name} cannot be read: {error.strerror}.") from error


def write(card: Card, path: Path) -> None:
    """Write the JSON and, beside it, the Markdown; whole or not at all."""
    from selfhost.stackcard.render import markdown

    path.parent.mkdir(parents=True, exist_ok=True)
    for target, text in ((path, card.to_json()), (path.with_suffix(".md"), markdown(card))):
        unfinished = target.with_name(target.name + ".part")
        unfinished.write_text(text, encoding="utf-8")
        Path(unfinished).replace(target)

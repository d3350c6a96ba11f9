"""The weights that all engines share: a folder as transformers writes it, and its tokenizer."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from selfhost import paths, weights
from selfhost.errors import KitError
from selfhost.stackcard.card import Model

# llama.cpp's template for a model whose file brings none (`common/chat.cpp`).
CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] "
    "+ '<|im_end|>\n'}}{% endfor %}{{ '<|im_start|>assistant\n' }}"
)
NO_TEMPLATE = "{% for message in messages %}{{ message['content'] + '\n' }}{% endfor %}"
_NEEDED = ("config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja")


@dataclass(frozen=True)
class Source:
    """A model's folder. Raises `KitError` when a file is missing."""

    folder: Path

    def __post_init__(self) -> None:
        for name in _NEEDED:
            if not (self.folder / name).is_file():
                raise KitError(
                    f"{self.folder.name} holds no complete model: {name} is missing.",
                    "selfhost models verify",
                )

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @cached_property
    def config(self) -> dict[str, Any]:
        """`config.json`."""
        data: dict[str, Any] = json.loads((self.folder / "config.json").read_text("utf-8"))
        return data

    @cached_property
    def digest(self) -> str:
        """sha256 of the weights, which conversions are kept under."""
        return weights.sha256(self.folder / "model.safetensors")

    @cached_property
    def stops(self) -> tuple[int, ...]:
        """Ids of the tokens that end an answer."""
        path = self.folder / "generation_config.json"
        told = json.loads(path.read_text("utf-8")) if path.is_file() else self.config
        ends = told.get("eos_token_id", [])
        return tuple(ends) if isinstance(ends, list) else (int(ends),)

    @cached_property
    def template(self) -> str:
        """The chat template, in Jinja."""
        return (self.folder / "chat_template.jinja").read_text("utf-8")

    @cached_property
    def tokenizer(self) -> Any:
        """A `tokenizers.Tokenizer`."""
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.folder / "tokenizer.json"))

    @property
    def bos(self) -> int:
        """Id of the token that begins a text."""
        return int(self.config["bos_token_id"])

    @property
    def context(self) -> int:
        """Tokens that fit, prompt and answer together."""
        return int(self.config["max_position_embeddings"])

    def render(self, messages: Sequence[Mapping[str, str]], template: str | None = None) -> str:
        """The text that the model reads, by its own template or another one."""
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        return environment.from_string(self.template if template is None else template).render(
            messages=list(messages), bos_token="<bos>", add_generation_prompt=True
        )

    def encode(self, text: str, *, add_bos: bool = False) -> tuple[int, ...]:
        """Token ids of a text; markers such as `<start_of_turn>` become their tokens.

        `add_bos` is what a tokenizer does by default when it is handed a text: it puts BOS in
        front, whether one is there already or not.
        """
        ids = self.tokenizer.encode(text, add_special_tokens=False).ids
        return (self.bos, *ids) if add_bos else tuple(ids)

    def decode(self, ids: Sequence[int]) -> str:
        """Text of token ids, without markers."""
        return str(self.tokenizer.decode(list(ids)))

    @cached_property
    def pieces(self) -> dict[str, int]:
        """Token ids by the text that an API shows for them.

        Where a byte and a piece look alike it is the piece, which a tokenizer prefers as well.
        """
        found: dict[str, int] = {}
        for number in reversed(range(self.tokenizer.get_vocab_size())):
            piece = str(self.tokenizer.id_to_token(number))
            if not (piece.startswith("<0x") and len(piece) == 6):
                found[piece.replace("▁", " ")] = number
        for value in range(128):  # bytes above are parts of a sign, with no text of their own
            number = self.tokenizer.token_to_id(f"<0x{value:02X}>")
            if number is not None:
                found.setdefault(chr(value), int(number))
        found[""] = self.stops[-1]  # llama.cpp shows control tokens as nothing
        return found

    @cached_property
    def tensors(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """(dtype, shape) of each tensor of the weights."""
        from safetensors import safe_open

        with safe_open(self.folder / "model.safetensors", framework="numpy") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            return {
                name: (str(each.get_dtype()), tuple(each.get_shape()))
                for name, each in slices.items()
            }

    def model(self, matrices: str | None = None, vectors: str | None = None) -> Model:
        """For a stack card. The types to which an engine converts as it loads, if it does.

        Engines in this process get ids, so they add no BOS.
        """
        sizes: Counter[str] = Counter()
        for dtype, shape in self.tensors.values():
            kind = (matrices if len(shape) > 1 else vectors) or dtype
            sizes[kind] += math.prod(shape) * _BYTES.get(kind, 4)
        tokens = [self.tokenizer.id_to_token(i) for i in range(self.config["vocab_size"])]
        return Model(
            name=self.name,
            sha256=self.digest,
            bytes=(self.folder / "model.safetensors").stat().st_size,
            architecture=str(self.config["model_type"]).removesuffix("_text"),
            parameters=sum(math.prod(shape) for _, shape in self.tensors.values()),
            quantization=dict(sizes),
            tokenizer_sha256=_sha256(json.dumps(tokens)),
            chat_template_sha256=_sha256(self.template),
            bos_token_id=self.bos,
            add_bos=False,
            eos_token_ids=list(self.stops),
        )


_BYTES = {"F32": 4, "BF16": 2, "F16": 2, "I8": 1}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def shipped() -> Source:
    """The course's own model, `aprendiz`."""
    return Source(paths.shipped_models() / "aprendiz")

"""The numbers of a transformer's architecture that decide how much memory it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.sizing.data import table
from selfhost.weights import GGUFInfo

# Decoders with a gated feed-forward whose tensors this module can count from a config.json:
# norms of the hidden size per layer, norms of the head size per layer, biases on q, k and v.
FAMILIES = {
    "llama": (2, 0, False),
    "mistral": (2, 0, False),
    "qwen2": (2, 0, True),
    "qwen3": (2, 2, False),
    "gemma": (2, 0, False),
    "gemma2": (4, 0, False),
    "gemma3": (4, 2, False),
}
# Every so many layers one sees the whole context; the others see a window of it.
GLOBAL_EVERY = {"gemma2": 2, "gemma3": 6}
_TIED = {"gemma", "gemma2", "gemma3"}


@dataclass(frozen=True)
class Shape:
    """An architecture's sizes, in elements and tokens.

    `kv_heads` has one number per layer; `window` is None where every layer sees everything;
    layer i is global when (i + 1) % `global_every` == 0.
    """

    name: str
    family: str
    layers: int
    hidden: int
    ffn: int
    heads: int
    kv_heads: tuple[int, ...]
    head_dim: int
    value_dim: int
    vocab: int
    context: int
    window: int | None = None
    global_every: int = 1
    tied: bool = True
    source: str = ""

    def is_global(self, layer: int) -> bool:
        """Whether this layer's cache holds the whole context."""
        return self.window is None or (layer + 1) % self.global_every == 0

    @property
    def global_layers(self) -> int:
        """How many layers see the whole context."""
        return sum(self.is_global(layer) for layer in range(self.layers))

    @property
    def parameters(self) -> int:
        """All parameters of the text model; raises `KitError` for a family it cannot count."""
        from selfhost.sizing.tensors import tensors

        return sum(tensor.elements for tensor in tensors(self))

    @property
    def embedding(self) -> int:
        """Parameters of the embedding, and of the output matrix where it is another one."""
        return self.vocab * self.hidden * (1 if self.tied else 2)


def from_gguf(info: GGUFInfo) -> Shape:
    """The shape that a GGUF file's header tells. Raises `KitError` if a size is missing."""

    def need(key: str) -> int:
        value = info.of_architecture(key)
        if not isinstance(value, int) or value <= 0:
            raise KitError(
                f"{info.path.name} does not say its {info.architecture}.{key}, so its memory "
                "cannot be computed."
            )
        return value

    layers, hidden, heads = need("block_count"), need("embedding_length"), _most(info, "head_count")
    key_length = info.of_architecture("attention.key_length") or hidden // heads
    told = info.of_architecture("attention.head_count_kv", heads)
    per_layer = tuple(told) if isinstance(told, list) else (told,) * layers
    window = info.of_architecture("attention.sliding_window") or None
    every = GLOBAL_EVERY.get(info.architecture, 1)
    names = {tensor.name for tensor in info.tensors}
    feed = info.of_architecture("feed_forward_length", 4 * hidden)
    return Shape(
        name=str(info.metadata.get("general.name", info.path.stem)),
        family=info.architecture,
        layers=layers,
        hidden=hidden,
        ffn=max(feed) if isinstance(feed, list) else int(feed),
        heads=heads,
        kv_heads=per_layer,
        head_dim=int(key_length),
        value_dim=int(info.of_architecture("attention.value_length") or key_length),
        vocab=_vocabulary(info),
        context=int(info.of_architecture("context_length", 4096)),
        # Without a known pattern every layer is counted as global: too much rather than too little.
        window=window if every > 1 else None,
        global_every=every,
        tied="output.weight" not in names,
        source=f"header of {info.path.name}",
    )


def _most(info: GGUFInfo, key: str) -> int:
    value = info.of_architecture(f"attention.{key}")
    number = max(value) if isinstance(value, list) and value else value
    if not isinstance(number, int) or number <= 0:
        raise KitError(f"{info.path.name} does not say its number of attention heads.")
    return number


def _vocabulary(info: GGUFInfo) -> int:
    for tensor in info.tensors:
        if tensor.name == "token_embd.weight":
            return tensor.shape[-1]
    return len(info.metadata.get("tokenizer.ggml.tokens", ()))


def from_config(config: Mapping[str, Any], name: str = "model") -> Shape:
    """The shape in a Hugging Face config.json (of a multimodal model: its text part).

    Raises `KitError` for mixtures of experts and for families not in `FAMILIES`.
    """
    outer = config
    config = outer.get("text_config") or outer
    family = str(config.get("model_type", outer.get("model_type", ""))).removesuffix("_text")
    if family not in FAMILIES or config.get("num_local_experts") or config.get("num_experts"):
        kind = "a mixture of experts" if family in FAMILIES else f"of type {family or 'unknown'}"
        raise KitError(
            f"{name} is {kind}, whose tensors cannot be counted from config.json alone; known "
            f"types: {', '.join(FAMILIES)}.",
            "selfhost sizing with a GGUF file of it, whose header lists every tensor",
        )
    try:
        layers, heads = int(config["num_hidden_layers"]), int(config["num_attention_heads"])
        hidden, ffn = int(config["hidden_size"]), int(config["intermediate_size"])
        vocab = int(config["vocab_size"])
        kv_heads = int(config.get("num_key_value_heads") or heads)
        head_dim = int(config.get("head_dim") or hidden // heads)
        context = int(config.get("max_position_embeddings", 4096))
        window = config.get("sliding_window") if family in GLOBAL_EVERY else None
        every = GLOBAL_EVERY.get(family, 1)
        if min(layers, heads, hidden, ffn, vocab, kv_heads, head_dim) <= 0 or layers > 10_000:
            raise ValueError("a size is not positive")
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise KitError(f"The config.json of {name} lacks a usable size ({error}).") from error
    tied = config.get("tie_word_embeddings", outer.get("tie_word_embeddings"))
    return Shape(
        name, family, layers, hidden, ffn, heads, (kv_heads,) * layers, head_dim, head_dim, vocab,
        context, int(window) if window else None, every,
        family in _TIED if tied is None else bool(tied), "config.json",
    )  # fmt: skip


def read_config(path: Path) -> Shape:
    """`from_config` of a file. Raises `KitError` if it is no JSON object."""
    try:
        if path.stat().st_size > 10_000_000:
            raise ValueError("larger than any configuration")
        config = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(config, dict):
            raise ValueError("not an object")
    except (OSError, ValueError, RecursionError) as error:
        raise KitError(f"{path.name} is not a readable config.json ({error}).") from error
    return from_config(config, path.resolve().parent.name)


def published_shapes() -> dict[str, Shape]:
    """Shapes of well-known models, each with source and date, from `data/sizing.yaml`."""
    shapes = {}
    for name, row in table()["shapes"].items():
        family = row["family"]
        shapes[name] = Shape(
            name, family, row["layers"], row["hidden"], row["ffn"], row["heads"],
            (row["kv_heads"],) * row["layers"], row["head_dim"], row["head_dim"], row["vocab"],
            row["context"], row["window"], GLOBAL_EVERY.get(family, 1), row.get("tied", True),
            f"{row['source']}, {row['date']}",
        )  # fmt: skip
    return shapes

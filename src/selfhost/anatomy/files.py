"""Open a model file: what its header says, and where its numbers sit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfhost import weights
from selfhost.errors import KitError

SHIPPED = "aprendiz"

# What each tensor of a transformer in llama.cpp's naming is for; the first match counts.
_PARTS = [
    ("norms", r"norm", "keep the numbers in range"),
    ("embedding", r"^(token_embd|output)\.", "one row of numbers per token"),
    ("attention", r"\.(attn|ssm)_", "tokens look at earlier tokens"),
    ("feed-forward", r"\.ffn_", "each token is worked on alone"),
]
_OTHER = ("other", "whatever else this architecture has")


@dataclass(frozen=True)
class Group:
    """Tensors with one job. `numbers` is how many weights they hold, `bytes` their size on disk."""

    name: str
    job: str
    tensors: int
    numbers: int
    bytes: int


@dataclass(frozen=True)
class Anatomy:
    """An opened model file: `name` as an engine calls it, `info` the GGUF header."""

    name: str
    info: weights.GGUFInfo

    @property
    def path(self) -> Path:
        return self.info.path

    @property
    def file_bytes(self) -> int:
        return self.path.stat().st_size

    @property
    def data_bytes(self) -> int:
        """Bytes that are weights; the rest of the file is header and vocabulary."""
        return sum(tensor.bytes for tensor in self.info.tensors)

    def tokenizer_metadata(self) -> dict[str, Any]:
        return {k: v for k, v in self.info.metadata.items() if k.startswith("tokenizer.")}


def local_model(name: str) -> tuple[str, Path, str]:
    """A GGUF file on this machine to look into: (its model's name, its path, a sentence).

    The file of the model called `name` if there is one here; otherwise the shipped model's, and
    the sentence says so. Raises KitError when even that is missing.
    """
    path = weights.find(name)
    if path is not None:
        return name, path, f"This is the file of {name}, the model that answers in this notebook."
    path = weights.find(SHIPPED)
    if path is None:
        raise KitError(
            "The file of the shipped model is missing from models/aprendiz.",
            "git checkout -- models/aprendiz",
        )
    return (
        SHIPPED,
        path,
        f"The file of {name} is not where this notebook can read it, "
        f"so we open the file of {SHIPPED}, the kit's own small model.",
    )


def open_model(name: str, path: Path) -> Anatomy:
    """Read the header. Raises KitError for a file that is no sound GGUF."""
    return Anatomy(name, weights.read_gguf(path))


def readable(anatomy: Anatomy) -> tuple[Anatomy, str]:
    """A model whose vocabulary notebook 01 can read, and a sentence about which one that is.

    `tokens` reads SentencePiece vocabularies (Gemma's kind). For a model with another kind it is
    the shipped model's.
    """
    kind = anatomy.info.metadata.get("tokenizer.ggml.model")
    if kind == "llama":
        return anatomy, f"The vocabulary of {anatomy.name}."
    name, path, _ = local_model(SHIPPED)
    return (
        open_model(name, path),
        f"{anatomy.name} has a vocabulary of another kind ({kind}); we look at that of {name}.",
    )


def facts(anatomy: Anatomy) -> list[tuple[str, Any, str]]:
    """The header's most telling entries: (key in the file, value, what it means).

    Keys that this file does not have are left out, so the list differs between architectures.
    """
    info = anatomy.info
    arch = info.architecture
    wanted = [
        ("general.name", "what its makers call it"),
        ("general.license", "under which conditions you may use it"),
        ("general.architecture", "which arithmetic the engine must do"),
        (f"{arch}.block_count", "layers: how often the arithmetic is repeated"),
        (f"{arch}.embedding_length", "numbers that stand for one token inside the model"),
        (f"{arch}.feed_forward_length", "width of each layer's inner network"),
        (f"{arch}.attention.head_count", "ways of looking back at earlier tokens, per layer"),
        (f"{arch}.attention.head_count_kv", "of these, how many keep notes of their own"),
        (f"{arch}.attention.sliding_window", "how far most layers look back, in tokens"),
        (f"{arch}.context_length", "tokens it was made to handle at once"),
        ("tokenizer.ggml.model", "the kind of tokenizer"),
    ]
    rows: list[tuple[str, Any, str]] = [
        (key, info.metadata[key], meaning) for key, meaning in wanted if key in info.metadata
    ]
    tokens = info.metadata.get("tokenizer.ggml.tokens")
    if tokens is not None:
        rows.append(("tokenizer.ggml.tokens", f"{len(tokens)} entries", "its vocabulary"))
    template = info.metadata.get("tokenizer.chat_template")
    if template is not None:
        said = f"{len(template)} characters"
        rows.append(("tokenizer.chat_template", said, "how a conversation becomes one text"))
    return rows


def groups(anatomy: Anatomy) -> list[Group]:
    """The tensors by their job, in the order in which a token meets them."""
    found: dict[str, list[weights.TensorInfo]] = {}
    for tensor in anatomy.info.tensors:
        found.setdefault(_part(tensor.name), []).append(tensor)
    order = ("embedding", "attention", "feed-forward", "norms", _OTHER[0])
    jobs = {name: job for name, _, job in _PARTS} | dict([_OTHER])
    return [
        Group(
            name,
            jobs[name],
            len(found[name]),
            sum(t.elements for t in found[name]),
            sum(t.bytes for t in found[name]),
        )
        for name in order
        if name in found
    ]


def occurrences(path: Path, text: str) -> int:
    """How often the bytes of `text` stand in the file. Reads it in pieces: files may be large."""
    wanted = text.encode()
    total, tail = 0, b""
    with path.open("rb") as file:
        while piece := file.read(1 << 24):
            total += (tail + piece).count(wanted)
            # One byte less than the text: a hit across the seam counts once, never twice.
            tail = (tail + piece)[-(len(wanted) - 1) :] if len(wanted) > 1 else b""
    return total


def first_values(anatomy: Anatomy, tensor: str, n: int = 8) -> list[float]:
    """The first `n` numbers of a tensor, as floats, whatever its type in the file."""
    import gguf
    import numpy as np

    info = next((t for t in anatomy.info.tensors if t.name == tensor), None)
    if info is None:
        raise KitError(f"The file has no tensor called {tensor!r}.")
    kind = gguf.GGMLQuantizationType[info.type]
    per_block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
    with anatomy.path.open("rb") as file:
        file.seek(info.offset)
        raw = np.frombuffer(file.read(block_bytes * -(-n // per_block)), dtype=np.uint8)
    if info.type in {"F32", "F16"}:
        values = raw.view(np.float32 if info.type == "F32" else np.float16).astype(np.float32)
    else:
        values = gguf.quants.dequantize(raw, kind)
    return [float(value) for value in values.reshape(-1)[:n]]


def _part(name: str) -> str:
    for part, pattern, _ in _PARTS:
        if re.search(pattern, name):
            return part
    return _OTHER[0]

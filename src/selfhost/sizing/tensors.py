"""Bytes of weights: read from a header, or counted from an architecture and a quantization.

llama.cpp's mixed quantizations (Q4_K_M) give some tensors a longer type, and fall back to another
type where a row is no multiple of 256. Source of both rules: llama.cpp, src/llama-quant.cpp
(`llama_tensor_get_type_impl`, read 2026-11); a test holds them against llama.cpp's own quantizer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from selfhost.errors import KitError
from selfhost.sizing.shape import FAMILIES, Shape

#: Numbers per block and bytes per block (ggml's table; a test compares it with the gguf library).
BLOCKS = {
    "F32": (1, 4), "F16": (1, 2), "BF16": (1, 2), "Q8_0": (32, 34), "Q5_0": (32, 22),
    "Q5_1": (32, 24), "Q4_0": (32, 18), "Q4_1": (32, 20), "Q6_K": (256, 210), "Q5_K": (256, 176),
    "Q4_K": (256, 144), "Q3_K": (256, 110), "Q2_K": (256, 84), "IQ4_NL": (32, 18),
    "IQ4_XS": (256, 136),
}  # fmt: skip
#: What `of_shape` can compute.
FILE_TYPES = ("F32", "F16", "BF16", "Q8_0", "Q6_K", "Q4_0", "Q4_K_M")
_FALLBACK = {"Q6_K": "Q8_0", "Q5_K": "Q5_1", "Q4_K": "Q5_0"}
#: Types that llama.cpp lays out anew in memory on x86 processors with AVX2, beside the file's
#: own pages (seen with xllamacpp 2026.10.11549: "CPU_REPACK model buffer size").
REARRANGED = ("Q4_0", "Q4_K", "IQ4_NL")


@dataclass(frozen=True)
class Tensor:
    """A matrix or a vector: `rows` rows of `row` numbers. `layer` is None outside the layers."""

    name: str
    row: int
    rows: int
    layer: int | None = None

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return self.row * self.rows


def nbytes(kind: str, row: int, rows: int) -> int:
    """Bytes of `rows` rows of `row` numbers in ggml type `kind`; rows are whole blocks."""
    count, size = BLOCKS[kind]
    return rows * math.ceil(row / count) * size


def tensors(shape: Shape) -> list[Tensor]:
    """Every tensor of the text model. Raises `KitError` for a family that is not known."""
    if shape.family not in FAMILIES:
        raise KitError(
            f"The tensors of a model of type {shape.family} cannot be counted here.",
            "selfhost sizing with a GGUF file, whose header lists them",
        )
    hidden_norms, head_norms, biases = FAMILIES[shape.family]
    h, q = shape.hidden, shape.heads * shape.head_dim
    found = [Tensor("token_embd", h, shape.vocab), Tensor("output_norm", h, 1)]
    if not shape.tied:
        found.append(Tensor("output", h, shape.vocab))
    for layer in range(shape.layers):
        k, v = (shape.kv_heads[layer] * size for size in (shape.head_dim, shape.value_dim))
        found += [
            Tensor("attn_q", h, q, layer), Tensor("attn_k", h, k, layer),
            Tensor("attn_v", h, v, layer), Tensor("attn_output", q, h, layer),
            Tensor("ffn_gate", h, shape.ffn, layer), Tensor("ffn_up", h, shape.ffn, layer),
            Tensor("ffn_down", shape.ffn, h, layer),
        ]  # fmt: skip
        found += [Tensor(f"norm{i}", h, 1, layer) for i in range(hidden_norms)]
        found += [Tensor(f"head_norm{i}", shape.head_dim, 1, layer) for i in range(head_norms)]
        if biases:
            found += [
                Tensor(f"bias_{n}", size, 1, layer)
                for n, size in zip("qkv", (q, k, v), strict=True)
            ]
    return found


def type_of(tensor: Tensor, shape: Shape, file_type: str) -> str:
    """The ggml type that llama.cpp's quantizer gives to a tensor in a file of `file_type`."""
    if tensor.rows == 1:
        return "F32"  # norms and biases stay as they are
    if file_type in ("F32", "F16", "BF16", "Q8_0"):
        return file_type
    if tensor.name == "output" or (tensor.name == "token_embd" and shape.tied):
        kind = "Q6_K"
    elif file_type == "Q4_K_M":
        more = tensor.name in ("attn_v", "ffn_down") and _more_bits(tensor.layer, shape.layers)
        kind = "Q6_K" if more else "Q4_K"
    else:
        kind = file_type
    return _FALLBACK.get(kind, kind) if tensor.row % BLOCKS[kind][0] else kind


def _more_bits(layer: int | None, layers: int) -> bool:
    """The first and last eighth of the layers, and every third between (llama.cpp's rule)."""
    if layer is None:
        return False
    eighth = layers // 8
    return layer < eighth or layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2


def of_shape(shape: Shape, file_type: str) -> dict[str, int]:
    """Bytes of weights by ggml type. Raises `KitError` for a type not in `FILE_TYPES`."""
    wanted = file_type.upper()
    if wanted not in FILE_TYPES:
        raise KitError(
            f"{file_type} is none of the types that can be computed: {', '.join(FILE_TYPES)}."
        )
    return _sum((type_of(t, shape, wanted), nbytes(type_of(t, shape, wanted), t.row, t.rows))
                for t in tensors(shape))  # fmt: skip


def _sum(parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for kind, size in parts:
        total[kind] = total.get(kind, 0) + size
    return dict(sorted(total.items(), key=lambda item: -item[1]))

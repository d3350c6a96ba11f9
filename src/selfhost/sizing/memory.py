"""The sum: weights, KV cache, the engine's working space, and what the process needs besides.

The terms follow llama.cpp (checked against its log and against process memory with xllamacpp
2026.10.11549; `measure`, tests/sizing, benchmarks/README.md):

* A KV cache has one cell per token and layer: `kv_heads` x (head size of keys + of values)
  numbers. Layers with a sliding window keep only window + batch cells. Cells come in steps of 256.
* The compute buffer holds the activations of one batch. `5 x hidden + 3 x ffn` numbers per token
  plus the masks is exact for gemma3 with flash attention, an estimate for other architectures.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass

from selfhost.errors import KitError
from selfhost.sizing.shape import Shape
from selfhost.sizing.source import Sized

#: Bytes per number of a cache type.
CACHE_BYTES = {"f32": 4.0, "f16": 2.0, "bf16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}
MIB, GIB, GB = 2**20, 2**30, 10**9
#: Code pages, threads, tokenizer and server in one process, beyond a bare Python with the library
#: loaded: measured, 8.3 to 9.4 MiB (Linux x86-64, xllamacpp 2026.10.11549, 2026-11-21).
OVERHEAD = 9 * MIB
#: The vocabulary in memory: measured, 4.4 MiB for 28,672 tokens more.
VOCABULARY = 160  # bytes per token


def _cells(tokens: int) -> int:
    """llama.cpp makes caches in steps of 256 cells."""
    return -(-tokens // 256) * 256


@dataclass(frozen=True)
class Memory:
    """Bytes, term by term."""

    weights: int
    rearranged: int
    kv_global: int
    kv_window: int
    compute: int
    vocabulary: int
    overhead: int

    @property
    def kv(self) -> int:
        """The whole KV cache."""
        return self.kv_global + self.kv_window

    @property
    def total(self) -> int:
        """All terms together."""
        return (self.weights + self.rearranged + self.kv + self.compute + self.vocabulary
                + self.overhead)  # fmt: skip

    @property
    def least(self) -> int:
        """What cannot be given back: the file's own pages of rearranged weights can."""
        return self.total - self.rearranged

    def terms(self) -> dict[str, int]:
        """Each term under the name a reader sees."""
        return {
            "weights": self.weights,
            "weights, rearranged copy": self.rearranged,
            "KV cache, global layers": self.kv_global,
            "KV cache, window layers": self.kv_window,
            "compute buffer": self.compute,
            "vocabulary": self.vocabulary,
            "process": self.overhead,
        }


def kv_cache(
    shape: Shape, context: int, *, slots: int = 1, cache: str = "f16", batch: int = 512
) -> tuple[int, int]:
    """Bytes of the caches of (global layers, window layers) for `slots` users.

    Each slot has `context` tokens. `batch` tokens are read at once: a window layer must keep them
    beside its window. Raises `KitError` for a cache type or a number that cannot be.
    """
    if cache not in CACHE_BYTES:
        raise KitError(f"{cache} is no cache type; there are {', '.join(CACHE_BYTES)}.")
    if context < 1 or slots < 1 or batch < 1:
        raise KitError("Context, slots and batch are at least 1.")
    whole = _cells(context)
    window = whole if shape.window is None else min(whole, _cells(shape.window + batch))
    sums = [0, 0]
    for layer, heads in enumerate(shape.kv_heads):
        is_global = shape.is_global(layer)
        numbers = heads * (shape.head_dim + shape.value_dim) * (whole if is_global else window)
        sums[0 if is_global else 1] += int(numbers * CACHE_BYTES[cache]) * slots
    return sums[0], sums[1]


def compute_buffer(shape: Shape, context: int, *, slots: int = 1, batch: int = 512) -> int:
    """Bytes of the activations of one batch, with its masks and the scores of the next tokens."""
    tokens = min(batch, _cells(context) * slots)
    activations = 4 * (5 * shape.hidden + 3 * shape.ffn)
    cells = _cells(context)
    masks = cells
    if shape.window is not None:
        masks += min(cells, _cells(shape.window + batch))
    return tokens * (activations + 2 * masks) + 2 * slots * shape.vocab * 4


def memory(
    model: Sized,
    context: int | None = None,
    *,
    slots: int = 1,
    cache: str = "f16",
    batch: int = 512,
    overhead: int = OVERHEAD,
) -> Memory:
    """What a process needs that serves `model` to `slots` users with `context` tokens each.

    `overhead`: bytes of the process besides, measured with `measure.overhead` or the usual value.
    Raises `KitError` for a context longer than the model's.
    """
    shape = model.shape
    context = min(shape.context, 4096) if context is None else context
    if context > shape.context:
        raise KitError(
            f"{shape.name} was made for {shape.context:,} tokens of context, not {context:,}."
        )
    kv_global, kv_window = kv_cache(shape, context, slots=slots, cache=cache, batch=batch)
    return Memory(
        weights=model.weight_bytes,
        rearranged=model.rearranged if rearranges() else 0,
        kv_global=kv_global,
        kv_window=kv_window,
        compute=compute_buffer(shape, context, slots=slots, batch=batch),
        vocabulary=VOCABULARY * shape.vocab,
        overhead=overhead,
    )


def rearranges() -> bool:
    """Whether llama.cpp copies 4-bit weights into another layout on this kind of processor.

    Seen on x86-64; on other processors not measured, so it is not counted there.
    """
    return platform.machine().lower() in ("x86_64", "amd64")

"""llama.cpp's block formats Q8_0, Q4_0 and Q4_K, decoded by hand from the bytes of a GGUF file.

Written to be read beside the C code that defines them: ggml-common.h (the structs) and
ggml-quants.c (dequantize_row_q8_0, …_q4_0, …_q4_K) of github.com/ggml-org/llama.cpp, read in the
`gguf` package's Python twin, gguf 0.19.0, quants.py. Tests hold every bit against that library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfhost.errors import KitError

Array = NDArray[np.float32]
Bytes = NDArray[np.uint8]


def decode_q8_0(blocks: Bytes) -> Array:
    """(n, 34) bytes -> (n, 32) numbers: a float16 scale, then 32 signed bytes."""
    scale = blocks[:, 0:2].copy().view(np.float16).astype(np.float32)
    q = blocks[:, 2:34].view(np.int8).astype(np.float32)
    return scale * q


def decode_q4_0(blocks: Bytes) -> Array:
    """(n, 18) bytes -> (n, 32) numbers: a float16 scale, then 16 bytes of two 4-bit numbers.

    The low halves of the bytes are the first 16 numbers, the high halves the last 16; 8 is zero.
    """
    scale = blocks[:, 0:2].copy().view(np.float16).astype(np.float32)
    nibbles = np.hstack([blocks[:, 2:18] & 0x0F, blocks[:, 2:18] >> 4])
    return scale * (nibbles.astype(np.float32) - 8)


def decode_q4_k(blocks: Bytes) -> Array:
    """(n, 144) bytes -> (n, 256) numbers: blocks within a block, whose scales are quantized too.

    A super-block of 256 holds 8 blocks of 32. Two float16 numbers (d and dmin) stand for the whole;
    each block has a scale and a minimum of 6 bits, packed into 12 bytes; then 128 bytes of 4-bit
    numbers. value = d · scale · q - dmin · minimum.
    """
    count = len(blocks)
    d = blocks[:, 0:2].copy().view(np.float16).astype(np.float32)  # (n, 1)
    dmin = blocks[:, 2:4].copy().view(np.float16).astype(np.float32)
    scale, minimum = six_bits(blocks[:, 4:16])
    # 32 bytes hold two blocks: their low halves one, their high halves the next.
    pairs = blocks[:, 16:144].reshape(count, 4, 1, 32)
    q = np.concatenate([pairs & 0x0F, pairs >> 4], axis=2).reshape(count, 8, 32)
    step = (d * scale).reshape(count, 8, 1)
    low = (dmin * minimum).reshape(count, 8, 1)
    return (step * q - low).reshape(count, 256)


def six_bits(packed: Bytes) -> tuple[Array, Array]:
    """The 8 scales and 8 minima of Q4_K, 6 bits each: (n, 12) bytes -> two of (n, 8).

    Bytes 0 to 3: scales 0 to 3 in the lower six bits; bytes 4 to 7: minima 0 to 3. Bytes 8 to 11
    hold the lower four bits of scales 4 to 7 and, in their upper halves, of minima 4 to 7; the
    upper two bits of these are what was left over in bytes 0 to 7.
    """
    first, second, third = packed[:, 0:4], packed[:, 4:8], packed[:, 8:12]
    scale = np.hstack([first & 63, (third & 15) | ((first >> 6) << 4)])
    minimum = np.hstack([second & 63, (third >> 4) | ((second >> 6) << 4)])
    return scale.astype(np.float32), minimum.astype(np.float32)


def encode_q8_0(values: NDArray[Any]) -> Bytes:
    """(n, 32) numbers -> (n, 34) bytes, as llama.cpp's reference quantizer does it."""
    x = np.asarray(values, np.float32)
    scale = np.abs(x).max(axis=1, keepdims=True) / np.float32(127)
    inverse = _inverse(scale)
    scaled = x * inverse
    # C's roundf: halves away from zero.
    with np.errstate(invalid="ignore"):
        q = (np.sign(scaled) * np.floor(np.abs(scaled) + np.float32(0.5))).astype(np.int8)
    return np.hstack([scale.astype(np.float16).view(np.uint8), q.view(np.uint8)])


def encode_q4_0(values: NDArray[Any]) -> Bytes:
    """(n, 32) numbers -> (n, 18) bytes.

    The number farthest from zero, with its sign, becomes -8: four bits reach from -8 to 7, and
    the extreme one shall be met exactly.
    """
    x = np.asarray(values, np.float32)
    far = np.take_along_axis(x, np.abs(x).argmax(axis=1)[:, None], axis=1)
    scale = far / np.float32(-8)
    inverse = _inverse(scale)
    with np.errstate(invalid="ignore"):
        q = np.trunc(x * inverse + np.float32(8.5)).clip(0, 15).astype(np.uint8)
    return np.hstack([scale.astype(np.float16).view(np.uint8), q[:, :16] | (q[:, 16:] << 4)])


def _inverse(scale: Array) -> Array:
    """1 / scale, and 0 for 0, as in C: a scale too small for it gives infinity, without a word."""
    with np.errstate(over="ignore"):
        return np.divide(np.float32(1), scale, out=np.zeros_like(scale), where=scale != 0)


# name: (numbers per block, bytes per block, decoder)
DECODERS: dict[str, tuple[int, int, Callable[[Bytes], Array]]] = {
    "Q8_0": (32, 34, decode_q8_0),
    "Q4_0": (32, 18, decode_q4_0),
    "Q4_K": (256, 144, decode_q4_k),
}


def decode(raw: bytes | Bytes, kind: str) -> Array:
    """All numbers in `raw`, a tensor's bytes of one of our three types, flat and in order.

    Raises `KitError` for another type, or bytes that are no whole number of blocks.
    """
    if kind not in DECODERS:
        raise KitError(f"{kind} is not decoded by hand here; these are: {', '.join(DECODERS)}.")
    _, size, decoder = DECODERS[kind]
    data = np.frombuffer(raw, np.uint8) if isinstance(raw, bytes) else raw.reshape(-1)
    if data.size % size:
        raise KitError(f"{data.size:,} bytes are no whole number of {kind} blocks ({size} bytes).")
    return decoder(data.reshape(-1, size)).reshape(-1)

"""Lab 3: self-checks for a 4-bit format that the reader implements.

The format: 32 numbers in 20 bytes: a float16 scale, a float16 minimum, 16 bytes with two
4-bit numbers each; the lower halves are the first 16 numbers. value = scale · q + minimum.
llama.cpp calls it Q4_1; the lab says so only at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfhost.checks import expect

Array = NDArray[np.float32]
BLOCK, BYTES = 32, 20  # numbers and bytes of a block


def _good_blocks() -> dict[str, Array]:
    draw = np.random.default_rng(3)
    return {
        "weights as in a model": draw.normal(0, 0.1, BLOCK).astype(np.float32),
        "only positive numbers": draw.uniform(1, 3, BLOCK).astype(np.float32),
        "only negative numbers": draw.uniform(-3, -1, BLOCK).astype(np.float32),
        "one outlier": np.r_[np.float32(8), draw.normal(0, 0.1, BLOCK - 1)].astype(np.float32),
        "rising numbers": np.arange(BLOCK, dtype=np.float32),
    }


def check_decode(function: Callable[[bytes], Any]) -> str:
    """Exercise 5: decoding, bit for bit like the gguf library (which calls the format Q4_1)."""
    simple = np.array([2, -3], np.float16).tobytes() + bytes([0x10] + [0x32] + [0] * 14)
    found = _decoded(function, simple)
    first = float(found[0])
    expect(first != -1, "The first number came out of the upper half of its byte. The lower halves "
           "of the 16 bytes are numbers 0 to 15, the upper halves 16 to 31.")  # fmt: skip
    expect(first == -3, f"A 0 stands for the minimum, here -3; the first number came out as "
           f"{first:g}. Value = scale · q + minimum.")  # fmt: skip
    expect(found[1] != 3, "The second number came out of the *upper* half of byte 1. The lower "
           "halves of the 16 bytes are numbers 0 to 15, the upper halves 16 to 31.")  # fmt: skip
    expect(found[1] == 1 and found[16] == -1 and found[17] == 3, "Byte 1 is 0x32: its lower half, "
           "2, is number 1 (here 2 · 2 - 3 = 1), its upper half, 3, is number 17.")  # fmt: skip
    draw = np.random.default_rng(4)
    from gguf import GGMLQuantizationType, quants

    for _ in range(50):
        head = draw.normal(0, 1, 2).astype(np.float16).tobytes()
        block = head + draw.integers(0, 256, 16, np.uint8).tobytes()
        theirs = quants.dequantize(np.frombuffer(block, np.uint8), GGMLQuantizationType.Q4_1)
        ours = _decoded(function, block)
        expect(np.array_equal(ours.view(np.uint32), theirs.view(np.uint32)), "The last bits differ "
               "from the library's. Turn scale and minimum into float32 before you compute, and "
               "compute scale · q + minimum in that order.")  # fmt: skip
    return "50 random blocks, all bits as in the gguf library"


def check_encode(encode: Callable[[Array], Any], decode: Callable[[bytes], Any]) -> str:
    """Exercise 6: encoding: size, constant blocks, both ends, and half a step at most."""
    before = (kept := _good_blocks()["one outlier"]).copy()
    _encoded(encode, kept)
    expect(np.array_equal(before, kept), "It changed the numbers it was given; work on a copy.")
    for name, values in _good_blocks().items():
        block = _encoded(encode, values)
        back = _decoded(decode, block)
        scale, second = (float(x) for x in np.frombuffer(block[:4], np.float16))
        low, step = float(values.min()), (float(values.max()) - float(values.min())) / 15
        expect(not (_near(scale, low) and _near(second, step)), "The scale comes first (bytes 0 "
               "and 1), then the minimum.")  # fmt: skip
        expect(scale >= 0, f"With {name} the scale is negative; take maximum minus minimum.")
        expect(abs(scale - step) <= 0.01 * step, f"With {name} the scale is {scale:.4g}; sixteen "
               f"values have fifteen steps between them, so it should be {step:.4g}.")  # fmt: skip
        # float16 keeps 11 bits of minimum and scale: that much more than half a step is allowed.
        allowed = 0.5 * step + float(np.abs(values).max()) * 2**-10 + 15 * step * 2**-10
        worst = float(np.abs(back - values).max())
        expect(worst <= 1.5 * step or worst <= allowed, f"With {name} a number is off by "
               f"{worst / step:.0f} steps: does your decoder find each number in the half of the "
               "byte into which you put it?")  # fmt: skip
        expect(worst <= allowed, f"With {name} a number is off by {worst:.3g}, and half a step is "
               f"{step / 2:.3g}. Do you round to the nearest, and not down?")  # fmt: skip
    flat = np.full(BLOCK, np.float32(0.5))
    back = _decoded(decode, _encoded(encode, flat))
    expect(
        bool(np.isfinite(back).all()), "32 equal numbers have the scale 0, and you divide by it."
    )
    expect(np.array_equal(back, flat), "32 equal numbers should come back as they are.")
    zeros = np.zeros(BLOCK, np.float32)
    expect(not _decoded(decode, _encoded(encode, zeros)).any(), "32 zeros should stay zeros.")
    return "20 bytes, sixteen values from minimum to maximum, at most half a step off"


def _near(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= 0.01 * abs(wanted)


def _encoded(function: Callable[[Array], Any], values: Array) -> bytes:
    block = function(values)
    expect(block is not None, "`quantize_block` returned None; is a `return` missing?")
    if isinstance(block, np.ndarray):
        expect(block.dtype == np.uint8, "Return bytes: for an array of uint8, `.tobytes()`.")
        block = block.tobytes()
    expect(isinstance(block, bytes | bytearray), "`quantize_block` should return bytes.")
    expect(len(block) == BYTES, f"A block has {BYTES} bytes (2 for the scale, 2 for the minimum, "
           f"16 for the numbers); yours has {len(block)}.")  # fmt: skip
    return bytes(block)


def _decoded(function: Callable[[bytes], Any], block: bytes) -> Array:
    values = function(block)
    expect(values is not None, "`dequantize_block` returned None; is a `return` missing?")
    found = np.asarray(values)
    expect(found.shape == (BLOCK,), f"A block has {BLOCK} numbers; yours has shape {found.shape}.")
    return np.ascontiguousarray(found, np.float32)

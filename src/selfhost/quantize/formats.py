"""Number formats by hand: what a weight becomes with fewer bits. For reading, in numpy.

>>> rounded = round_trip(matrix, bits=8, per="row")
>>> error(matrix, rounded).relative

"Symmetric" formats keep one scale: x is about q · scale. With a zero point they keep two numbers,
x is about q · scale + low, and use all their steps when the values lean to one side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfhost.errors import KitError

Array = NDArray[np.float32]


def bfloat16(values: NDArray[Any]) -> Array:
    """The nearest bfloat16 numbers (ties to even), as float32 of the same shape.

    A bfloat16 is the upper half of a float32: the same 8 bits of exponent, 7 instead of 23 of
    fraction. Not a number stays not a number.
    """
    x = np.ascontiguousarray(values, np.float32)
    bits = x.view(np.uint32).astype(np.uint64)
    rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).astype(np.uint32)
    result: Array = np.where(np.isnan(x), x, rounded.view(np.float32)).astype(np.float32)
    return result


def float16(values: NDArray[Any]) -> Array:
    """The nearest float16 numbers, as float32; beyond 65,504 they become infinite."""
    with np.errstate(over="ignore"):
        result: Array = np.asarray(values, np.float32).astype(np.float16).astype(np.float32)
    return result


@dataclass(frozen=True)
class Packed:
    """Whole numbers and what they have to be multiplied with.

    `q`: (groups, group size) integers; `scale` and `low`: (groups, 1) float32 (`low` is 0 in a
    symmetric format); `shape`: that of the array it was made from.
    """

    q: NDArray[np.int32]
    scale: Array
    low: Array
    shape: tuple[int, ...]
    bits: int

    def unpack(self) -> Array:
        """Back to float32, in the original shape."""
        values: Array = (self.q * self.scale + self.low).astype(np.float32).reshape(self.shape)
        return values

    @property
    def bits_per_weight(self) -> float:
        """With the scales (and lows, where there are any) as float16, as files store them."""
        extra = 16 * self.scale.size * (2 if self.low.any() else 1)
        return self.bits + extra / self.q.size


def pack(
    values: NDArray[Any], *, bits: int = 8, per: str | int = "tensor", zero_point: bool = False
) -> Packed:
    """Whole numbers of `bits` bits, with one scale per `tensor`, per `row`, or per N neighbours.

    values: any shape for `tensor`, (rows, columns) otherwise; a row's length must be a multiple
    of N. Raises `KitError` for values that are not finite, and for shapes that do not fit.
    """
    x = np.asarray(values, np.float32)
    if not np.isfinite(x).all():
        raise KitError("Some values are infinite or not a number, and cannot be quantized.")
    if not 2 <= bits <= 16:
        raise KitError(f"{bits} bits per number is outside of 2 to 16.")
    groups = _groups(x, per)
    if zero_point:
        low = groups.min(axis=1, keepdims=True)
        steps = 2**bits - 1  # 0 … steps
        scale = (groups.max(axis=1, keepdims=True) - low) / np.float32(steps)
        q = np.rint((groups - low) / _not_zero(scale)).clip(0, steps)
    else:
        top = 2 ** (bits - 1) - 1  # -top … top: the same on both sides
        scale = np.abs(groups).max(axis=1, keepdims=True) / np.float32(top)
        low = np.zeros_like(scale)
        q = np.rint(groups / _not_zero(scale)).clip(-top, top)
    return Packed(q.astype(np.int32), scale, low, x.shape, bits)


def round_trip(
    values: NDArray[Any], *, bits: int = 8, per: str | int = "tensor", zero_point: bool = False
) -> Array:
    """`pack` and `unpack`: the values that a model would really compute with."""
    return pack(values, bits=bits, per=per, zero_point=zero_point).unpack()


@dataclass(frozen=True)
class Error:
    """How far the rounded values are from the original ones.

    `worst` and `mean` are absolute; `relative` is |x - y| / |x| as Euclidean lengths, so that
    tensors of different size compare; `lost` is the share of non-zero values that became zero.
    """

    worst: float
    mean: float
    relative: float
    lost: float


def error(original: NDArray[Any], rounded: NDArray[Any]) -> Error:
    """Compare two arrays of one shape."""
    x, y = np.asarray(original, np.float64), np.asarray(rounded, np.float64)
    difference = np.abs(x - y)
    length = float(np.linalg.norm(x)) or 1.0
    nonzero = int((x != 0).sum()) or 1
    return Error(
        worst=float(difference.max(initial=0.0)),
        mean=float(difference.mean()) if x.size else 0.0,
        relative=float(np.linalg.norm(x - y)) / length,
        lost=float(((x != 0) & (y == 0)).sum()) / nonzero,
    )


def _groups(x: Array, per: str | int) -> Array:
    if per == "tensor":
        return x.reshape(1, -1)
    if x.ndim != 2:
        raise KitError("Scales per row or per block need a table of rows and columns.")
    if per == "row":
        return x
    if not isinstance(per, int) or per < 1 or x.shape[1] % per:
        raise KitError(
            f"A row of {x.shape[1]} numbers cannot be cut into blocks of {per}.",
            'per="tensor", per="row", or a block size that divides the row',
        )
    return x.reshape(-1, per)


def _not_zero(scale: Array) -> Array:
    """Where all values of a group are equal the scale is 0, and every quotient shall be 0."""
    result: Array = np.where(scale == 0, np.float32(1), scale)
    return result

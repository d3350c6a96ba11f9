"""What a safetensors file says about itself; the weights stay on disk.

The format: eight bytes with the length of a JSON text, the JSON text, then the numbers. Source:
https://github.com/huggingface/safetensors, README "Format" (read 2026-11-20): the header begins
with "{", is at most 100 MB, and the tensors fill the rest of the file without gaps or overlaps.
A file comes from the network, so every figure is held against the file's size before it is used.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from selfhost.errors import KitError
from selfhost.weights.gguf_header import TensorInfo

# Bits of each type of the format, by its name there (safetensors 0.8.0, `Dtype`).
BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "I16": 16, "U16": 16, "F16": 16,
    "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}  # fmt: skip
# The format allows 100 MB. A JSON text takes up to twenty times its size as Python objects, so we
# stop earlier; real headers have up to a few MB (one line of about 120 bytes per tensor).
MAX_HEADER = 5_000_000
_PER_BRACKET = 16  # bytes; the shortest possible entry has 3 opening brackets in 51
_MAX_DIMS = 16


class _Broken(Exception):
    """What is wrong, as the end of a sentence."""


@dataclass(frozen=True)
class SafetensorsInfo:
    """A safetensors file's header. `metadata` is what its `__metadata__` says: text by key."""

    path: Path
    metadata: dict[str, str] = field(repr=False)
    tensors: list[TensorInfo] = field(repr=False)
    header_bytes: int
    parameters: int


def read_safetensors(path: Path) -> SafetensorsInfo:
    """Read the header of a safetensors file; shapes are in its own order (outermost first).

    Raises `KitError`, in one sentence, for a file that is broken, cut short or something else.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            return _read(path, file)
    except _Broken as problem:
        raise KitError(
            f"{path.name} is not a usable safetensors file: {problem}.", "selfhost models verify"
        ) from None
    except OSError as error:
        raise KitError(f"{path.name} cannot be read ({error.strerror or error}).") from error


def _read(path: Path, file: BinaryIO) -> SafetensorsInfo:
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(8)
    if len(start) < 8:
        raise _Broken(f"it has only {size} bytes")
    length = struct.unpack("<Q", start)[0]
    if length > size - 8:
        raise _Broken(f"its header claims {length:,} bytes, and the file has {size:,}")
    if length > MAX_HEADER:
        raise _Broken(f"its header of {length:,} bytes is larger than {MAX_HEADER:,}")
    raw = file.read(length)
    header = _parse(raw)
    metadata = _metadata(header.pop("__metadata__", {}))
    tensors = [_tensor(name, entry, 8 + length) for name, entry in header.items()]
    _check_places(tensors, 8 + length, size)
    return SafetensorsInfo(
        path, metadata, tensors, length, sum(tensor.elements for tensor in tensors)
    )


def _parse(raw: bytes) -> dict[str, Any]:
    if not raw.startswith(b"{"):
        raise _Broken("its header does not begin with {")
    # Empty lists are the cheapest way to ask for memory: three bytes each, and 64 in Python.
    if raw.count(b"[") + raw.count(b"{") > len(raw) // _PER_BRACKET + 16:
        raise _Broken("its header is no list of tensors")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _Broken("its header is not UTF-8 text") from None
    try:
        header = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant,
                            parse_int=_whole)  # fmt: skip
    except (ValueError, RecursionError):  # C's parser counts how deep it is
        raise _Broken("its header is no valid JSON") from None
    assert isinstance(header, dict)  # it begins with "{"
    return header


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Broken(f"the name {key[:60]!r} stands there twice")
        found[key] = value
    return found


def _no_constant(word: str) -> Any:
    raise _Broken(f"its header says {word} where a number should be")


def _whole(digits: str) -> int:
    """Numbers longer than any 64-bit one are refused: Python would compute with them for hours."""
    if len(digits) > 20:
        raise _Broken("its header has a number that is too long")
    return int(digits)


def _metadata(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise _Broken("its __metadata__ is no table of texts")
    return value


def _tensor(name: str, entry: Any, data_start: int) -> TensorInfo:
    shown = name[:60]
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise _Broken(f"the tensor {shown!r} has no dtype, shape and data_offsets")
    kind, shape, places = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(kind, str) or kind not in BITS:
        raise _Broken(f"the tensor {shown!r} has an unknown type ({str(kind)[:20]})")
    if not _sizes(shape) or len(shape) > _MAX_DIMS:
        raise _Broken(f"the tensor {shown!r} has an impossible shape")
    if not _sizes(places) or len(places) != 2 or places[0] > places[1]:
        raise _Broken(f"the tensor {shown!r} has an impossible place")
    bits = math.prod(shape) * BITS[kind]
    if bits % 8 or bits // 8 != places[1] - places[0]:
        raise _Broken(f"the tensor {shown!r} has {places[1] - places[0]:,} bytes for its shape")
    return TensorInfo(name, tuple(shape), kind, bits // 8, data_start + places[0])


def _sizes(value: Any) -> bool:
    """A list of whole numbers, none negative (`True` is no number here)."""
    return isinstance(value, list) and all(type(n) is int and n >= 0 for n in value)


def _check_places(tensors: list[TensorInfo], start: int, size: int) -> None:
    at = start
    for tensor in sorted(tensors, key=lambda each: (each.offset, each.bytes)):
        if tensor.offset != at:
            what = "overlaps another" if tensor.offset < at else "leaves a gap before it"
            raise _Broken(f"the tensor {tensor.name[:60]!r} {what}")
        at += tensor.bytes
        if at > size:
            raise _Broken(f"the tensor {tensor.name[:60]!r} ends after the end of the file")
    if at != size:
        raise _Broken(f"{size - at:,} bytes at its end belong to no tensor")

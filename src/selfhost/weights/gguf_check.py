"""Is this file a sound GGUF? Answered before any library maps it.

A model file comes from the network, so every count, length and offset in its header is held
against the file's size first. The reader after this (the `gguf` library, llama.cpp) then meets
only headers whose parts lie inside the file. Source of the layout: the GGUF specification,
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (read 2026-11-20).
"""

from __future__ import annotations

import math
import mmap
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from selfhost.errors import KitError

# Bytes of each scalar type, by its number in the file.
SCALAR_BYTES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
UINT32, STRING, ARRAY = 4, 8, 9
# Tensor types: (numbers per block, bytes per block). A copy of the gguf library's table (a test
# compares them), since this check runs at the start of every notebook and the library is slow
# to import.
# fmt: off
BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    9: (32, 40), 10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210),
    15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18),
    21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4),
    27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66),
    39: (32, 17), 40: (64, 36), 41: (128, 18),
}
# fmt: on
_MAX_KEY = 65_535  # bytes, by the specification
_MAX_TENSOR_NAME = 63  # bytes; llama.cpp refuses longer ones
_MAX_DIMS = 4


class _Broken(Exception):
    """What is wrong, as the end of a sentence."""


class _Cursor:
    """Reads little-endian values and never past the end of the file."""

    def __init__(self, data: mmap.mmap | bytes, size: int) -> None:
        self.data, self.size, self.at = data, size, 0

    def take(self, count: int, what: str) -> int:
        """Step over `count` bytes; returns where they start."""
        start = self.at
        if count < 0 or count > self.size - start:
            raise _Broken(f"it ends inside {what}")
        self.at = start + count
        return start

    def u32(self, what: str) -> int:
        return int(struct.unpack_from("<I", self.data, self.take(4, what))[0])

    def u64(self, what: str) -> int:
        return int(struct.unpack_from("<Q", self.data, self.take(8, what))[0])

    def text(self, what: str, longest: int) -> str:
        length = self.u64(what)
        if length > longest:
            raise _Broken(f"{what} claims to be {length:,} bytes long")
        start = self.take(length, what)
        try:
            return bytes(self.data[start : self.at]).decode("utf-8")
        except UnicodeDecodeError:
            raise _Broken(f"{what} is not UTF-8 text") from None


@dataclass(frozen=True)
class Entry:
    """A tensor in the header: `kind` is its type's number, `bytes` and `offset` in the file."""

    name: str
    shape: tuple[int, ...]
    kind: int
    bytes: int
    offset: int


def check_gguf(path: Path) -> list[Entry]:
    """The tensors of a sound file. Raises `KitError`, in one sentence, for any other.

    Checked: magic, version, byte order, counts, types, lengths, duplicate keys and tensor names,
    alignment, and that every tensor's bytes lie inside the file.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            return _check_file(file)
    except _Broken as problem:
        raise KitError(
            f"{path.name} is not a usable GGUF file: {problem}.",
            "selfhost models verify",
        ) from None
    except OSError as error:
        raise KitError(f"{path.name} cannot be read ({error.strerror or error}).") from error


def _check_file(file: BinaryIO) -> list[Entry]:
    size = file.seek(0, 2)
    file.seek(0)
    if size < 24:
        start = file.read(24)
        if not b"GGUF".startswith(start[:4]):
            raise _Broken("it does not begin with the letters GGUF")
        raise _Broken(f"it has only {size} bytes")
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _check(_Cursor(data, size))


def _check(cursor: _Cursor) -> list[Entry]:
    if bytes(cursor.data[:4]) != b"GGUF":
        raise _Broken("it does not begin with the letters GGUF")
    cursor.take(4, "its first word")
    version = cursor.u32("its version")
    if version & 0xFFFF == 0:
        raise _Broken("it is written for big-endian machines")
    if version not in (2, 3):
        raise _Broken(f"it says format version {version}, and 2 or 3 can be read")
    tensors = cursor.u64("its tensor count")
    pairs = cursor.u64("its metadata count")
    left = cursor.size - cursor.at
    # The shortest pair is 13 bytes, the shortest tensor entry 24: more cannot fit.
    if pairs > left // 13 or tensors > left // 24:
        raise _Broken(f"it claims {pairs:,} metadata entries and {tensors:,} tensors")
    alignment = _check_metadata(cursor, pairs)
    return _check_tensors(cursor, tensors, alignment)


def _check_metadata(cursor: _Cursor, count: int) -> int:
    """Walk the key-value pairs; returns the alignment of the tensor data in bytes."""
    alignment, keys = 32, set()
    for index in range(count):
        key = cursor.text(f"key {index + 1}", _MAX_KEY)
        if not key:
            raise _Broken(f"key {index + 1} is empty")
        # `GGUF.…` would collide with the fields that the gguf library adds itself.
        if key in keys or key.startswith("GGUF."):
            raise _Broken(f"the key {key[:60]!r} stands there twice")
        keys.add(key)
        kind = cursor.u32(f"the type of {key[:60]!r}")
        if key == "general.alignment":
            if kind != UINT32:
                raise _Broken("general.alignment is not a 32-bit number")
            alignment = cursor.u32("general.alignment")
            if alignment < 1 or alignment & (alignment - 1) or alignment > 1 << 20:
                raise _Broken(f"general.alignment is {alignment}, not a sensible power of two")
            continue
        _skip_value(cursor, kind, key[:60])
    return alignment


def _skip_value(cursor: _Cursor, kind: int, key: str) -> None:
    what = f"the value of {key!r}"
    if kind == STRING:
        cursor.take(cursor.u64(what), what)
    elif kind == ARRAY:
        inner, length = cursor.u32(what), cursor.u64(what)
        if inner in SCALAR_BYTES:
            cursor.take(length * SCALAR_BYTES[inner], what)
        elif inner == STRING:
            if length > (cursor.size - cursor.at) // 8:
                raise _Broken(f"{what} claims {length:,} strings")
            _skip_strings(cursor, length, what)
        else:
            raise _Broken(f"{what} is a list of an unknown type ({inner})")
    elif kind in SCALAR_BYTES:
        cursor.take(SCALAR_BYTES[kind], what)
    else:
        raise _Broken(f"{what} has an unknown type ({kind})")


def _skip_strings(cursor: _Cursor, count: int, what: str) -> None:
    """Step over `count` strings; a tight loop, since vocabularies hold up to 262,144."""
    data, size, at = cursor.data, cursor.size, cursor.at
    unpack = struct.Struct("<Q").unpack_from
    for _ in range(count):
        if size - at < 8:
            raise _Broken(f"it ends inside {what}")
        at += 8 + unpack(data, at)[0]
        if at > size:
            raise _Broken(f"it ends inside {what}")
    cursor.at = at


def _check_tensors(cursor: _Cursor, count: int, alignment: int) -> list[Entry]:
    entries: list[Entry] = []
    names = set()
    for index in range(count):
        name = cursor.text(f"the name of tensor {index + 1}", _MAX_TENSOR_NAME)
        if name in names:
            raise _Broken(f"the tensor {name!r} stands there twice")
        names.add(name)
        dims = cursor.u32(f"the shape of {name!r}")
        if not 1 <= dims <= _MAX_DIMS:
            raise _Broken(f"the tensor {name!r} has {dims:,} dimensions")
        shape = [cursor.u64(f"the shape of {name!r}") for _ in range(dims)]
        kind = cursor.u32(f"the type of {name!r}")
        offset = cursor.u64(f"the place of {name!r}")
        if kind not in BLOCKS:
            raise _Broken(f"the tensor {name!r} has an unknown type ({kind})")
        per_block, block_bytes = BLOCKS[kind]
        if min(shape) < 1 or shape[0] % per_block:
            raise _Broken(f"the tensor {name!r} has an impossible shape {shape}")
        if offset % alignment:
            raise _Broken(f"the tensor {name!r} does not start on a multiple of {alignment}")
        octets = math.prod(shape) // per_block * block_bytes
        entries.append(Entry(name, tuple(shape), kind, octets, offset))
    data_start = -(-cursor.at // alignment) * alignment
    for entry in entries:
        missing = data_start + entry.offset + entry.bytes - cursor.size
        if missing > 0:
            raise _Broken(
                f"the tensor {entry.name!r} ends {missing:,} bytes after the end of the file"
            )
    return [replace(entry, offset=data_start + entry.offset) for entry in entries]

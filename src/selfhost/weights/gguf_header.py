"""What a GGUF file says about itself: metadata and tensors, read through the `gguf` library."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.weights.gguf_check import ARRAY, SCALAR_BYTES, STRING, check_gguf


@dataclass(frozen=True)
class TensorInfo:
    """One tensor: `shape` in GGUF's order (innermost first), `bytes` and `offset` in the file."""

    name: str
    shape: tuple[int, ...]
    type: str
    bytes: int
    offset: int

    @property
    def elements(self) -> int:
        """How many numbers the tensor holds."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class GGUFInfo:
    """A GGUF file's header. `parameters` counts the numbers in all tensors."""

    path: Path
    version: int
    metadata: dict[str, Any] = field(repr=False)
    tensors: list[TensorInfo] = field(repr=False)
    architecture: str
    parameters: int

    def of_architecture(self, key: str, default: Any = None) -> Any:
        """The metadata under the architecture's name: `context_length`, `block_count`, ..."""
        return self.metadata.get(f"{self.architecture}.{key}", default)


def read_gguf(path: Path) -> GGUFInfo:
    """Read the header of a GGUF file; the weights themselves stay on disk.

    Raises `KitError`, in one sentence, for a file that is broken, cut short or no GGUF.
    """
    path = Path(path)
    check_gguf(path)
    try:
        reader = _reader_class()(path)
    except (MemoryError, OSError) as error:
        raise KitError(
            f"{path.name} cannot be read ({_reason(error)}).", "close other programs"
        ) from error
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        # Behind our own check; kept so that a stricter library still ends in one sentence.
        raise KitError(f"{path.name} is not a usable GGUF file: {error}.") from error
    metadata = {
        name: _value(part) for name, part in reader.fields.items() if not name.startswith("GGUF.")
    }
    tensors = [
        TensorInfo(
            name=tensor.name,
            shape=tuple(int(size) for size in tensor.shape),
            type=tensor.tensor_type.name,
            bytes=int(tensor.n_bytes),
            offset=int(tensor.data_offset),
        )
        for tensor in reader.tensors
    ]
    return GGUFInfo(
        path=path,
        version=int(reader.fields["GGUF.version"].parts[0][0]),
        metadata=metadata,
        tensors=tensors,
        architecture=str(metadata.get("general.architecture", "unknown")),
        parameters=sum(tensor.elements for tensor in tensors),
    )


@dataclass(frozen=True)
class GGUFTensors:
    """The tensors of a GGUF file, without its metadata: read in a fraction of the time."""

    path: Path
    tensors: list[TensorInfo] = field(repr=False)

    @property
    def parameters(self) -> int:
        """The numbers in all tensors."""
        return sum(tensor.elements for tensor in self.tensors)


def read_tensors(path: Path) -> GGUFTensors:
    """Which tensors a GGUF file holds. Raises `KitError` as `read_gguf` does."""
    entries = check_gguf(Path(path))
    from gguf import GGMLQuantizationType

    return GGUFTensors(
        Path(path),
        [
            TensorInfo(e.name, e.shape, GGMLQuantizationType(e.kind).name, e.bytes, e.offset)
            for e in entries
        ],
    )


def _reason(error: BaseException) -> str:
    said = getattr(error, "strerror", None)
    return str(said) if said else "there is not enough memory"


def _value(part: Any) -> Any:
    """A field as plain Python; bytes that are no UTF-8 (some vocabularies) are replaced."""
    kind = int(part.types[0])
    if kind == STRING:
        return bytes(part.parts[-1]).decode("utf-8", "replace")
    if kind != ARRAY:
        return part.parts[-1].tolist()[0]
    if len(part.types) > 1 and int(part.types[1]) == STRING:
        return [bytes(part.parts[index]).decode("utf-8", "replace") for index in part.data]
    return [value for index in part.data for value in part.parts[index].tolist()]


def _reader_class() -> type:
    """The library's reader, which takes a list in one piece.

    The library makes NumPy views of every single element: six seconds for the 262,144 tokens,
    scores and types of a Gemma 3 vocabulary, and the endpoint must answer within two. One pass
    gives the same contents.
    """
    import numpy as np
    from gguf import GGUFReader, GGUFValueType

    class Reader(GGUFReader):
        def _get_field_parts(self, orig_offs: int, raw_type: int) -> Any:
            if int(raw_type) != ARRAY:
                return super()._get_field_parts(orig_offs, raw_type)
            inner = self._get(orig_offs, np.uint32)
            length = self._get(orig_offs + 4, np.uint64)
            kind = GGUFValueType(int(inner[0]))
            types = [GGUFValueType.ARRAY, kind]
            if int(inner[0]) in SCALAR_BYTES:
                values = self._get(orig_offs + 12, self.gguf_scalar_to_np[kind], length[0])
                return 12 + int(values.nbytes), [inner, length, values], [2], types
            raw = memoryview(self.data)  # type: ignore[arg-type]
            texts, size = _strings(raw, orig_offs + 12, int(length[0]))
            return 12 + size, [inner, length, *texts], list(range(2, 2 + len(texts))), types

    return Reader


def _strings(data: memoryview, start: int, count: int) -> tuple[list[bytes], int]:
    """`count` strings from `start`, and the bytes they take; lengths were checked before."""
    unpack = struct.Struct("<Q").unpack_from
    texts, at = [], start
    for _ in range(count):
        end = at + 8 + unpack(data, at)[0]
        texts.append(bytes(data[at + 8 : end]))
        at = end
    return texts, at - start

"""One tensor out of a GGUF file: its bytes, or its numbers whatever their type."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfhost import weights
from selfhost.errors import KitError

Array = NDArray[np.float32]


def find(path: Path, name: str) -> weights.TensorInfo:
    """The tensor's entry in the header. Raises `KitError` for a name that is not there."""
    stat = Path(path).stat()
    tensor = _entries(Path(path), stat.st_size, stat.st_mtime_ns).get(name)
    if tensor is not None:
        return tensor
    raise KitError(f"{Path(path).name} has no tensor {name!r}.", "selfhost models show --tensors")


@lru_cache(maxsize=4)
def _entries(path: Path, _size: int, _changed: int) -> dict[str, weights.TensorInfo]:
    return {tensor.name: tensor for tensor in weights.read_tensors(path).tensors}


def raw(path: Path, name: str) -> bytes:
    """The tensor's bytes, as they lie in the file."""
    tensor = find(path, name)
    with Path(path).open("rb") as file:
        file.seek(tensor.offset)
        return file.read(tensor.bytes)


def values(path: Path, name: str) -> Array:
    """The tensor's numbers as float32, (rows, columns), decoded by the gguf library."""
    from gguf import GGMLQuantizationType, quants

    tensor = find(path, name)
    data = np.frombuffer(raw(path, name), np.uint8)
    found = quants.dequantize(data, GGMLQuantizationType[tensor.type])
    return found.reshape(tensor.shape[::-1])


def with_values(path: Path, target: Path, change: Callable[[str, Array], Array]) -> Path:
    """A copy of an F32 file, every matrix replaced by `change(name, values)`; norms stay.

    So any number format written in Python can be judged in the whole model. Raises `KitError`
    when a matrix is not F32, or comes back with another shape or numbers that are not finite.
    """
    info = weights.read_tensors(path)
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(path, part)
        with part.open("r+b") as file:
            for tensor in info.tensors:
                if len(tensor.shape) < 2:
                    continue
                if tensor.type != "F32":
                    raise KitError(f"{info.path.name} is not an F32 file.", "convert.original_of")
                file.seek(tensor.offset)
                old = np.frombuffer(file.read(tensor.bytes), np.float32)
                old = old.reshape(tensor.shape[::-1])
                new = np.asarray(change(tensor.name, old), np.float32)
                if new.shape != old.shape or not np.isfinite(new).all():
                    raise KitError(
                        f"{tensor.name} came back with shape {new.shape} instead of {old.shape}, "
                        "or with numbers that are not finite."
                    )
                file.seek(tensor.offset)
                file.write(new.tobytes())
        part.replace(target)
    except OSError as error:
        raise KitError(f"{target.name} cannot be written ({error.strerror or error}).") from error
    finally:
        part.unlink(missing_ok=True)
    return target

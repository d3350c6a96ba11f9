"""Quantize a GGUF file with llama.cpp's own quantizer, into a store that remembers it by hash.

>>> made = quantize(weights.find("aprendiz"), "Q4_K_M")
>>> made.path, made.bytes, made.cached

The file appears under its name only when it is whole. The name holds the hashes of everything
that decides its bytes: source, type, importance matrix, llama.cpp's version.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from selfhost import weights
from selfhost.errors import KitError
from selfhost.files import replace
from selfhost.paths import store_dir
from selfhost.quantize import llamacpp
from selfhost.quantize.importance import Importance

# Our name: llama.cpp's LLAMA_FTYPE_… . Largest first, by bits per weight.
TYPES = {
    "F32": "ALL_F32", "F16": "MOSTLY_F16", "BF16": "MOSTLY_BF16", "Q8_0": "MOSTLY_Q8_0",
    "Q6_K": "MOSTLY_Q6_K", "Q5_K_M": "MOSTLY_Q5_K_M", "Q4_K_M": "MOSTLY_Q4_K_M",
    "Q4_0": "MOSTLY_Q4_0", "IQ4_XS": "MOSTLY_IQ4_XS", "Q3_K_M": "MOSTLY_Q3_K_M",
    "Q2_K": "MOSTLY_Q2_K",
}  # fmt: skip
_UNQUANTIZED = {"F32", "F16", "BF16", "F64"}
_STEP = re.compile(r"^\[\s*(\d+)/\s*(\d+)\]")
_SIZE = re.compile(r"quant size\s*=\s*([\d.]+) MiB")
# What is said of each step: (label, tensors done, tensors in all).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Made:
    """A quantized file. `types`: bytes by tensor type, since one file mixes several."""

    path: Path
    type: str
    bytes: int
    parameters: int
    types: dict[str, int]
    cached: bool

    @property
    def bits_per_weight(self) -> float:
        """All tensors' bits, divided by all weights; the header is left out."""
        return 8 * sum(self.types.values()) / self.parameters


def quantize(
    source: Path,
    kind: str,
    *,
    target: Path | None = None,
    importance: Importance | None = None,
    progress: Progress | None = None,
    threads: int = 0,
    again: bool = False,
) -> Made:
    """Quantize `source` to `kind` (a name of `TYPES`); without a target into the kit's store.

    A file that is in the store already is only looked at. threads: 0 means all cores; again:
    take a source that is quantized already. Raises `KitError`, and leaves nothing behind, when
    the source is broken or quantized already, when disk or memory do not suffice, or when
    llama.cpp refuses.
    """
    kind = known_type(kind)
    info = weights.read_tensors(Path(source))
    if quantized_already(info) and not again:
        raise KitError(
            f"{info.path.name} is quantized already; quantizing it again adds a second loss.",
            "give an F32, F16 or BF16 file, or say --again",
        )
    path = target or stored(info.path, kind, importance)
    if target is None and path.is_file():
        return _made(path, kind, cached=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".part")
    except OSError as error:
        raise _no_room(path, error) from error
    os.close(handle)
    part = Path(name)
    try:
        _enough_room(part, info, kind)
        run_quantizer(info.path, kind, part, importance, progress, threads, again=again)
        made = _made(part, kind, cached=False)
        if made.parameters != info.parameters:
            raise KitError(f"llama.cpp wrote {made.parameters:,} of {info.parameters:,} weights.")
        replace(part, path)
    except OSError as error:
        raise _no_room(path, error) from error
    finally:
        part.unlink(missing_ok=True)
    return Made(path, kind, made.bytes, made.parameters, made.types, cached=False)


def run_quantizer(
    source: Path,
    kind: str,
    target: Path,
    importance: Importance | None = None,
    progress: Progress | None = None,
    threads: int = 0,
    again: bool = False,
    dry_run: list[str] | None = None,
) -> None:
    """Call `llama_model_quantize` itself; raises `KitError` with its own last words if it fails.

    dry_run: write nothing, and put into this list what llama.cpp said.
    """
    library = llamacpp.need()
    params = library.llama_model_quantize_default_params()
    params.ftype = getattr(library, f"LLAMA_FTYPE_{TYPES[kind]}")
    params.nthread = threads or os.cpu_count() or 1
    params.allow_requantize = again or dry_run is not None
    params.dry_run = dry_run is not None
    # The array must live as long as the call.
    matrix = importance.as_c(library.llama_model_imatrix_data) if importance else None
    if matrix is not None:
        params.imatrix = ctypes.cast(matrix, ctypes.POINTER(library.llama_model_imatrix_data))
    said: list[str] = [] if dry_run is None else dry_run

    def hear(line: str) -> None:
        step = _STEP.match(line)
        if step is None or "failed" in line:  # an error ends the line of the tensor it met
            said.append(line)
        elif progress is not None:
            progress(kind, int(step[1]), int(step[2]))

    with llamacpp.listening(hear):
        status = library.llama_model_quantize(
            os.fsencode(source), os.fsencode(target), ctypes.byref(params)
        )
    if status != 0:
        raise _refused(kind, said)


def known_type(kind: str) -> str:
    """The type's name in its usual spelling. Raises `KitError` for one that is not offered."""
    for name in TYPES:
        if name.casefold() == kind.casefold():
            return name
    raise KitError(f"There is no type {kind!r}.", f"one of {', '.join(TYPES)}")


def quantized_already(info: weights.GGUFTensors) -> bool:
    """True when some tensor of the file has fewer than 16 bits per weight."""
    return any(tensor.type not in _UNQUANTIZED for tensor in info.tensors)


def kinds_for(source: Path) -> list[str]:
    """The types that are worth making of this file: a quantized one gains nothing by 16 bits."""
    every = list(TYPES)
    return every[3:] if quantized_already(weights.read_tensors(source)) else every


def original_of(source: Path) -> Path:
    """The file to measure against: F32, made where needed; a quantized source is its own."""
    if quantized_already(weights.read_tensors(source)):
        return source
    return quantize(source, "F32").path


def expected_bytes(info: weights.GGUFTensors, kind: str) -> int:
    """How large the file will be, by llama.cpp's own dry run; a little more, never less."""
    said: list[str] = []
    run_quantizer(info.path, kind, Path(os.devnull), dry_run=said)
    found = next((m for line in reversed(said) if (m := _SIZE.search(line))), None)
    if found is None:  # another version may say it in other words: then at most as large as F32
        return 4 * info.parameters
    header = info.path.stat().st_size - sum(tensor.bytes for tensor in info.tensors)
    return header + int((float(found[1]) + 0.01) * 2**20)


def stored(source: Path, kind: str, importance: Importance | None = None) -> Path:
    """Where the store keeps this file; made from hashes, so that a changed source is another."""
    matrix = f"-{importance.digest[:8]}" if importance else ""
    engine = hashlib.sha256(llamacpp.package_version().encode()).hexdigest()[:6]
    folder = store_dir() / "quantized" / weights.sha256(source)[:16]
    stem = re.sub(r"[-.](F32|F16|BF16)$", "", Path(source).stem, flags=re.IGNORECASE)
    return folder / f"{stem}-{kind}{matrix}-{engine}.gguf"


def _made(path: Path, kind: str, *, cached: bool) -> Made:
    info = weights.read_tensors(path)
    types = Counter[str]()
    for tensor in info.tensors:
        types[tensor.type] += tensor.bytes
    return Made(path, kind, path.stat().st_size, info.parameters, dict(types), cached)


def _enough_room(part: Path, info: weights.GGUFTensors, kind: str) -> None:
    free = shutil.disk_usage(part.parent).free
    # No type of ours takes more than 32 bits per weight; only where that might not fit is it worth
    # asking exactly, since a dry run reads the whole file.
    if free > info.path.stat().st_size + 4 * info.parameters:
        return
    wanted = expected_bytes(info, kind)
    if free < wanted:
        raise KitError(
            f"There is not enough room on the disk: about {wanted / 1e6:.1f} MB are needed, "
            f"{free / 1e6:.1f} MB are free.",
            "free some space, or set SELFHOST_MODELS to a folder on another disk",
        )


def _no_room(path: Path, error: OSError) -> KitError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return KitError(
            f"The disk is full: {path.name} was not written.",
            "free some space, or set SELFHOST_MODELS to a folder on another disk",
        )
    return KitError(
        f"{path.name} cannot be written ({error.strerror or error}).",
        "set SELFHOST_MODELS to a folder you may write to",
    )


def _refused(kind: str, said: list[str]) -> KitError:
    """llama.cpp returns only "no"; its log says why, in words of its own."""
    last = next((line for line in reversed(said) if "failed to" in line), "")
    reason = last.split("failed to quantize: ")[-1].strip().rstrip(".") or "no reason given"
    if "bad_alloc" in reason or "allocate" in reason or "unavailable" in reason:
        return KitError(
            f"There is not enough memory to quantize to {kind}.",
            "close other programs, or quantize a smaller model",
        )
    if "iostream" in reason or "ios_base" in reason or "write" in reason:
        return KitError(
            f"The disk is full, or the file may not grow: {kind} was not written.",
            "free some space, or set SELFHOST_MODELS to a folder on another disk",
        )
    return KitError(f"llama.cpp did not quantize to {kind}: {reason[:200]}.")

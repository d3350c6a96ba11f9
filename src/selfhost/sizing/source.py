"""Where a model's numbers come from: a GGUF file, a config.json, or a name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from selfhost import weights
from selfhost.errors import KitError
from selfhost.sizing import tensors
from selfhost.sizing.shape import Shape, from_gguf, published_shapes, read_config


@dataclass(frozen=True)
class Sized:
    """A model whose memory can be computed.

    `weights`: bytes by ggml type. `exact`: they were read from a file, not computed. `per_token`:
    bytes of weights that are read to make one token. `rearranged`: bytes that llama.cpp copies
    into another layout on x86. `path`: the GGUF, if there is one.
    """

    shape: Shape
    weights: dict[str, int] = field(hash=False)
    exact: bool
    per_token: int
    rearranged: int
    path: Path | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self.shape.name

    @property
    def weight_bytes(self) -> int:
        """Bytes of all weights."""
        return sum(self.weights.values())


def read(what: str | Path, file_type: str | None = None) -> Sized:
    """Read or look up a model.

    `what`: a GGUF file, a config.json or its folder, a name the kit knows and has (`aprendiz`), or
    a published architecture (`gemma3:27b`). `file_type` is needed where there is no GGUF; Q4_K_M
    unless given. Raises `KitError`.
    """
    path = Path(what).expanduser()
    if path.is_dir() and (path / "config.json").is_file():
        path = path / "config.json"
    if path.is_file():
        if path.suffix.lower() == ".json":
            return computed(read_config(path), file_type or "Q4_K_M")
        return of_gguf(path, file_type)
    name = str(what)
    if weights.lookup(name) is not None and (found := weights.find(name)) is not None:
        return of_gguf(found, file_type)
    shapes = {weights.normalise(key): shape for key, shape in published_shapes().items()}
    shape = shapes.get(weights.normalise(name))
    if shape is not None:
        return computed(shape, file_type or "Q4_K_M")
    if weights.lookup(name) is not None:
        raise KitError(f"{name} is not on this computer.", f"selfhost models pull {name}")
    known = [*(m.name for m in weights.known().values() if m.shipped), *published_shapes()]
    raise KitError(
        f"There is no file, no model here and no known size called {name!r}; sizes are known of "
        f"{', '.join(known)}.",
        "selfhost sizing FILE.gguf, or the folder of a config.json",
    )


def of_gguf(path: Path, file_type: str | None = None) -> Sized:
    """A GGUF file; with `file_type`, what the same architecture would take in that type."""
    stat = path.stat()
    sized = _of_gguf(path, stat.st_size, stat.st_mtime_ns)
    return computed(sized.shape, file_type) if file_type else sized


@lru_cache(maxsize=16)
def _of_gguf(path: Path, size: int, modified: int) -> Sized:
    info = weights.read_gguf(path)
    shape = from_gguf(info)
    by_type: dict[str, int] = {}
    per_token = rearranged = 0
    used = info.of_architecture("expert_used_count") or 0
    count = info.of_architecture("expert_count") or 0
    for tensor in info.tensors:
        by_type[tensor.type] = by_type.get(tensor.type, 0) + tensor.bytes
        if tensor.name == "token_embd.weight" and not shape.tied:
            continue  # one row of it is read per token
        # Of a mixture of experts only some are read for a token, though all must be in memory.
        share = used / count if "_exps" in tensor.name and count else 1.0
        per_token += int(tensor.bytes * share)
        if tensor.name.startswith("blk.") and tensor.type in tensors.REARRANGED:
            rearranged += tensor.bytes
    ordered = dict(sorted(by_type.items(), key=lambda item: -item[1]))
    return Sized(shape, ordered, True, per_token, rearranged, path)


def computed(shape: Shape, file_type: str) -> Sized:
    """A model of which there is no file: its weights as llama.cpp would quantize them."""
    by_type = tensors.of_shape(shape, file_type)
    total = sum(by_type.values())
    rows = tensors.tensors(shape)
    kinds = {t: tensors.type_of(t, shape, file_type.upper()) for t in rows}
    unread = 0 if shape.tied else sum(
        tensors.nbytes(kinds[t], t.row, t.rows) for t in rows if t.name == "token_embd"
    )  # fmt: skip
    rearranged = sum(
        tensors.nbytes(kinds[t], t.row, t.rows)
        for t in rows
        if t.layer is not None and kinds[t] in tensors.REARRANGED
    )
    return Sized(shape, by_type, False, total - unread, rearranged)

"""Measure files against the original, and remember the figures by hash.

>>> rows = study([made.path for made in files], reference=files[0].path)

A figure is kept under the hashes of everything that decides it: the file, the reference, the
text, the questions, the libraries' versions and the processor. A second run reads; a changed
file is measured again.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from selfhost import weights
from selfhost.files import write_atomically
from selfhost.paths import store_dir
from selfhost.quantize import items, torchside
from selfhost.quantize.measures import Array, Quality, Running, log_softmax
from selfhost.quantize.runners import LENGTH, LlamaCpp, Runner, Speed, Transformers, score

# Items per benchmark that a time budget may choose; steps, so that two runs choose the same.
STEPS = (5, 10, 25, 50, 100, 200)
# Numbers (positions × vocabulary) that the reference may hold in memory: 8 bytes each.
_MOST = 40_000_000


@dataclass(frozen=True)
class Row:
    """What was measured of one file. `bytes`: its size; `score`: share of `items` answered right.

    `speed` is this machine's, at the moment of the measurement; the other figures do not depend
    on how busy it was.
    """

    name: str
    engine: str
    bytes: int
    bits_per_weight: float
    quality: Quality
    speed: Speed
    score: float
    items: int
    threads: int
    cached: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass
class Reference:
    """Log-probabilities of the original on the held-out rows; computed once per study.

    `kept`: the positions of each row that count. Which document comes next is nothing that a
    model could know, so a position whose next token is BOS does not.
    """

    rows: list[list[int]]
    logprobs: list[Array]
    kept: list[list[int]]

    def quality(self, runner: Runner) -> Quality:
        """The runner's figures against this reference."""
        found = Running()
        for row, mine, kept in zip(self.rows, self.logprobs, self.kept, strict=True):
            theirs = log_softmax(runner.logits(row)[kept])
            found.add(mine, theirs, np.asarray(row)[np.asarray(kept) + 1])
        return found.quality()

    def place(self, index: int) -> list[int]:
        """The tokens of a row up to and including the kept position `index`, over all rows."""
        for row, kept in zip(self.rows, self.kept, strict=True):
            if index < len(kept):
                return row[: kept[index] + 1]
            index -= len(kept)
        raise IndexError(index)


def reference(runner: Any, most_rows: int = 6) -> Reference:
    """Run the original over the held-out text: at most so many rows of 256 tokens.

    A large vocabulary gets fewer rows, so that memory stays below about 400 MB.
    """
    bos, eos = runner.ends
    rows = items.rows([runner.tokens(text) for text in items.heldout()], bos, eos)[:most_rows]
    first = runner.logits(rows[0])
    rows = rows[: max(1, _MOST // first.size)]
    scores = [first, *(runner.logits(row) for row in rows[1:])]
    kept = [[i for i, following in enumerate(row[1:]) if following != bos] for row in rows]
    return Reference(rows, [log_softmax(s[k]) for s, k in zip(scores, kept, strict=True)], kept)


class Study:
    """The figures of several files against one original.

    `seconds`: time that all scoring together may take; it decides how many items each benchmark
    gives, the same for every file. `original`: the unquantized GGUF file against which everything
    is measured, or, where llama-cpp-python is missing, the folder for transformers.
    """

    def __init__(
        self,
        original: Path,
        *,
        files: int = 11,
        seconds: float = 20.0,
        rows: int = 6,
        items_each: int | None = None,
    ) -> None:
        self.original, self.rows = Path(original), rows
        file = self.original / "model.safetensors" if self.original.is_dir() else self.original
        self.digest = weights.sha256(file)
        self._files, self._seconds, self._items = files, seconds, items_each
        self._reference: Reference | None = None

    @property
    def reference(self) -> Reference:
        """The original's log-probabilities; computed when first needed."""
        if self._reference is None:
            with self._open() as runner:
                self._reference = reference(runner, self.rows)
        return self._reference

    def _open(self) -> Any:
        if self.original.is_dir():
            return Transformers(self.original, "float32")
        return LlamaCpp(self.original)

    def words(self) -> str:
        """What a table's caption has to say: against what, on how much text, how many questions."""
        engine = "transformers" if self.original.is_dir() else "llama.cpp"
        positions = sum(map(len, self.reference.kept))
        asked = self.items_each * len(items.NAMES)
        return (
            f"against the original in {engine}; {positions} positions of held-out text; "
            f"score: {self.items_each} questions from each of {len(items.NAMES)} benchmarks, "
            f"standard error about {math.sqrt(0.85 * 0.15 / asked):.0%}"
        )

    @property
    def items_each(self) -> int:
        """Items per benchmark, by the time that a few of them take with the original."""
        if self._items is None:
            key = self._key("items", str(self._files), f"{self._seconds:g}")
            kept = _read(key)
            if kept is None:
                kept = {"items": self._affordable()}
                _keep(key, kept)
            self._items = int(kept["items"])
        return self._items

    def _affordable(self) -> int:
        with self._open() as runner:
            few = items.questions(5)
            runner.answers([items.chat(few[0])])  # what happens only once shall not count
            start = time.perf_counter()
            score(runner, few)
            each = (time.perf_counter() - start) / len(few)
        affordable = self._seconds / (each * len(items.NAMES) * self._files)
        return max([step for step in STEPS if step <= affordable], default=STEPS[0])

    def gguf(self, path: Path, name: str) -> Row:
        """Measure a GGUF file in llama.cpp, or read what was measured before."""
        return self._row(
            name, "llama.cpp", weights.sha256(path), path.stat().st_size, bits_per_weight(path),
            lambda: LlamaCpp(path),
        )  # fmt: skip

    def folder(self, source: Path, variant: str) -> Row:
        """The same for a way of `torchside.VARIANTS` to hold the weights in `source`."""
        made = torchside.prepare(source, variant)
        size = torchside.bytes_of(made)
        digest = hashlib.sha256(
            "".join(weights.sha256(p) for p in sorted(made.glob("*.safetensors"))).encode()
        ).hexdigest()
        info = weights.read_safetensors(source / "model.safetensors")
        bits = 8 * sum(t.bytes for t in _tensors(made)) / info.parameters
        if variant == "float32":  # 32 bits in memory, whatever the file holds
            size, bits = 4 * info.parameters, 32.0
        return self._row(
            variant, "transformers", digest + variant, size, bits,
            lambda: Transformers(source, variant),
        )  # fmt: skip

    def _row(
        self, name: str, engine: str, digest: str, size: int, bits: float, start: Callable[[], Any]
    ) -> Row:
        key = self._key(digest, engine, str(self.items_each))
        kept = _read(key)
        if kept is not None:
            with suppress(KeyError, TypeError):
                return Row(**{
                    **kept, "name": name, "quality": Quality(**kept["quality"]),
                    "speed": Speed(**kept["speed"]), "cached": True,
                })  # fmt: skip
        with start() as runner:
            questions = items.questions(self.items_each)
            row = Row(
                name, engine, size, bits, self.reference.quality(runner),
                runner.speed(self.reference.rows[0]), score(runner, questions), len(questions),
                runner.threads,
            )  # fmt: skip
        _keep(key, row.as_dict())
        return row

    def _key(self, *parts: str) -> str:
        versions = [_version(each) for each in ("llama-cpp-python", "xllamacpp", "transformers",
                                                "torch", "torchao", "optimum-quanto")]  # fmt: skip
        text = hashlib.sha256("\n".join(items.heldout()).encode()).hexdigest()
        whole = [self.digest, text, str(self.rows), str(LENGTH), platform.processor(),
                 platform.machine(), *versions, *parts]  # fmt: skip
        return hashlib.sha256("\n".join(whole).encode()).hexdigest()[:32]


def bits_per_weight(path: Path) -> float:
    """All tensors' bits divided by all weights."""
    info = weights.read_tensors(path)
    return 8 * sum(tensor.bytes for tensor in info.tensors) / info.parameters


def largest_difference(path: Path, folder: Path, rows: int = 2) -> tuple[float, float]:
    """GGUF in llama.cpp against the folder in transformers, both float32, on held-out rows.

    Returns (largest difference of a logit, share of positions with the same top token).
    """
    with LlamaCpp(path) as runner, Transformers(folder, "float32") as other:
        chosen = items.rows([runner.tokens(t) for t in items.heldout()], *runner.ends)[:rows]
        pairs = [(runner.logits(row), other.logits(row)) for row in chosen]
    largest = max(float(np.abs(a - b).max()) for a, b in pairs)
    same = np.concatenate([a.argmax(-1) == b.argmax(-1) for a, b in pairs])
    return largest, float(same.mean())


def _tensors(folder: Path) -> list[weights.TensorInfo]:
    return [
        tensor
        for path in sorted(folder.glob("*.safetensors"))
        for tensor in weights.read_safetensors(path).tensors
    ]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _place(key: str) -> Path:
    return store_dir() / "quantized" / "measured" / f"{key}.json"


def _read(key: str) -> dict[str, Any] | None:
    try:
        kept = json.loads(_place(key).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, dict) else None


def _keep(key: str, value: dict[str, Any]) -> None:
    """A store that cannot be written only costs measuring again."""
    with suppress(OSError):
        _place(key).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(_place(key), json.dumps(value, indent=1))

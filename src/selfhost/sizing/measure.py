"""What llama.cpp really takes: a model loaded in a process of its own, its memory read.

Read is the resident set (the pages the process really has), before the load and after a prompt
that fills the context; the difference is what the model costs. Python and the library are in both
readings and drop out. What remains besides weights, cache and buffers (code pages, threads,
tokenizer) is measured with one small load (`overhead`) and is the same for all others.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from selfhost.errors import KitError
from selfhost.sizing.memory import memory
from selfhost.sizing.source import Sized, read


@dataclass(frozen=True)
class Load:
    """How a model is loaded. Tokens; `limit`: bytes of address space the load may add (Unix)."""

    context: int = 2048
    cache: str = "f16"
    batch: int = 512
    slots: int = 1
    threads: int = 1
    tokens: int = 8
    fill: int = 1_000_000
    limit: int | None = None


@dataclass(frozen=True)
class Measured:
    """Resident bytes before the load, after it, and with a full context; and speeds."""

    before: int
    loaded: int
    used: int
    load_seconds: float
    prompt_per_second: float
    decode_per_second: float

    @property
    def cost(self) -> int:
        """Bytes that the model added to the process."""
        return self.used - self.before


def load(path: Path, how: Load = Load(), timeout: float = 300) -> Measured:
    """Load, fill the context, measure. Raises `KitError` if llama.cpp cannot, in one sentence."""
    model = read(path)
    asked = {**how.__dict__, "path": str(path), "token": min(300, model.shape.vocab - 1)}
    command = [sys.executable, "-m", "selfhost.sizing.child", json.dumps(asked)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise KitError(
            f"Loading {path.name} took longer than {timeout:.0f} s, so it was ended."
        ) from None
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    try:
        told = json.loads(lines[-1]) if lines else {}
    except ValueError:
        told = {}
    if done.returncode == 0 and "used" in told:
        return Measured(**told)
    need = memory(model, how.context, slots=how.slots, cache=how.cache, batch=how.batch).total
    why = f" ({told['error']})" if told.get("error") else ""
    raise KitError(
        f"llama.cpp could not load {path.name} with {how.context:,} tokens of context: by the "
        f"arithmetic it needs {need / 2**20:,.0f} MiB{why}.",
        "a shorter context, a smaller quantization, or less beside it",
        exit_code=done.returncode if 0 < done.returncode < 126 else 1,
    )


def overhead(path: Path, how: Load = Load(context=256, batch=64)) -> int:
    """Bytes that a process needs besides the computed terms, measured with one small load."""
    needed = memory(read(path), how.context, cache=how.cache, batch=how.batch, overhead=0).total
    return load(path, how).cost - needed


def compare(
    model: Sized, loads: list[Load], besides: int
) -> list[tuple[Load, int, int, float, Measured]]:
    """(load, computed bytes, measured bytes, relative error, all measured) for each load."""
    if model.path is None:
        raise KitError(f"There is no file of {model.name} here to load.")
    rows = []
    for how in loads:
        computed = memory(
            model, how.context, slots=how.slots, cache=how.cache, batch=how.batch, overhead=besides
        ).total
        found = load(model.path, how)
        rows.append((how, computed, found.cost, computed / found.cost - 1, found))
    return rows


def decode_speed(path: Path, *, threads: int = 1, tokens: int = 192, times: int = 1) -> float:
    """Tokens per second of one user, the best of `times`: others on the machine only slow it."""
    how = Load(context=512, batch=64, threads=threads, tokens=tokens, fill=8)
    return max(load(path, replace(how)).decode_per_second for _ in range(times))

"""Lab 3: the cases, their self-checks, and the reader's format in the whole model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfhost.checks import Hint, close, expect, mentions, written
from selfhost.errors import KitError
from selfhost.paths import shipped_models, store_dir
from selfhost.quantize import convert, llamacpp, tensors
from selfhost.quantize.lab3_format import BLOCK, BYTES
from selfhost.quantize.measures import Quality
from selfhost.quantize.pictures import progress
from selfhost.quantize.runners import Speed
from selfhost.quantize.study import Row, Study

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Job:
    """A machine and what is wanted of it. MB are 10^6 bytes; `beside`: what is not weights."""

    name: str
    memory_mb: float
    beside_mb: float
    most_kl: float
    least_same_top: float


# Sizes of the shipped model, so that every choice can be measured in the lab; the reader is told.
JOBS = (
    Job("the library's kiosk", memory_mb=6.0, beside_mb=2.0, most_kl=0.01, least_same_top=0.96),
    Job("the exam office", memory_mb=12.0, beside_mb=3.0, most_kl=0.0005, least_same_top=0.99),
    Job("the old tablet", memory_mb=4.4, beside_mb=2.0, most_kl=0.01, least_same_top=0.96),
)


def rows() -> list[Row]:
    """The figures of all types of aprendiz, measured here (or remembered from notebook 09).

    Without llama-cpp-python: those of PyTorch's formats. Raises `KitError` when neither is here.
    """
    folder = shipped_models() / "aprendiz"
    if not llamacpp.available():
        from selfhost.quantize import torchside

        study = Study(folder)
        here = [v for v in torchside.VARIANTS if torchside.missing(v) is None]
        if not here:
            raise KitError("Neither llama-cpp-python nor transformers is here.", torchside.MEND)
        return [study.folder(folder, variant) for variant in here]
    source = folder / "aprendiz-F16.gguf"
    study = Study(convert.original_of(source))
    step, found = progress(len(convert.TYPES)), []
    for kind in convert.TYPES:
        step(kind)
        found.append(study.gguf(convert.quantize(source, kind).path, kind))
    step("done")
    return found


def in_the_model(encode: Callable[[Array], bytes], decode: Callable[[bytes], Array]) -> Row:
    """Put every matrix of aprendiz through the reader's two functions, and measure the result.

    The file stays F32 (llama.cpp does not know the format), so its size is counted: 20 bytes for
    each 32 weights. Raises `KitError` without llama-cpp-python, and for functions that fail.
    """
    llamacpp.need()
    source = shipped_models() / "aprendiz" / "aprendiz-F16.gguf"
    original = convert.original_of(source)
    target = store_dir() / "quantized" / "lab3.gguf"

    step = progress(sum(len(tensor.shape) > 1 for tensor in _all(original)))

    def change(name: str, values: Array) -> Array:
        step(name)
        blocks = values.reshape(-1, BLOCK)
        return np.stack([decode(encode(block)) for block in blocks]).reshape(values.shape)

    try:
        tensors.with_values(original, target, change)
        step("done")
        row = Study(original).gguf(target, "your format")
    finally:
        target.unlink(missing_ok=True)
    small = sum(t.bytes for t in _vectors(original))
    header = original.stat().st_size - sum(t.bytes for t in _all(original))
    numbers = sum(t.elements for t in _all(original) if len(t.shape) > 1)
    size = header + small + numbers // BLOCK * BYTES
    bits = 8 * (size - header) / (numbers + small // 4)
    return replace(row, bytes=size, bits_per_weight=bits)


def _all(path: Path) -> list[Any]:
    from selfhost import weights

    return weights.read_tensors(path).tensors


def _vectors(path: Path) -> list[Any]:
    return [tensor for tensor in _all(path) if len(tensor.shape) == 1]


# --- self-checks: choosing ----------------------------------------------------------------------


def _row(name: str, size_mb: float, kl: float, same: float, perplexity: float = 2.0) -> Row:
    """A made-up row whose answer is known: a test of the reader's function, no measurement."""
    quality = Quality(100, perplexity, kl, kl * 10, kl * 20, same, [], 0)
    return Row(name, "made up", int(size_mb * 1e6), 4.0, quality, Speed(1, 1, 1), 0.8, 100, 1)


def _fits(row: Row, job: Job) -> bool:
    quality = row.quality
    return (
        row.bytes / 1e6 + job.beside_mb <= job.memory_mb
        and quality.kl_mean <= job.most_kl
        and quality.same_top >= job.least_same_top
    )


def best(given: Sequence[Row], job: Job) -> Row | None:
    """The rule of the lab: of all that fit and are good enough, the closest to the original."""
    return min((r for r in given if _fits(r, job)), key=lambda r: r.quality.kl_mean, default=None)


def check_memory(answer: Any, job: Job) -> str:
    """Exercise 1: what is left for the weights."""
    hint = ("The machine's memory is not for weights alone: context and program need some of it. "
            "What is left, in MB?")  # fmt: skip
    close(answer, job.memory_mb - job.beside_mb, 0.05, "room_mb", hint)
    return f"{answer:g} MB for the weights"


def check_choose(function: Callable[[list[Row], Job], Any]) -> str:
    """Exercise 2: a function that chooses, or says that nothing fits."""
    job = Job("a test", memory_mb=10, beside_mb=4, most_kl=0.01, least_same_top=0.95)
    good = [_row("large", 9, 0.0001, 0.999), _row("middle", 5.5, 0.002, 0.98),
            _row("small", 4, 0.008, 0.96), _row("tiny", 2, 0.05, 0.93)]  # fmt: skip
    name = _name(function(list(good), job))
    expect(name != "large", "It chose a file of 9 MB for a machine with 10 MB, of which 4 MB are "
           "needed for other things.")  # fmt: skip
    expect(name != "tiny", "It chose the smallest file, which is below the quality floor.")
    expect(name == "middle", f"Of two files that fit and are good enough it chose {name!r}; the "
           "one that is closer to the original is wanted.")  # fmt: skip
    over = [_row("over", 6.2, 0.0001, 0.999), *good]
    expect(_name(function(over, job)) == "middle", "It chose a file of 6.2 MB where 6 MB are "
           "left: a MB is a million bytes here, not 2**20.")  # fmt: skip
    lucky = [_row("lucky", 3, 0.009, 0.96, perplexity=1.5), *good]
    expect(_name(function(lucky, job)) == "middle", "It was tempted by a low perplexity; quality "
           "is asked for as KL divergence and as top-1 agreement.")  # fmt: skip
    shy = [_row("shy", 5.5, 0.001, 0.90), *good]
    expect(_name(function(shy, job)) == "middle", "It chose a file with too little top-1 "
           "agreement; both floors count.")  # fmt: skip
    edge = [_row("edge", 6.0, 0.01, 0.95)]
    expect(function(edge, job) is not None, "A file that needs exactly what there is, or is just "
           "as good as asked for, is allowed: `<=`, not `<`.")  # fmt: skip
    backwards = function(list(reversed(good)), job)
    expect(_name(backwards) == "middle", "In another order of the rows it chooses another file.")
    try:
        none = function([good[0], good[3]], job)
    except ValueError:
        raise Hint("Where nothing fits, min() has nothing to choose from and fails; with "
                   "`default=None` it returns None.") from None  # fmt: skip
    expect(none is None, "Where nothing fits it should return None, not the least bad file.")
    return "fits, good enough, closest to the original; and None where nothing is"


def _name(row: Any) -> str:
    if row is None:
        raise Hint("It returned None although a file fits; is a `return` missing, a floor read "
                   "the wrong way round, or are bytes compared with MB?")  # fmt: skip
    if isinstance(row, str):
        return row
    expect(isinstance(row, Row), "Return one of the rows (or None).")
    return str(row.name)


def check_choices(answers: dict[str, Any], given: Sequence[Row]) -> str:
    """Exercise 3: the three jobs, on the figures that were really measured here."""
    for job in JOBS:
        expect(job.name in answers, f"There is no answer for {job.name!r}.")
        wanted, answer = best(given, job), answers[job.name]
        if wanted is None:
            expect(answer is None, f"For {job.name} no file fits. Say so: None.")
            continue
        expect(answer is not None, f"For {job.name} there is a file that fits.")
        name = answer if isinstance(answer, str) else answer.name
        expect(name == wanted.name, f"For {job.name}, {name} is not the one: does it fit beside "
               f"{job.beside_mb:g} MB, and is there one closer to the original?")  # fmt: skip
    return "; ".join(f"{job.name}: {getattr(best(given, job), 'name', 'none')}" for job in JOBS)


def check_defence(text: Any, chosen: Any) -> str:
    """Exercise 4: some sentences with figures in them."""
    words = written(text, "defence", 25)
    expect(chosen is not None, "Exercise 3 comes first: there is no file yet to defend.")
    name = str(getattr(chosen, "name", chosen))
    mentions(words, [name], f"Name the file that you chose ({name}).")
    hint = "Say how close to the original it is, by KL divergence or top-1 agreement."
    mentions(words, ["KL", "divergence", "top-1", "agreement", "same top", "divergencia"], hint)
    mentions(words, ["MB", "memory", "memoria"], "Say what the memory allows.")
    expect(any(sign.isdigit() for sign in words), "Put the figures in: a reader wants to check.")
    mentions(words, ["held-out", "text", "positions", "questions", "not know", "unknown", "limit",
                     "only", "small", "reservad", "posiciones", "preguntas", "no sab", "solo"],
             "Say on what it was measured, and what you do not know from it.")  # fmt: skip
    return "a reader can check it"


def check_place(answer: Any, mine: Row, given: Sequence[Row]) -> str:
    """Exercise 7: which types are both smaller and closer to the original than the reader's."""
    wanted = {r.name for r in given
              if r.bytes < mine.bytes and r.quality.kl_mean < mine.quality.kl_mean}  # fmt: skip
    expect(isinstance(answer, list | set | tuple), "`better` should be a list of types' names.")
    extra, lacking = set(answer) - wanted, wanted - set(answer)
    expect(not extra, f"{', '.join(sorted(map(str, extra)))}: not both smaller and closer.")
    expect(not lacking, f"{len(lacking)} more: compare `bytes` and `quality.kl_mean` of each row.")
    return f"smaller and closer: {', '.join(sorted(wanted)) or 'none'}"

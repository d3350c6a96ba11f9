"""What a model release holds besides the weights, found by looking into its folder.

The parts are those a reader needs for *everything* about a model: architecture, weights, software
to run it, and around them data and software to train and to benchmark, intermediate weights and
documentation. Whether a licence is open is another question: `selfhost.openness` answers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# (part, what it is for, patterns that show it; relative to the folder)
_PARTS: list[tuple[str, str, tuple[str, ...]]] = [
    ("architecture", "which arithmetic to do", ("config.json", "net.py", "model*.py")),
    ("weights", "the numbers", ("*.safetensors", "*.gguf")),
    ("tokenizer and template", "text to numbers and back", ("tokenizer*", "*template*")),
    (
        "software that runs inference",
        "does the arithmetic",
        ("engine*.py", "generate*.py", "infer*.py", "run*.py", "sample*.py"),
    ),
    (
        "data to train",
        "what it learnt from, or what makes it",
        ("corpus/**/*", "corpus*.py", "data/**/*", "*.parquet"),
    ),
    ("software to train", "how it learnt", ("train*.py", "training/**/*.py", "*/train*.py")),
    ("training log", "how the learning went", ("*log*.jsonl", "logs/**/*", "*/*log*.jsonl")),
    ("data to benchmark", "what it is measured with", ("benchmarks/**/*.jsonl", "eval/**/*.jsonl")),
    (
        "software to benchmark",
        "how it is measured",
        ("bench*.py", "eval*.py", "score*.py", "*/bench*.py", "*/eval*.py", "*/score*.py"),
    ),
    (
        "intermediate weights",
        "how it was before it was ready",
        (
            "checkpoint*/**/*",
            "intermediate/**/*",
            "stage*/**/*.safetensors",
            "step*/**/*.safetensors",
        ),
    ),
    ("documentation", "what its makers say about it", ("README*", "*CARD*", "*.pdf")),
    ("licence", "what you may do with it", ("LICEN[SC]E*", "COPYING*")),
]


@dataclass(frozen=True)
class Part:
    """One part of a release: `files` are the paths that show it, relative to the folder."""

    name: str
    purpose: str
    files: tuple[str, ...]

    @property
    def present(self) -> bool:
        return bool(self.files)


def parts(folder: Path) -> list[Part]:
    """Every part, with the files of `folder` that show it (none: the part is not there)."""
    return [Part(name, purpose, _matching(folder, globs)) for name, purpose, globs in _PARTS]


def _matching(folder: Path, globs: tuple[str, ...]) -> tuple[str, ...]:
    found = {
        path.relative_to(folder).as_posix()
        for glob in globs
        for path in folder.glob(glob)
        if path.is_file() and "__pycache__" not in path.parts
    }
    return tuple(sorted(found))

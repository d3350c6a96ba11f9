"""Which files of a folder are evidence for which component, by their names.

A name is weak evidence, and the audit says on which file it rests, so that a reader can open it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

MAX_FILES = 5_000
MAX_DEPTH = 6
_SKIP = {".git", ".venv", "__pycache__", "node_modules", ".ipynb_checkpoints", ".cache"}
_DATA = r"\.(jsonl?|csv|tsv|parquet|arrow|txt|bin|wav|tar)(\.(gz|xz|zst|bz2))?$"
_CODE = r"\.(py|sh|ipynb|cpp|c|rs|go|jl)$"
_DOC = r"\.(md|pdf|tex|html|rst|txt)$"
_WEIGHTS = r"\.(safetensors|gguf|pt|pth|onnx|bin|ckpt)$"

# component -> regular expressions on the lower-case path below the folder, with what we look for.
PATTERNS: dict[str, tuple[tuple[str, ...], str]] = {
    "parameters_intermediate": (
        (rf"(^|/)(checkpoints?|intermediate|ckpts?|steps?|stage[-_]?\d+)/.*{_WEIGHTS}",
         rf"(^|/)[^/]*(step|checkpoint|epoch)[-_]?\d+[^/]*{_WEIGHTS}"),
        "weights in checkpoints/ or stage1/, or named …step-1000…",
    ),
    "parameters_final": (
        (r"\.gguf$", r"\.safetensors$", r"\.onnx$", r"(^|/)(pytorch_)?model[^/]*\.(bin|pt|pth)$",
         r"(^|/)consolidated[^/]*\.pth$", r"(^|/)weights[^/]*\.(bin|pt|pth)$"),
        "model.safetensors, *.gguf, pytorch_model.bin",
    ),
    "architecture": (
        (r"(^|/)(modeling_[^/]*|model|net|architecture)\.(py|cpp|rs)$",
         rf"(^|/)(model|architecture)/[^/]*{_CODE}"),
        "modeling_*.py, or a config.json that names a public implementation",
    ),
    "training_code": (
        (rf"(^|/)(pre)?train(er|ing)?([-_][^/]*)?\d*{_CODE}", rf"(^|/)training/[^/]*{_CODE}"),
        "train*.py or training/",
    ),
    "preprocessing_code": (
        (rf"(^|/)((pre)?process|prepare|clean|filter|dedup|tokeni[sz]e|generate|make|build|collect)"
         rf"[-_]?[^/]*(data|corpus|dataset|text|documents)[^/]*{_CODE}",
         rf"(^|/)preprocess(ing)?[^/]*{_CODE}", rf"(^|/)(corpus|drills|data)[^/]*{_CODE}",
         rf"(^|/)(preprocessing|data|corpus|generator)/[^/]*{_CODE}"),
        "prepare_data.py, corpus*.py, preprocessing/",
    ),
    "inference_code": (
        (rf"(^|/)(infer(ence)?|generate|chat|predict|run_model|sample|serve)(?![^/]*(data|corpus))"
         rf"[^/]*{_CODE}", rf"(^|/)inference/[^/]*{_CODE}"),
        "inference.py, or a format that free software runs",
    ),
    "evaluation_code": (
        (rf"(^|/)(eval(uate|uation)?|bench(mark)?s?|score)([-_][^/]*)?{_CODE}",
         rf"(^|/)(eval(uation)?|benchmarks?)/[^/]*{_CODE}"),
        "evaluate.py, benchmark*.py",
    ),
    "evaluation_results": (
        (r"(^|/)(eval(uation)?[-_])?(results?|scores?)[^/]*\.(jsonl?|csv|md|txt|ya?ml)$",),
        "results.json, or a table of scores in the model card",
    ),
    "evaluation_data": (
        (rf"(^|/)(benchmarks?|eval(uation)?([-_]data)?|held[-_]?out|test([-_]set)?)/[^/]*{_DATA}",),
        "benchmarks/*.jsonl, eval/*.csv",
    ),
    "datasets": (
        (rf"(^|/)(data(sets?)?|corpus|training[-_]data)/([^/]*/)*[^/]*{_DATA}",
         rf"(^|/)(corpus|dataset|training[-_]data|train)(?![-_]?(log|config|args|state|er))[^/]*{_DATA}"),
        "data/*.jsonl, corpus.txt.gz",
    ),
    "technical_report": (
        (rf"(^|/)(technical[-_]?)?report[^/]*{_DOC}", rf"(^|/)tech[-_]?report[^/]*{_DOC}"),
        "REPORT.md, technical_report.pdf",
    ),
    "research_paper": ((rf"(^|/)(research[-_]?)?paper[^/]*{_DOC}",), "paper.pdf, or an arXiv link"),
    "model_card": ((r"(^|/)model[-_]?card\.md$", r"^readme\.md$"), "README.md or MODEL_CARD.md"),
    "data_card": (
        (
            r"(^|/)data(set)?[-_]?(card|sheet)[^/]*\.(md|txt|html)$",
            r"(^|/)data(sets?)?/readme\.md$",
        ),
        "DATA_CARD.md",
    ),
    "sample_outputs": (
        (r"(^|/)sample[-_]?(outputs?|s)?[^/]*\.(md|txt|jsonl?|wav|png|html)$",
         r"(^|/)samples/[^/]+$"),
        "samples/, sample_outputs.md",
    ),
    "libraries": (
        (r"(^|/)(requirements|constraints)[^/]*\.txt$", r"(^|/)(pyproject\.toml|setup\.py)$",
         r"(^|/)environment\.ya?ml$", r"(^|/)(uv|poetry)\.lock$", r"(^|/)dockerfile$"),
        "requirements.txt, pyproject.toml",
    ),
    "metadata": (
        (r"(^|/)config\.json$", r"(^|/)(train(ing|er)?)[-_]?(log|args|state|config)[^/]*$",
         r"(^|/)optimizer[^/]*\.(pt|bin)$", r"(^|/)[^/]*hyperparameters[^/]*$", r"\.log$"),
        "config.json, train_log.jsonl",
    ),
}  # fmt: skip
_COMPILED = {
    key: tuple(re.compile(pattern) for pattern in patterns)
    for key, (patterns, _) in PATTERNS.items()
}
FINE_TUNING = re.compile(rf"(^|/)fine[-_]?tun(e|ing)[^/]*{_CODE}", re.IGNORECASE)
LICENCE_NAME = re.compile(r"^(licen[cs]e|copying|unlicense)(\.(md|txt|rst))?$", re.IGNORECASE)
# LICENSE-CODE, LICENSE.data, LICENSE-docs.md: the licence of one kind of content.
SCOPED_NAME = re.compile(
    r"^licen[cs]e[-_.](?P<what>code|data|datasets?|docs?|documents?|documentation|text|weights|models?)"
    r"(\.(md|txt))?$",
    re.IGNORECASE,
)
_SCOPES = {"code": "code", "doc": "documentation", "tex": "documentation"}


def walk(folder: Path) -> list[str]:
    """Paths of the files below a folder (POSIX, sorted), without following links out of it."""
    found: list[str] = []
    for here, folders, names in os.walk(folder, followlinks=False):
        relative = Path(here).relative_to(folder)
        deep = len(relative.parts) >= MAX_DEPTH
        folders[:] = [] if deep else sorted(f for f in folders if f not in _SKIP)
        found += [(relative / name).as_posix() for name in sorted(names)]
        if len(found) > MAX_FILES:
            break
    return sorted(found)[:MAX_FILES]


def matches(paths: list[str]) -> dict[str, list[str]]:
    """Files that speak for each component. A file speaks for one component, the first that fits,
    except that README.md and config.json may serve elsewhere too."""
    found: dict[str, list[str]] = {key: [] for key in PATTERNS}
    for path in paths:
        lower = path.lower()
        for key, patterns in _COMPILED.items():
            if any(pattern.search(lower) for pattern in patterns):
                found[key].append(path)
                break
    return found


def licence_files(paths: list[str]) -> dict[str, str]:
    """The licence file of each folder that has one: folder -> path ("" is the top)."""
    found: dict[str, str] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if LICENCE_NAME.match(name):
            found.setdefault(folder, path)
    return found


def scoped_licences(paths: list[str]) -> dict[str, str]:
    """Licence files at the top that name a kind of content: code, data or documentation -> path.

    Weights are data.
    """
    found: dict[str, str] = {}
    for path in paths:
        match = SCOPED_NAME.match(path)
        if match:
            what = match["what"].lower()
            found[_SCOPES.get(what[:4], _SCOPES.get(what[:3], "data"))] = path
    return found

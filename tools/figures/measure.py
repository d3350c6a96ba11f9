"""Measurements behind the figures about determinism: real generations, kept in slides/data/."""

from __future__ import annotations

import json
import math
import platform
from datetime import date
from typing import Any

from selfhost.files import write_atomically
from selfhost.weights import sha256
from tools.figures import style

DATA = style.ROOT / "slides" / "data"
QUESTIONS = ("Why is the sky blue?", "Tell me a story.", "¿Qué es un modelo abierto?")
SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "seed 7": {"seed": 7},
    "temperature 0": {"temperature": 0},
    "top_k 1": {"top_k": 1},
    "top_p 0.01": {"top_p": 0.01},
    "temperature 1.5, seed 7": {"temperature": 1.5, "seed": 7},
}


def run(names: list[str]) -> None:
    """Make the measurements anew that the named figures draw from (all if empty)."""
    for figures, measurement in MEASUREMENTS.items():
        if not names or set(figures) & set(names):
            name, result = measurement()
            result |= {
                "made": date.today().isoformat(),
                "machine": machine(),
                "weights": measured(),
            }
            DATA.mkdir(exist_ok=True)
            text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
            write_atomically(DATA / f"{name}.json", text)


def measured() -> str:
    """The sha256 of the weights that answer: figures of other weights would not be this model's."""
    return sha256(style.ROOT / "models" / "aprendiz" / "aprendiz-F16.gguf")


def machine() -> str:
    """Kind of machine, without its name."""
    return f"{platform.system()} {platform.machine()}"


def chance() -> tuple[str, dict[str, Any]]:
    """Repeats under several settings, and among other requests."""
    from selfhost.determinism.bench import against, trial
    from selfhost.determinism.experiment import Condition
    from selfhost.endpoint import endpoint

    pinned = {"pinned": {"temperature": 0, "top_k": 1, "seed": 7}}
    crowd = [Condition("alone, reproducible mode", reproducible=True), Condition("alone")]
    crowd += [Condition(f"amid {n} other{'s' * (n > 1)}", neighbours=n) for n in (1, 3, 7)]
    with endpoint() as at:
        tree = trial(
            at, "Tell me a story.", {"default": {}}, repeats=10, num_predict=12, name="slides-tree"
        )
        grid = trial(at, QUESTIONS, SETTINGS, repeats=10, name="slides-grid")
        amid = trial(at, QUESTIONS, pinned, conditions=crowd, repeats=3, name="slides-crowd")
        described = at.describe()
    kept = ("tokens", "logprobs", "text")
    return "chance", {
        "endpoint": described,
        "tree": [{name: row[name] for name in kept} for row in tree],
        "grid": [{"setting": r["setting"], "prompt": r["prompt"], "text": r["text"]} for r in grid],
        "crowd": against(amid, reference=crowd[0].name),
    }


def engines() -> tuple[str, dict[str, Any]]:
    """The same weights through all engines here, and each cause switched by itself."""
    from selfhost import engines as subject
    from selfhost.endpoint import endpoint
    from selfhost.engines.causes import Bench
    from selfhost.engines.runs import matrix

    with endpoint() as at:
        bench = Bench(subject.items(per_set=10), at=at)
        effects = bench.effects()
    chosen = [bench.runs[name] for name in (*subject.FIVE, *MORE) if name in bench.runs]
    return "engines", {
        "questions": len(bench.items),
        "names": [each.name for each in chosen],
        "matrix": matrix(chosen),
        "effects": [
            {"name": e.factor.name, "group": e.factor.group, "rate": e.rate, "low": e.low,
             "high": e.high, "rmse": _number(e.measured.rmse_top1_logprob)}
            for e in effects
        ],
    }  # fmt: skip


def _number(value: float) -> float | None:
    """The number, or None where there is none to compare (JSON knows no NaN)."""
    return value if math.isfinite(value) else None


def quality() -> tuple[str, dict[str, Any]]:
    """Every format of llama.cpp's quantizer against the original."""
    from selfhost import weights
    from selfhost.quantize import convert
    from selfhost.quantize.study import Study

    path = weights.find("aprendiz")
    assert path is not None, "the shipped model is part of every checkout"
    again = convert.quantized_already(weights.read_tensors(path))
    study = Study(convert.original_of(path), seconds=20)
    rows = []
    for kind in convert.TYPES:
        made = convert.quantize(path, kind, again=again)
        row = study.gguf(made.path, kind)
        losses = {"kl": row.quality.kl_mean, "perplexity": row.quality.perplexity}
        rows.append({"name": kind, "bits": row.bits_per_weight, "score": row.score} | losses)
    return "quality", {"rows": rows, "words": study.words()}


MORE = ("llama.cpp/F16", "llama.cpp/Q8_0", "llama.cpp/Q4_K_M", "transformers/bfloat16",
        "ctranslate2/int8")  # fmt: skip
MEASUREMENTS = {
    ("answer-tree", "settings-grid", "crowd"): chance,
    ("disagreement", "causes"): engines,
    ("quality",): quality,
}

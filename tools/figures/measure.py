"""Measurements behind the figures about determinism: real generations, kept in slides/data/."""

from __future__ import annotations

import json
import platform
from datetime import date
from typing import Any

from selfhost.files import write_atomically
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
    """Generate with the endpoint that answers here; writes slides/data/chance.json."""
    from selfhost.determinism.bench import against, trial
    from selfhost.determinism.experiment import Condition
    from selfhost.endpoint import endpoint

    if names and not {"answer-tree", "settings-grid", "crowd"} & set(names):
        return
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
    result = {
        "made": date.today().isoformat(),
        "endpoint": described,
        "machine": f"{platform.system()} {platform.machine()}",
        "tree": [{name: row[name] for name in kept} for row in tree],
        "grid": [{"setting": r["setting"], "prompt": r["prompt"], "text": r["text"]} for r in grid],
        "crowd": against(amid, reference=crowd[0].name),
    }
    DATA.mkdir(exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    write_atomically(DATA / "chance.json", text)

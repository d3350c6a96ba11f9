"""Which cause explains how much: one factor is switched, everything else stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from selfhost.determinism.repeats import wilson
from selfhost.engines.base import GREEDY, Progress, Settings, silent
from selfhost.engines.benchmark import (
    DOUBLED_BOS,
    OTHER_TEMPLATE,
    OWN,
    WITHOUT_TEMPLATE,
    Item,
    Rendering,
)
from selfhost.engines.catalogue import KNOWN, open_engine
from selfhost.engines.runs import Comparison, Run, against, run
from selfhost.engines.source import Source
from selfhost.errors import KitError

OLD_PENALTY = 1.1  # Ollama's default repeat_penalty up to 0.32.9 (its api/types.go)
PENALTY = replace(GREEDY, repeat_penalty=OLD_PENALTY)


@dataclass(frozen=True)
class Factor:
    """One thing that differs between two runs, both named as in `Bench.run`."""

    name: str
    group: str
    before: str
    after: str
    rendering: Rendering = OWN
    settings: Settings = GREEDY


def factors() -> tuple[Factor, ...]:
    """The causes that can be switched one by one on this machine."""
    found = [
        Factor("attention: sdpa", "kernels", "transformers", "transformers/sdpa"),
        Factor("CTranslate2", "kernels", "transformers", "ctranslate2/float32"),
        Factor("ONNX Runtime", "kernels", "transformers", "onnxruntime"),
        Factor("OpenVINO", "kernels", "transformers", "openvino/f32"),
        Factor("llama.cpp", "kernels", "transformers", "llama.cpp/F32"),
        Factor("KV cache in F16", "precision", "llama.cpp/F32", "llama.cpp/F32/kv16"),
        Factor("llama.cpp in F16", "precision", "llama.cpp/F32", "llama.cpp/F16"),
        Factor("OpenVINO's own choice", "precision", "openvino/f32", "openvino/default"),
        Factor("transformers in bfloat16", "precision", "transformers", "transformers/bfloat16"),
        Factor("CTranslate2 in int8", "precision", "ctranslate2/float32", "ctranslate2/int8"),
        Factor("llama.cpp in Q8_0", "precision", "llama.cpp/F32", "llama.cpp/Q8_0"),
        Factor("llama.cpp in Q4_K_M", "precision", "llama.cpp/F32", "llama.cpp/Q4_K_M"),
        Factor("BOS twice", "BOS", "transformers", "transformers", DOUBLED_BOS),
        Factor("hidden penalty 1.1", "penalty", "transformers", "transformers", OWN, PENALTY),
        Factor("an endpoint's defaults", "defaults", "endpoint/pinned", "endpoint/defaults"),
        Factor("ChatML template", "template", "transformers", "transformers", OTHER_TEMPLATE),
        Factor("no template", "template", "transformers", "transformers", WITHOUT_TEMPLATE),
    ]
    return tuple(found)


@dataclass(frozen=True)
class Effect:
    """What a factor changed; `low` and `high` are Wilson's 95 % interval of the rate."""

    factor: Factor
    measured: Comparison
    differ: int
    items: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Share of answers that are no longer the same."""
        return self.measured.disagreement_rate


class Bench:
    """Runs of the same questions, each made once.

    `at` is the endpoint for the two `endpoint/...` runs. `endpoint_items` are fewer questions for
    an endpoint with a larger, slower model.
    """

    def __init__(
        self,
        items: Sequence[Item],
        source: Source | None = None,
        *,
        at: Any = None,
        endpoint_items: Sequence[Item] | None = None,
        progress: Progress = silent,
    ) -> None:
        self.items, self.source, self.at = list(items), source, at
        self.endpoint_items = list(endpoint_items) if endpoint_items else self.items
        self.progress = progress
        self.runs: dict[str, Run] = {}

    def run(
        self, engine: str, rendering: Rendering = OWN, settings: Settings = GREEDY, name: str = ""
    ) -> Run:
        """The run of an engine (a name of the catalogue, or NAME=URL). Raises `KitError`."""
        label = name or self._label(engine, rendering, settings)
        if label not in self.runs:
            items = self.endpoint_items if engine.startswith("endpoint/") else self.items
            with open_engine(engine, self.source, at=self.at, progress=self.progress) as opened:
                self.runs[label] = run(
                    opened, items, rendering=rendering, settings=settings, name=label,
                    progress=self.progress,
                )  # fmt: skip
        return self.runs[label]

    def attempt(self, engine: str) -> Run | None:
        """The same, or None after one sentence about what is missing here."""
        try:
            return self.run(engine)
        except KitError as error:
            print(f"{engine} left out: {error}")
            return None

    def _label(self, engine: str, rendering: Rendering, settings: Settings) -> str:
        label = engine.partition("=")[0]
        if rendering != OWN:
            label += f", {rendering.name}"
        if settings.repeat_penalty != 1:
            label += f", penalty {settings.repeat_penalty:g}"
        return label

    def against(self, name: str, reference: str = "transformers") -> Comparison:
        """A run against the reference, both by their labels."""
        return against(self.runs[reference], self.runs[name])

    def effect(self, factor: Factor) -> Effect:
        """Run both sides, if they have not run yet, and compare them. Raises `KitError`."""
        before = self.run(factor.before)
        after = self.run(factor.after, factor.rendering, factor.settings)
        measured = against(before, after)
        differ = round(measured.disagreement_rate * len(before.items))
        return Effect(
            factor, measured, differ, len(before.items), *wilson(differ, len(before.items))
        )

    def effects(self) -> list[Effect]:
        """All factors that can be switched here, the smallest effect first within its group."""
        found = []
        for factor in factors():
            known = KNOWN.get(factor.after)
            if known is None or not known.missing:
                found.append(self.effect(factor))
        return found

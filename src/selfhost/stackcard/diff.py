"""Two cards side by side: which fields differ, and which of them usually change an output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from selfhost.stackcard.card import UNKNOWN, Card

# Why a field matters, most likely cause first: the order in which to suspect them.
_SUSPECTS: tuple[tuple[str, str], ...] = (
    ("model.sha256", "other weights, or the same ones converted or quantized in another way"),
    ("model.quantization", "other number formats in the weights"),
    ("model.tokenizer_sha256", "another tokenizer: the model reads other tokens"),
    ("model.chat_template_sha256", "another chat template: the model reads another prompt"),
    ("model.add_bos", "one BOS token more or less at the beginning"),
    ("settings.", "another sampling setting was in force"),
    ("engine.name", "another engine: other kernels and other defaults"),
    ("engine.version", "another version of the engine"),
    ("engine.commit", "another build of the engine"),
    ("engine.package", "another build of the engine"),
    ("serving.reproducible_mode", "requests may have shared a batch or a prompt cache"),
    ("serving.prompt_cache", "a prompt cache changes which batches the prompt is computed in"),
    ("serving.parallel_slots", "other requests may have shared the batch"),
    ("serving.cache_type", "another number format in the KV cache"),
    ("serving.flash_attention", "another attention kernel"),
    ("serving.context_length", "a long prompt may have been cut"),
    ("serving.", "run in another way"),
    ("engine.build", "compiled for other instruction sets: sums are added in another order"),
    ("hardware.instruction_sets", "other instruction sets: sums may be added in another order"),
    ("hardware.gpus", "another GPU, or none"),
    ("hardware.gpu_driver", "another GPU driver"),
    ("hardware.cpu", "another processor"),
    ("software.packages", "another version of a library"),
)
_NO_CAUSE = ("created", "run", "kit", "where", "stackcard", "hardware.ram_gib", "model.name")


@dataclass(frozen=True)
class Difference:
    """One field that differs. `why` is empty for fields that do not change an output."""

    field: str
    a: Any
    b: Any
    why: str
    rank: int

    @property
    def settled(self) -> bool:
        """False when one side is unknown: it may or may not differ."""
        return UNKNOWN not in (self.a, self.b)


def flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """A card's fields with dotted names, such as ("model.sha256", ...); lists stay whole."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def differences(a: Card, b: Card) -> list[Difference]:
    """Fields that differ, the likeliest reasons for another output first.

    A setting that only one card names counts as unknown on the other side. Where a setting came
    from (`origin`) is no difference as long as the value in force is the same.
    """
    left, right = (dict(flat(c.model_dump(mode="json"))) for c in (a, b))
    found = []
    for field in {**left, **right}:
        if field.endswith(".origin") or field.split(".")[0] in _NO_CAUSE or field in _NO_CAUSE:
            continue
        x, y = (side.get(field, UNKNOWN) for side in (left, right))
        if x == y:
            continue
        rank, why = _drawn(field, x, y) or next(
            ((n, w) for n, (prefix, w) in enumerate(_SUSPECTS) if field.startswith(prefix)),
            (len(_SUSPECTS), ""),
        )
        found.append(Difference(field.removesuffix(".value"), x, y, why, rank))
    return sorted(found, key=lambda d: (not d.settled, d.rank, d.field))


def _drawn(field: str, x: Any, y: Any) -> tuple[int, str] | None:
    """Chance on one side only outweighs every other cause, weights included."""
    if field != "settings.temperature.value" or UNKNOWN in (x, y):
        return None
    if (x == 0) == (y == 0):
        return None
    return -1, "one side draws its tokens at random, the other takes the likeliest"


def likely_reason(found: list[Difference]) -> str:
    """One sentence for a reader whose outputs differ."""
    suspects = [d for d in found if d.why]
    settled = [d for d in suspects if d.settled]
    if settled:
        first = settled[0]
        return f"Most likely: {first.field} ({_short(first.a)} and {_short(first.b)}): {first.why}."
    if suspects:
        names = ", ".join(d.field for d in suspects[:3])
        return f"The cards agree on all that both tell; one of them does not tell {names}."
    return "The cards agree on everything that usually changes an output."


def _short(value: Any, limit: int = 40) -> str:
    text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"

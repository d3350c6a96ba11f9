"""Decoding, written out, for engines that only compute one step: ONNX Runtime and OpenVINO.

Prompts of different lengths share a batch: the shorter ones are padded in front, and the masks
hide the padding. An answer that has ended leaves the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from selfhost.engines.base import Generated, Progress, Prompt, Settings, silent, top5_of
from selfhost.engines.source import Source

HIDDEN = -1e9  # added to a score, it makes a weight of exactly 0, and bfloat16 can hold it
Step = Callable[[dict[str, Any]], tuple[Any, Any]]


@dataclass
class _Row:
    """An answer being written."""

    number: int
    prompt: tuple[int, ...]
    draw: Any
    tokens: list[int]
    logprobs: list[float]
    top5: list[tuple[int, ...]]
    finish: str = "length"


def decode(
    step: Step, source: Source, prompts: Sequence[Prompt], settings: Settings, *,
    batch: int = 16, label: str = "", progress: Progress = silent,
) -> list[Generated]:  # fmt: skip
    """Answers in the order of the prompts. `step` maps the graph's inputs to its two outputs."""
    import numpy as np

    order = sorted(range(len(prompts)), key=lambda n: len(prompts[n].ids))
    done: dict[int, Generated] = {}
    for start in range(0, len(order), batch):
        rows = [
            _Row(n, prompts[n].ids, np.random.default_rng(settings.seed), [], [], [])
            for n in order[start : start + batch]
        ]
        _together(step, source, rows, settings)
        for row in rows:
            done[row.number] = Generated(
                tuple(row.tokens), tuple(row.logprobs), tuple(row.top5),
                source.decode(row.tokens), row.finish,
            )  # fmt: skip
        progress(label, len(done), len(prompts))
    return [done[n] for n in range(len(prompts))]


def _together(step: Step, source: Source, rows: list[_Row], settings: Settings) -> None:
    import numpy as np

    config = source.config
    width = max(len(row.prompt) for row in rows)
    ids = np.array([[0] * (width - len(r.prompt)) + list(r.prompt) for r in rows], dtype=np.int64)
    pads = np.array([width - len(r.prompt) for r in rows])
    past = np.zeros(
        (config["num_hidden_layers"], 2, len(rows), config["num_key_value_heads"], 0,
         config["head_dim"]), dtype=np.float32,
    )  # fmt: skip
    alive = rows
    for _ in range(settings.max_tokens):
        old, new = past.shape[4], ids.shape[1]
        full, sliding = masks(pads, old, new, config["sliding_window"])
        positions = np.maximum(np.arange(old, old + new)[None] - pads[:, None], 0)
        logits, past = step({
            "ids": ids, "positions": positions.astype(np.int64), "full": full,
            "sliding": sliding, "past": past,
        })  # fmt: skip
        keep = [
            _take(row, scores, source, settings) for row, scores in zip(alive, logits, strict=True)
        ]
        if not any(keep):
            return
        alive = [row for row, stays in zip(alive, keep, strict=True) if stays]
        past, pads = np.ascontiguousarray(past[:, :, keep]), pads[keep]
        ids = np.array([[row.tokens[-1]] for row in alive], dtype=np.int64)


def masks(pads: Any, old: int, new: int, window: int) -> tuple[Any, Any]:
    """What each new token may look at: everything before it, or the last `window` tokens.

    `pads` [batch] counts the padding in front. Both masks: [batch, 1, new, old + new], float32,
    0 where it may look and `HIDDEN` where not.
    """
    import numpy as np

    at, key = np.arange(old, old + new)[:, None], np.arange(old + new)[None]
    seen = (key <= at)[None] & (key[None] >= pads[:, None, None])
    near = seen & (at - key < window)[None]
    return tuple(np.where(m, 0, HIDDEN).astype(np.float32)[:, None] for m in (seen, near))  # type: ignore[return-value]


def _take(row: _Row, logits: Any, source: Source, settings: Settings) -> bool:
    """Choose the row's next token; False when its answer has ended."""
    top5, logprobs = top5_of(logits)
    token = choose(logits, (*row.prompt, *row.tokens), settings, row.draw)
    if token in source.stops:
        row.finish = "stop"
        return False
    row.tokens.append(token)
    row.logprobs.append(float(logprobs[token]))
    row.top5.append(top5)
    return len(row.tokens) < settings.max_tokens


def choose(logits: Any, before: Sequence[int], settings: Settings, draw: Any) -> int:
    """The next token from its scores (one row), as transformers chooses it.

    Penalty: a score above 0 of a token in `before` is divided by it, one below is multiplied
    (Keskar et al. 2019, CTRL). Above temperature 0: the `top_k` likeliest, of these the fewest
    that hold `top_p` of the probability, then a draw with the generator `draw`.
    """
    import numpy as np

    scores = np.asarray(logits, dtype=np.float64).copy()
    if settings.repeat_penalty != 1:
        seen = np.unique(np.asarray(before, dtype=np.int64))
        held = scores[seen]
        scores[seen] = np.where(
            held > 0, held / settings.repeat_penalty, held * settings.repeat_penalty
        )
    if settings.temperature == 0:
        return int(scores.argmax())
    best = np.argsort(-scores, kind="stable")[: settings.top_k]
    shares = np.exp((scores[best] - scores[best[0]]) / settings.temperature)
    shares /= shares.sum()
    enough = int(np.searchsorted(shares.cumsum(), settings.top_p)) + 1
    shares = shares[:enough] / shares[:enough].sum()
    return int(draw.choice(best[: len(shares)], p=shares))

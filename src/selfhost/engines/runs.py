"""A benchmark run on one engine: answers, which are right, and the card of what ran."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from selfhost.determinism import compare
from selfhost.engines.base import GREEDY, Engine, Generated, Progress, Settings, silent
from selfhost.engines.benchmark import OWN, Item, Rendering
from selfhost.engines.cards import card_of
from selfhost.errors import KitError
from selfhost.files import write_atomically
from selfhost.stackcard import Card, parse


@dataclass(frozen=True)
class Run:
    """One line per item in `answers` and `right`. `seconds`: wall-clock time of the answers."""

    name: str
    items: tuple[str, ...]
    answers: tuple[Generated, ...]
    right: tuple[bool, ...]
    seconds: float
    card: Card

    @property
    def score(self) -> float:
        """Share of right answers."""
        return sum(self.right) / len(self.right)

    def of_set(self, name: str) -> list[bool]:
        """Right or wrong for the items of one set."""
        return [ok for item, ok in zip(self.items, self.right, strict=True)
                if item.startswith(f"{name}-")]  # fmt: skip


def run(
    engine: Engine, items: Sequence[Item], *, rendering: Rendering = OWN,
    settings: Settings = GREEDY, name: str = "", progress: Progress = silent,
) -> Run:  # fmt: skip
    """Ask an engine all items. Raises `KitError`."""
    prompts = [rendering.prompt(engine.source, item) for item in items]
    started = time.perf_counter()
    answers = engine.generate_all(prompts, settings, progress)
    seconds = time.perf_counter() - started
    right = [item.right(made.text) for item, made in zip(items, answers, strict=True)]
    chosen = name or engine.name
    card = card_of(engine, settings, rendering, answers, [item.id for item in items])
    return Run(
        chosen, tuple(item.id for item in items), tuple(answers), tuple(right), seconds, card
    )


@dataclass(frozen=True)
class Comparison:
    """B against the reference A, on the same items. See `selfhost.determinism.compare`."""

    a: str
    b: str
    disagreement_rate: float
    length_bias: float
    length_magnitude: float
    first_difference: float | None
    first_difference_normalized: float
    rmse_top1_logprob: float
    jaccard_top5: float
    score: compare.ScoreShift

    def as_dict(self) -> dict[str, Any]:
        """For JSON: not-a-number becomes null."""
        data = {**asdict(self), "score_shift": self.score.shift}
        return {
            key: None if isinstance(value, float) and math.isnan(value) else value
            for key, value in data.items()
        }


def against(a: Run, b: Run) -> Comparison:
    """All measures for two runs. Raises `KitError` when they did not answer the same items."""
    if a.items != b.items:
        raise KitError(
            f"{a.name} and {b.name} answered other items.", "run both with the same --items"
        )
    pairs = [(x.steps, y.steps) for x, y in zip(a.answers, b.answers, strict=True)]
    measured: dict[str, Any] = dict(compare.summary(pairs))
    return Comparison(a.name, b.name, **measured, score=compare.score_shift(a.right, b.right))


def matrix(runs: Sequence[Run]) -> list[list[float]]:
    """Output disagreement rate of all pairs; symmetric, 0 on the diagonal."""
    return [
        [
            compare.disagreement_rate([
                (x.tokens, y.tokens) for x, y in zip(a.answers, b.answers, strict=True)
            ])
            for b in runs
        ]
        for a in runs
    ]


def slug(name: str) -> str:
    """A name as a file's name."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "run"


def save(made: Run, folder: Path) -> Path:
    """Write a run (JSONL: a head, then a line per item) and its card beside it; whole or not.

    Raises `KitError` when the disk is full or the folder cannot be written.
    """
    from selfhost import stackcard

    path = folder / f"{slug(made.name)}.jsonl"
    head = {"run": made.name, "seconds": made.seconds, "card": json.loads(made.card.to_json())}
    lines = [json.dumps(head, ensure_ascii=False)]
    for item, answer, ok in zip(made.items, made.answers, made.right, strict=True):
        told = [None if math.isnan(p) else p for p in answer.logprobs]
        row = {"item": item, "right": ok, **vars(answer), "logprobs": told}
        lines.append(json.dumps(row, ensure_ascii=False, allow_nan=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, "\n".join(lines) + "\n")
        stackcard.write(made.card, path.with_suffix(".card.json"))
    except OSError as error:
        raise KitError(f"{path.name} cannot be written: {error.strerror or error}.") from error
    return path


def load(path: Path) -> Run:
    """A run's file. Raises `KitError` for anything else."""
    try:
        head, *rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        answers = tuple(_answer(row) for row in rows)
        return Run(
            str(head["run"]), tuple(str(row["item"]) for row in rows), answers,
            tuple(bool(row["right"]) for row in rows), float(head["seconds"]),
            parse(json.dumps(head["card"]), path.name),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KitError(
            f"{path.name} is not a run of an engine ({error}).", "selfhost engines run"
        ) from None


def _answer(row: Mapping[str, Any]) -> Generated:
    return Generated(
        tuple(int(i) for i in row["tokens"]),
        tuple(math.nan if p is None else float(p) for p in row["logprobs"]),
        tuple(tuple(int(i) for i in top) for top in row["top5"]), str(row["text"]),
        str(row["finish"]),
    )  # fmt: skip

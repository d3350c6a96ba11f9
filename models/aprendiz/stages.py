# SPDX-License-Identifier: MIT
"""What each stage of the training is: model, data, schedule. Change here, nowhere else."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .net import Shape


@dataclass(frozen=True)
class Stage:
    """One stage.

    The learning rate warms up over ``warmup`` steps, stays, and falls to zero on a straight line
    from step ``decay_from`` to step ``steps``.
    """

    name: str
    mix: str  # module of corpus/ that makes the documents
    shape: Shape
    steps: int
    decay_from: int
    length: int = 256  # tokens of a row
    rows: int = 16  # rows of a step
    warmup: int = 60
    lr: float = 0.005  # Muon, on the matrices
    embed_lr: float = 0.003  # AdamW, on the embedding and the norms
    user_weight: float = 0.1  # weight in the loss of what the user says
    letter_weight: float = 1.0  # weight in the loss of the letter that answers a choice ...
    letter_from: int = 0  # ... from the block of this step on
    scan_weight: float = 1.0  # ... and of going on to the next option, or not
    base: str = ""  # folder of the model to grow from, beside this file
    seed: int = 2  # of the random initial weights
    dtype: str = "bfloat16"  # of the products; the weights are float32
    block: int = 64  # steps made of one block of data

    @property
    def stream(self) -> str:
        """Name of the data stream; block n of it is seeded with ``<stream>-<n>``."""
        return self.name

    @property
    def tokens(self) -> int:
        """Tokens of the whole stage."""
        return self.steps * self.rows * self.length

    def rate(self, step: int) -> float:
        """The learning rate's factor at a step, counted from 0."""
        warm = min(1.0, (step + 1) / self.warmup)
        if step < self.decay_from:
            return warm
        return warm * max(0.0, (self.steps - step) / (self.steps - self.decay_from))

    def describe(self) -> dict[str, Any]:
        """Everything above, for the log."""
        return asdict(self)


STAGES = {
    # From scratch: 2.7 M parameters, 11 M tokens.
    "stage1": Stage(
        name="stage1",
        mix="stage1",
        shape=Shape(layers=3, inter=512),
        steps=2689,
        decay_from=1520,
        length=512,
        rows=8,
        warmup=100,
        lr=0.006,
        embed_lr=0.004,
        user_weight=1.0,
        seed=1,
        dtype="float32",
    ),
    # Grown from stage 1: 5.6 M parameters. The rate stays high.
    "stage2": Stage(
        name="stage2",
        mix="stage2",
        shape=Shape(layers=6, inter=768),
        steps=1330,
        decay_from=1330,
        letter_weight=8.0,
        letter_from=1280,
        base="stage1",
    ),
    # Goes on from stage 2 with longer rows. From here on the rate fell by the clock: the steps
    # are those that were done, the rates are in train_log.jsonl.
    "stage3": Stage(
        name="stage3",
        mix="stage3",
        shape=Shape(layers=6, inter=768),
        steps=251,
        decay_from=251,
        length=512,
        rows=8,
        warmup=1,
        letter_weight=2.0,
    ),
    # Goes on from stage 3 with other shares.
    "stage4": Stage(
        name="stage4",
        mix="stage4",
        shape=Shape(layers=6, inter=768),
        steps=157,
        decay_from=157,
        length=512,
        rows=8,
        warmup=1,
        letter_weight=2.0,
    ),
    # Goes on from stage 4: to stop at the right option counts more.
    "stage5": Stage(
        name="stage5",
        mix="stage4",
        shape=Shape(layers=6, inter=768),
        steps=743,
        decay_from=743,
        length=512,
        rows=8,
        warmup=1,
        letter_weight=2.0,
        scan_weight=8.0,
    ),
    # To go on from any of them (--start, --minutes, --high): new text, the same settings.
    "more": Stage(
        name="more",
        mix="stage4",
        shape=Shape(layers=6, inter=768),
        steps=100_000,
        decay_from=100_000,
        length=512,
        rows=8,
        warmup=1,
        letter_weight=2.0,
        scan_weight=8.0,
    ),
    # A recognisable model in minutes: small, few subjects, the same losses on every run.
    "quick": Stage(
        name="quick",
        mix="quick",
        shape=Shape(layers=2, inter=512),
        steps=400,
        decay_from=240,
        length=256,
        rows=8,
        warmup=40,
        lr=0.01,
        embed_lr=0.006,
        seed=3,
        dtype="float32",
    ),
}

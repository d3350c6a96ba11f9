# SPDX-License-Identifier: MIT
"""Train a stage. The same command continues a run that was stopped (Ctrl-C and SIGTERM save).

python -m models.aprendiz.train quick  --out build/quick
python -m models.aprendiz.train stage1 --out build/stage1
python -m models.aprendiz.train stage2 --out build/stage2
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .batches import HERE, Rows
from .growth import grow
from .net import Gemma
from .stages import STAGES, Stage
from .state import Optimizers, Run, load_weights

LOG_EVERY = 20
EVAL_EVERY = 200
EVAL_ROWS = 64
SAVE_SECONDS = 300


def build(stage: Stage, dtype: torch.dtype, base: Path | None = None) -> Gemma:
    """The stage's model with its first weights: random, or grown from another stage's.

    ``base``: folder of that stage's weights; the shipped ones if it is not given.
    """
    torch.manual_seed(stage.seed)
    model = Gemma(stage.shape, stage.length, dtype)
    if stage.base:
        grow(model, load_weights(base or HERE / stage.base))
    return model


def optimizers(model: nn.Module, stage: Stage) -> Optimizers:
    """Muon for the matrices; AdamW for the embedding and the norms."""
    matrices: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    for name, p in model.named_parameters():
        (matrices if p.ndim == 2 and "embed" not in name else rest).append(p)
    muon = torch.optim.Muon(
        matrices,
        lr=stage.lr,
        momentum=0.95,
        weight_decay=0.01,
        adjust_lr_fn="match_rms_adamw",
    )
    adam = torch.optim.AdamW(rest, lr=stage.embed_lr, betas=(0.9, 0.95), weight_decay=0.0, eps=1e-9)
    return muon, adam


@dataclass
class Clock:
    """A schedule by the clock: the rate falls on a line from ``high`` now to zero at the end."""

    minutes: float
    high: float = 1.0
    start: float = field(default_factory=time.time)

    def rate(self) -> float:
        """The learning rate's factor now."""
        gone = (time.time() - self.start) / (60 * self.minutes)
        return self.high * max(0.0, 1.0 - gone)


def replayed(log: Path, stage: Stage) -> dict[int, float]:
    """The rate's factor at each step of a stage in an old log: a line tells of the steps before it.

    A log can hold several stages, each after a line that names it.
    """
    rates: dict[int, float] = {}
    ours = True
    for line in log.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "stage" in entry:
            ours = entry["stage"]["name"] == stage.name
        elif ours and "lr" in entry:
            for step in range(max(rates, default=-1) + 1, entry["step"]):
                rates[step] = entry["lr"] / stage.lr
    return rates


class Trainer:
    """A stage being trained."""

    def __init__(
        self,
        stage: Stage,
        run: Run,
        dtype: torch.dtype,
        compiled: bool = False,
        clock: Clock | None = None,
        rates: dict[int, float] | None = None,
        base: Path | None = None,
    ) -> None:
        self.stage, self.run, self.clock, self.rates = stage, run, clock, rates or {}
        self.rows = Rows(stage.mix, stage.length, stage.user_weight)
        self.model = build(stage, dtype, base)
        self.optimizers = optimizers(self.model, stage)
        self.step = run.load(self.model, self.optimizers)
        self.factor = self.clock_rate = clock.rate() if clock else 0.0
        self.loss = torch.compile(self.model, dynamic=False) if compiled else self.model
        self.evaluation = self._block(f"eval-{stage.stream}", EVAL_ROWS)
        self.block_number, self.block = -1, self.evaluation

    def _block(self, stream: str, rows: int, letter: float = 1.0) -> tuple[Tensor, Tensor]:
        ids, weights = self.rows.block(stream, rows, letter, self.stage.scan_weight)
        return torch.from_numpy(ids), torch.from_numpy(weights)

    def _batch(self) -> tuple[Tensor, Tensor, Tensor]:
        s = self.stage
        number, i = self.step // s.block, self.step % s.block * s.rows
        if number != self.block_number:
            letter = s.letter_weight if self.step >= s.letter_from else 1.0
            self.block = self._block(f"{s.stream}-{number}", s.block * s.rows, letter)
            self.block_number = number
        ids, weights = self.block[0][i : i + s.rows], self.block[1][i : i + s.rows]
        return ids[:, :-1].contiguous(), ids[:, 1:].contiguous(), weights[:, 1:].contiguous()

    def _rate(self) -> float:
        if self.rates:
            return self.rates[self.step]
        if self.clock is None:
            return self.stage.rate(self.step)
        if self.step % LOG_EVERY == 0:  # the same until the next line of the log
            self.clock_rate = round(self.clock.rate(), 4)
        return self.clock_rate

    @property
    def done(self) -> bool:
        """Whether the schedule is over."""
        if self.rates:
            return self.step not in self.rates
        return self.step >= self.stage.steps or (self.clock is not None and self.clock.rate() == 0)

    def train_step(self) -> float:
        """One step; its loss."""
        s = self.stage
        self.factor = self._rate()
        for optimizer, lr in zip(self.optimizers, (s.lr, s.embed_lr), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = lr * self.factor
        loss: Tensor = self.loss(*self._batch())
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        self.step += 1
        return float(loss.detach())

    @torch.no_grad()
    def evaluate(self) -> float:
        """Loss on rows that are never trained on."""
        ids, weights = self.evaluation
        n = self.stage.rows
        losses = [
            self.model(ids[i : i + n, :-1], ids[i : i + n, 1:], weights[i : i + n, 1:])
            for i in range(0, EVAL_ROWS, n)
        ]
        return float(torch.stack(losses).mean())

    def train(self) -> None:
        """Until the stage is done, or the run is told to stop."""
        s, first, start, saved = self.stage, self.step, time.time(), time.time()
        losses: list[float] = []
        while not self.done and not self.run.stopped:
            losses.append(self.train_step())
            last = self.done or self.run.stopped
            if self.step % LOG_EVERY == 0 or last:
                seconds = time.time() - start
                entry: dict[str, float] = {
                    "step": self.step,
                    "loss": round(float(np.mean(losses)), 4),
                    "lr": round(s.lr * self.factor, 8),
                    "tok": self.step * s.rows * s.length,
                    "min": round(seconds / 60, 2),
                    "tps": round((self.step - first) * s.rows * s.length / seconds),
                }
                if self.step % EVAL_EVERY == 0 or last:
                    entry["eval"] = round(self.evaluate(), 4)
                self.run.log(entry)
                losses = []
            if time.time() - saved > SAVE_SECONDS:
                self.run.save(self.model, self.optimizers, self.step)
                saved = time.time()
        self.run.save(self.model, self.optimizers, self.step)


def main(argv: list[str] | None = None) -> bool:
    """The command line; whether the stage is done."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("stage", choices=sorted(STAGES))
    p.add_argument("--out", type=Path, required=True, help="folder of the run")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--base", type=Path, help="folder of the weights to grow from")
    p.add_argument("--start", type=Path, help="run to start from, with its optimizers' state")
    p.add_argument("--steps", type=int, help="another number of steps")
    p.add_argument("--decay-from", type=int, help="another step at which the rate starts to fall")
    p.add_argument("--minutes", type=float, help="a schedule by the clock instead of by steps")
    p.add_argument("--high", type=float, default=1.0, help="with --minutes: rate to fall from")
    p.add_argument("--replay", type=Path, help="take the rates of each step from this log")
    p.add_argument("--dtype", choices=["float32", "bfloat16"], help="type of the products")
    p.add_argument("--compile", action="store_true", help="faster; needs a C++ compiler")
    a = p.parse_args(argv)
    stage = STAGES[a.stage]
    changes = {"steps": a.steps, "decay_from": a.decay_from, "dtype": a.dtype}
    stage = replace(stage, **{k: v for k, v in changes.items() if v is not None})
    torch.set_num_threads(a.threads)
    torch.use_deterministic_algorithms(True)
    run = Run(a.out)
    run.listen()
    if a.start:
        run.start_from(Run(a.start))
    clock = Clock(a.minutes, a.high) if a.minutes else None
    rates = replayed(a.replay, stage) if a.replay else None
    trainer = Trainer(stage, run, getattr(torch, stage.dtype), a.compile, clock, rates, a.base)
    if trainer.step == 0:
        parameters = sum(p.numel() for p in trainer.model.parameters())
        run.log({"stage": stage.describe(), "parameters": parameters, "torch": torch.__version__})
    print(f"{stage.name}: step {trainer.step} of {stage.steps}", flush=True)
    trainer.train()
    return trainer.done


if __name__ == "__main__":
    main()

"""Train oido on a CPU, for as long as there is time, in as many sittings as needed.

    python -m models.oido.train --out RUN --hours 2

makes the spoken sentences it needs (RUN/cache), trains, and saves RUN/state.pt every few minutes
and when it is told to stop (SIGTERM, Ctrl-C). The same command continues. When the hours are used
up, the same command starts another cycle: warm up again, somewhat lower, and decay.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from . import corpus, features, schedule
from .net import FRAMES, Layout, TrainingNet, dimensions
from .precision import fastest_type
from .start import grown, take_up
from .synth import RATE
from .tokens import CompactTokens
from .windows import Batch, Planner, assemble

ADAM_SHARE = 0.5  # AdamW's learning rate as a share of Muon's
CLIP = 1.0


class Store:
    """The spoken sentences in memory; shards may arrive while training runs."""

    def __init__(self, folder: Path, planner: Planner, first: int, shards: int) -> None:
        self._folder, self._planner, self._numbers = folder, planner, range(first, shards)
        self._parts: list[NDArray[np.int16]] = []
        self._done: set[int] = set()
        self.audio: NDArray[np.int16] = np.zeros(0, np.int16)

    def refresh(self) -> bool:
        """Read shards that are new; true when there were some."""
        found = [
            number
            for number in self._numbers
            if number not in self._done and corpus.shard_path(self._folder, number).exists()
        ]
        start = len(self.audio)
        for number in found:
            audio, facts = corpus.read_shard(corpus.shard_path(self._folder, number))
            self._planner.add(start, facts)
            self._parts.append(audio)
            start += len(audio)
            self._done.add(number)
        if found:
            self.audio = np.concatenate([self.audio, *self._parts])
            self._parts.clear()
        return bool(found)

    @property
    def complete(self) -> bool:
        """All shards are in memory."""
        return len(self._done) == len(self._numbers)


class Optimizer:
    """Muon for the matrices inside the blocks, AdamW for everything else."""

    def __init__(self, net: TrainingNet, rate: float, decay: float) -> None:
        matrices: list[Tensor] = []
        tables: list[Tensor] = []
        vectors: list[Tensor] = []
        for name, value in net.named_parameters():
            if value.ndim == 2 and ".blocks." in name:
                matrices.append(value)
            else:
                (tables if value.ndim > 1 else vectors).append(value)
        groups = [
            {"params": tables, "weight_decay": decay},
            {"params": vectors, "weight_decay": 0.0},
        ]
        self._rate = rate
        self._parts: list[torch.optim.Optimizer] = [
            torch.optim.Muon(matrices, lr=rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(groups, lr=rate * ADAM_SHARE, betas=(0.9, 0.98)),
        ]

    def step(self, factor: float) -> None:
        """One step at ``factor`` times the peak learning rate; clears the gradients."""
        for part, share in zip(self._parts, (1.0, ADAM_SHARE), strict=True):
            for group in part.param_groups:
                group["lr"] = self._rate * share * factor
            part.step()
            part.zero_grad(set_to_none=True)

    def state(self) -> list[dict[str, Any]]:
        """What must be saved."""
        return [part.state_dict() for part in self._parts]

    def load(self, states: list[dict[str, Any]]) -> None:
        """Take up a saved state."""
        for part, state in zip(self._parts, states, strict=True):
            part.load_state_dict(state)


class Trainer:
    """Everything of a training run that is saved and resumed."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        torch.manual_seed(options.seed)
        self.tokens = CompactTokens()
        sizes = (options.width, options.heads, options.encoder, options.decoder)
        self.net = TrainingNet(dimensions(*sizes, self.tokens.size))
        self.optimizer = Optimizer(self.net, options.rate, options.decay)
        self.mel = features.LogMel()
        self.type = fastest_type()
        self.progress: dict[str, Any] = {
            "step": 0, "seconds": 0.0, "cycle": 0, "cycle_step": 0, "cycle_start": 0.0, "log": []
        }  # fmt: skip
        self.path = options.out / "state.pt"
        if self.path.exists():
            saved = torch.load(self.path, weights_only=True)
            if saved["ids"] != self.tokens.ids:
                table = self.net.whisper.decoder.token_embedding.weight
                saved = grown(saved, self.tokens.ids, table)
            self.net.load_state_dict(saved["net"])
            self.optimizer.load(saved["optimizer"])
            self.progress = saved["progress"]
        elif options.start:
            new = take_up(self.net, self.tokens.ids, options.start)
            print(f"starting from {options.start.name}; {new} tokens are new", flush=True)
        self._next_cycle_if_done()
        seed = f"{options.seed}-{self.progress['step']}"
        self.rng = random.Random(seed)
        torch.manual_seed(self.rng.getrandbits(32))
        self.planner = Planner(self.tokens, seed)

    def _next_cycle_if_done(self) -> None:
        if self.share() >= 1:
            self.progress["cycle"] += 1
            self.progress["cycle_step"] = 0
            self.progress["cycle_start"] = self.progress["seconds"]

    def share(self) -> float:
        """How much of the cycle is over, 0 to 1."""
        used = self.progress["seconds"] - self.progress["cycle_start"]
        return float(used / (self.options.hours * 3600))

    def save(self) -> None:
        """Write the whole state, never leaving a half-written file in its place."""
        partial = self.path.with_suffix(".part")
        state = {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state(),
            "progress": self.progress,
            "sizes": vars(self.net.whisper.dims),
            "ids": self.tokens.ids,
        }
        torch.save(state, partial)
        partial.replace(self.path)

    def batch(self, plan: schedule.Plan, audio: NDArray[np.int16]) -> tuple[Batch, Layout]:
        """Draw the windows of a step."""
        tail = schedule.TAIL_SECONDS if plan.tail else 0.0
        rows = max(3, round(self.options.seconds / (plan.seconds + tail)))
        if plan.seconds == schedule.FULL_SECONDS:
            length = self.rng.choice([4.0, 7.0, 15.0, 29.5])
        else:
            length = plan.seconds
        windows = [self.planner.window(length, plan.several) for _ in range(rows)]
        samples = round((plan.seconds + tail) * RATE) // 320 * 320
        frames = samples // 320
        layout = Layout.plain(frames)
        if plan.tail:
            layout = Layout.with_tail(frames, round(tail * RATE) // 320)
        assert frames <= FRAMES
        return assemble(windows, audio, samples, self.tokens.eot), layout

    def losses(self, batch: Batch, layout: Layout, strength: float) -> tuple[Tensor, ...]:
        """Token loss, character loss and the share of right tokens."""
        with torch.no_grad():
            sound = features.disturb(torch.from_numpy(batch.sound), strength)
            mel = features.mask(features.tilt(self.mel(sound), strength), strength)
        inputs, targets = torch.from_numpy(batch.inputs), torch.from_numpy(batch.targets)
        with torch.autocast("cpu", self.type, enabled=self.type != torch.float32):
            states = self.net.encode(mel, layout)
            hidden = self.net.decode(inputs, states, layout)
        token, right = self.net.token_loss(hidden, targets)
        character = torch.zeros(())
        if len(batch.ctc_rows):
            spelled = torch.from_numpy(batch.ctc_rows)
            lengths = torch.from_numpy(batch.ctc_lengths)
            wanted = torch.from_numpy(batch.ctc_targets)
            character = self.net.character_loss(states[spelled], wanted, lengths)
        return token, character, right

    def step(self, audio: NDArray[np.int16]) -> dict[str, float]:
        """Train on one batch; returns what the log wants to know."""
        begin = time.time()
        now = self.progress
        plan = schedule.plan(self.share(), now["cycle_step"], now["cycle"], self.rng)
        batch, layout = self.batch(plan, audio)
        token, character, right = self.losses(batch, layout, plan.strength)
        loss = token + self.options.ctc * character
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)
        if math.isfinite(loss.item()):
            self.optimizer.step(plan.rate)
        now["step"] += 1
        now["cycle_step"] += 1
        now["seconds"] += time.time() - begin
        return {
            "token": token.item(),
            "character": character.item(),
            "right": right.item(),
            "sound": batch.sound.size / RATE,
            "rate": plan.rate,
        }


def _mean(rows: list[dict[str, float]], key: str, digits: int) -> float:
    return round(sum(row[key] for row in rows) / len(rows), digits)


def run(options: argparse.Namespace) -> None:
    """Train until the hours are used up or a signal comes."""
    torch.set_num_threads(options.threads)
    trainer = Trainer(options)
    store = Store(options.out / "cache", trainer.planner, options.first, options.shards)
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: stop.append(received))
    store.refresh()
    count = sum(value.numel() for value in trainer.net.whisper.parameters())
    print(f"{count / 1e6:.2f} M parameters, {trainer.type}, step {trainer.progress['step']}, "
          f"{len(trainer.planner)} utterances", flush=True)  # fmt: skip
    saved = logged = time.time()
    rows: list[dict[str, float]] = []
    while trainer.share() < 1 and not stop:
        if not store.complete and trainer.progress["step"] % 100 == 0:
            store.refresh()
        rows.append(trainer.step(store.audio))
        if len(rows) == options.log_every:
            entry = {
                "step": trainer.progress["step"],
                "minutes": round(trainer.progress["seconds"] / 60, 2),
                "token": _mean(rows, "token", 4),
                "character": _mean(rows, "character", 4),
                "right": _mean(rows, "right", 4),
                "rate": round(rows[-1]["rate"] * options.rate, 6),
                "speed": round(sum(r["sound"] for r in rows) / (time.time() - logged), 1),
            }
            trainer.progress["log"].append(entry)
            print(json.dumps(entry), flush=True)
            rows, logged = [], time.time()
        if time.time() - saved > options.save_every:
            trainer.save()
            saved = time.time()
    trainer.save()
    print(f"saved at step {trainer.progress['step']}", flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder of the run")
    add("--hours", type=float, default=2.0, help="length of a cycle")
    add("--start", type=Path, help="an exported oido.safetensors to begin with")
    add("--shards", type=int, default=56, help="of 500 spoken sentences each")
    add("--first", type=int, default=0, help="leave out the shards before this one")
    add("--processes", type=int, default=2, help="for making speech")
    add("--threads", type=int, default=1)
    add("--seed", type=int, default=1)
    add("--width", type=int, default=128)
    add("--heads", type=int, default=4)
    add("--encoder", type=int, default=4, help="layers")
    add("--decoder", type=int, default=2, help="layers")
    add("--rate", type=float, default=4e-3, help="peak learning rate of Muon")
    add("--decay", type=float, default=0.02, help="weight decay")
    add("--ctc", type=float, default=0.5, help="weight of the character loss")
    add("--seconds", type=float, default=96.0, help="seconds of sound in a batch")
    add("--log-every", type=int, default=50)
    add("--save-every", type=float, default=300.0, help="seconds")
    options = parser.parse_args()
    for _ in corpus.build(options.out / "cache", options.seed, options.shards, options.processes):
        pass
    run(options)


if __name__ == "__main__":
    main()

"""Train a voice on a CPU, for as long as there is time, in as many sittings as needed.

    python -m models.voz.train --language en --out RUN-EN --hours 2

speaks the sentences (RUN/speech.npz), learns which frames belong to which character
(RUN/align.pt), trains the voice (RUN/state.pt). Each stage saves every few minutes and when it is
told to stop (SIGTERM, Ctrl-C); the same command continues. When the hours are used up, the same
command starts another, gentler cycle.
"""

from __future__ import annotations

import argparse
import json
import math
import signal
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from models.oido.precision import fastest_type

from .align import Aligner, alignment_loss, durations
from .dataset import Batch, Dataset
from .network import Average, Optimizer, build, cosine, losses
from .settings import LANGUAGES, vocabulary
from .speech import speak_all

CYCLE_FACTOR = 0.5
ALIGN_RATE = 2e-3
_stop: list[int] = []


class Clock:
    """Says when it is time to save."""

    def __init__(self, every: float) -> None:
        self._every, self._last = every, time.time()

    def due(self) -> bool:
        """True once per period."""
        if time.time() - self._last < self._every:
            return False
        self._last = time.time()
        return True


def save(content: dict[str, Any], path: Path) -> None:
    """Write a file, never leaving a half-written one in its place."""
    partial = path.with_suffix(".part")
    torch.save(content, partial)
    partial.replace(path)


def align(options: argparse.Namespace, data: Dataset) -> list[Tensor] | None:
    """Durations of all sentences; None when stopped before the end."""
    path, steps = options.out / "align.pt", options.align_steps
    net = Aligner(len(vocabulary(options.language)))
    optimizer = torch.optim.AdamW(net.parameters(), ALIGN_RATE, betas=(0.9, 0.98))
    start = 0
    if path.exists():
        saved = torch.load(path, weights_only=True)
        if saved["durations"] is not None:
            found: list[Tensor] = saved["durations"]
            return found
        net.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
        start = saved["step"]
    clock = Clock(options.save_every)

    def state(step: int, found: list[Tensor] | None) -> dict[str, Any]:
        parts = {"net": net.state_dict(), "optimizer": optimizer.state_dict()}
        return {**parts, "step": step, "durations": found}

    batches = data.batches(options.align_batch, torch.Generator().manual_seed(start))
    for step in range(start, steps):
        batch = next(batches)
        loss = alignment_loss(net(batch), batch, max(0.3, 1 - step / (0.6 * steps)))
        for group in optimizer.param_groups:
            group["lr"] = ALIGN_RATE * cosine(step / steps, step)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 25 == 0:
            print(f"align {step} of {steps}: {loss.item():.3f}", flush=True)
        if _stop or clock.due():
            save(state(step + 1, None), path)
            if _stop:
                return None
    result: list[Tensor] = [torch.zeros(0)] * len(data)
    with torch.no_grad():
        for batch in data.in_order(32):
            table = durations(net(batch), batch)
            for row, index in enumerate(batch.rows.tolist()):
                result[index] = table[row, : len(data.characters[index])].clone()
    short = sum(int((d == 1).sum()) for d in result) / sum(map(len, result))
    print(f"aligned; characters with a single frame: {short:.0%}", flush=True)
    save(state(steps, result), path)
    return result


class VoiceTrainer:
    """The voice itself, with everything that is saved and resumed."""

    def __init__(self, options: argparse.Namespace, found: list[Tensor]) -> None:
        self._options, self._durations = options, found
        self.path = options.out / "state.pt"
        torch.manual_seed(options.seed)
        self.net = build(options.language)
        self.optimizer = Optimizer(self.net, options.rate, options.decay)
        self.average = Average(self.net)
        self.type = fastest_type()
        self.progress: dict[str, Any] = {
            "step": 0, "seconds": 0.0, "cycle": 0, "cycle_step": 0, "cycle_start": 0.0, "log": []
        }  # fmt: skip
        if self.path.exists():
            saved = torch.load(self.path, weights_only=True)
            self.net.load_state_dict(saved["net"])
            self.optimizer.load(saved["optimizer"])
            self.average.values = saved["average"]
            self.progress = saved["progress"]
        if self.share() >= 1:
            self.progress["cycle"] += 1
            self.progress["cycle_step"] = 0
            self.progress["cycle_start"] = self.progress["seconds"]

    def share(self) -> float:
        """How much of the cycle is over, 0 to 1."""
        used = self.progress["seconds"] - self.progress["cycle_start"]
        return float(used / (self._options.hours * 3600))

    def save(self) -> None:
        """Write the whole state."""
        content = {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state(),
            "average": self.average.values,
            "progress": self.progress,
            "language": self._options.language,
        }
        save(content, self.path)

    def step(self, batch: Batch) -> list[float]:
        """Train on one batch; absolute, square, duration and pitch loss."""
        begin, now = time.time(), self.progress
        known = [self._durations[index] for index in batch.rows.tolist()]
        table = nn.utils.rnn.pad_sequence(known, batch_first=True)
        parts = losses(self.net, batch, table, self.type)
        parts.total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        factor = cosine(self.share(), now["cycle_step"]) * CYCLE_FACTOR ** now["cycle"]
        if math.isfinite(parts.total.item()):
            self.optimizer.step(factor)
        self.average.update(self.net, now["step"])
        now["step"] += 1
        now["cycle_step"] += 1
        now["seconds"] += time.time() - begin
        shown = (parts.absolute, parts.square, parts.duration, parts.pitch)
        return [float(part.detach()) for part in shown]


def train(options: argparse.Namespace, data: Dataset, found: list[Tensor]) -> None:
    """Train the voice until the hours are used up or a signal comes."""
    trainer = VoiceTrainer(options, found)
    count = sum(value.numel() for value in trainer.net.parameters())
    print(f"{count / 1e6:.2f} M parameters, {trainer.type}, step {trainer.progress['step']}, "
          f"{len(data)} sentences", flush=True)  # fmt: skip
    generator = torch.Generator().manual_seed(options.seed + trainer.progress["step"])
    batches, clock = data.batches(options.batch, generator), Clock(options.save_every)
    rows: list[list[float]] = []
    while trainer.share() < 1 and not _stop:
        rows.append(trainer.step(next(batches)))
        if len(rows) == options.log_every:
            means = [round(sum(column) / len(rows), 4) for column in zip(*rows, strict=True)]
            names = ("absolute", "square", "duration", "pitch")
            minutes = round(trainer.progress["seconds"] / 60, 2)
            entry = {"step": trainer.progress["step"], "minutes": minutes}
            entry |= dict(zip(names, means, strict=True))
            trainer.progress["log"].append(entry)
            print(json.dumps(entry), flush=True)
            rows = []
        if clock.due():
            trainer.save()
    trainer.save()
    print(f"saved at step {trainer.progress['step']}", flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--language", choices=LANGUAGES, required=True)
    add("--out", type=Path, required=True, help="folder of the run")
    add("--hours", type=float, default=2.0, help="length of a cycle of the voice's training")
    add("--sentences", type=int, default=4000)
    add("--seed", type=int, default=1)
    add("--threads", type=int, default=1)
    add("--align-steps", type=int, default=600)
    add("--align-batch", type=int, default=16)
    add("--batch", type=int, default=24)
    add("--rate", type=float, default=2e-3, help="peak learning rate")
    add("--decay", type=float, default=0.01, help="weight decay")
    add("--log-every", type=int, default=50)
    add("--save-every", type=float, default=300.0, help="seconds")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: _stop.append(received))
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    speech = options.out / "speech.npz"
    if not speech.exists():
        speak_all(options.language, options.sentences, options.seed, speech)
    data = Dataset(speech, options.language)
    print(f"{len(data)} sentences, {float(data.frames.sum()) / 80 / 3600:.2f} h", flush=True)
    torch.manual_seed(options.seed)
    found = align(options, data)
    if found is not None:
        train(options, data, found)


if __name__ == "__main__":
    main()

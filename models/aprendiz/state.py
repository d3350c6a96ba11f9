# SPDX-License-Identifier: MIT
"""A training run on disk: checkpoint, log, and the signal to stop."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

Optimizers = tuple[torch.optim.Optimizer, torch.optim.Optimizer]


class Run:
    """A folder with ``checkpoint.pt``, ``model.safetensors`` and ``train_log.jsonl``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.checkpoint = folder / "checkpoint.pt"
        self.log_file = folder / "train_log.jsonl"
        self.stopped = False

    def listen(self) -> None:
        """From now on SIGTERM and Ctrl-C stop the run at the end of a step."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)

    def _stop(self, *_: object) -> None:
        self.stopped = True

    def load(self, model: nn.Module, optimizers: Optimizers) -> int:
        """Continue where the last run stopped; the number of steps already done."""
        if not self.checkpoint.exists():
            return 0
        # weights_only: tensors and numbers, no code
        saved = torch.load(self.checkpoint, weights_only=True)
        model.load_state_dict(saved["m"])
        for optimizer, key in zip(optimizers, ("mu", "ad"), strict=True):
            optimizer.load_state_dict(saved[key])
        return int(saved["step"])

    def start_from(self, other: Run) -> None:
        """Take over another run's model and optimizers at step 0; nothing if this one has begun."""
        if not self.checkpoint.exists():
            saved = torch.load(other.checkpoint, weights_only=True)
            torch.save({**saved, "step": 0}, self.checkpoint)

    def save(self, model: nn.Module, optimizers: Optimizers, step: int) -> None:
        """Write the checkpoint (to continue) and the weights (to use)."""
        part = self.checkpoint.with_name("checkpoint.part")
        states = {key: o.state_dict() for key, o in zip(("mu", "ad"), optimizers, strict=True)}
        torch.save({"m": model.state_dict(), **states, "step": step}, part)
        Path(part).replace(self.checkpoint)
        save_weights(model.state_dict(), self.folder / "model.safetensors")

    def log(self, entry: dict[str, Any]) -> None:
        """Append one line to the log, and print it."""
        with self.log_file.open("a", encoding="utf-8") as f:
            f.write(json.dumps(entry) + "\n")
        print(json.dumps(entry), flush=True)


def save_weights(weights: dict[str, Tensor], path: Path) -> None:
    """Write a safetensors file under its final name only when it is complete."""
    part = path.with_name(path.name + ".part")
    tensors = {name: t.detach().contiguous() for name, t in weights.items()}
    save_file(tensors, part, metadata={"format": "pt"})
    Path(part).replace(path)


def load_weights(folder: Path) -> dict[str, Tensor]:
    """The tensors of a folder's ``model.safetensors``."""
    return load_file(folder / "model.safetensors")

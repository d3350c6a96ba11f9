"""Coqui's ForwardTTS (the "FastPitch" family) with the sizes of ``settings.py``, and its losses."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from .dataset import Batch
from .settings import coqui_config


def build(language: str) -> Any:
    """A new network of Coqui's class."""
    from TTS.tts.configs.fast_pitch_config import FastPitchConfig  # imports take seconds
    from TTS.tts.models.forward_tts import ForwardTTS

    config = FastPitchConfig()
    config.from_dict(json.loads(json.dumps(coqui_config(language))))
    return ForwardTTS(config)


@dataclass(frozen=True)
class Losses:
    """Parts of the loss; ``total`` is what training reduces."""

    total: Tensor
    absolute: Tensor
    square: Tensor
    duration: Tensor
    pitch: Tensor


def losses(net: Any, batch: Batch, durations: Tensor, kind: torch.dtype) -> Losses:
    """One pass over a batch with known durations."""
    with torch.autocast("cpu", kind, enabled=kind != torch.float32):
        output = net(
            batch.characters,
            batch.character_counts,
            batch.frames,
            dr=durations,
            pitch=batch.pitch[:, None],
        )
    characters, frames = batch.character_mask, batch.frame_mask
    error = (output["model_outputs"].float() - batch.mel) * frames[..., None]
    size = frames.sum() * batch.mel.shape[2]
    absolute, square = error.abs().sum() / size, error.square().sum() / size
    wanted = torch.log1p(durations.float())
    count = characters.sum()
    late = ((output["durations_log"].float() - wanted) * characters).square().sum() / count
    off = (output["pitch_avg"].float() - output["pitch_avg_gt"].float())[:, 0] * characters
    pitch = off.square().sum() / count
    total = absolute + 0.5 * square + late + 0.1 * pitch
    return Losses(total, absolute, square, late, pitch)


class Average:
    """Exponential average of a network's parameters: the voice that is exported."""

    def __init__(self, net: nn.Module) -> None:
        self.values = {name: value.detach().clone() for name, value in net.state_dict().items()}

    def update(self, net: nn.Module, step: int) -> None:
        """Move towards the present parameters, faster at the start."""
        keep = min(0.999, (step + 1) / (step + 20))
        for name, value in net.state_dict().items():
            if value.is_floating_point():
                self.values[name].lerp_(value, 1 - keep)
            else:
                self.values[name].copy_(value)


class Optimizer:
    """Muon on all weights seen as matrices (convolutions too), AdamW on tables and vectors."""

    def __init__(self, net: nn.Module, rate: float, decay: float) -> None:
        self._rate = rate
        self._views: list[tuple[nn.Parameter, nn.Parameter]] = []
        rest: list[nn.Parameter] = []
        for name, value in net.named_parameters():
            if value.ndim >= 2 and min(value.shape[:2]) >= 16 and not name.startswith("emb"):
                view = nn.Parameter(value.detach().view(value.shape[0], -1))  # the same memory
                self._views.append((value, view))
            else:
                rest.append(value)
        matrices = [view for _, view in self._views]
        self._parts: list[torch.optim.Optimizer] = [
            torch.optim.Muon(matrices, lr=rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.0),
        ]

    def step(self, factor: float) -> None:
        """One step at ``factor`` times the peak rate; clears the gradients."""
        for value, view in self._views:
            view.grad = None if value.grad is None else value.grad.view_as(view)
            value.grad = None
        for part in self._parts:
            for group in part.param_groups:
                group["lr"] = self._rate * factor
            part.step()
            part.zero_grad(set_to_none=True)

    def state(self) -> list[dict[str, Any]]:
        """What must be saved."""
        return [part.state_dict() for part in self._parts]

    def load(self, states: list[dict[str, Any]]) -> None:
        """Take up a saved state."""
        for part, state in zip(self._parts, states, strict=True):
            part.load_state_dict(state)


def cosine(progress: float, step: int, warmup: int = 100, floor: float = 0.02) -> float:
    """Factor on the peak learning rate: warm-up, then a slow fall."""
    fall = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
    return min(1.0, (step + 1) / warmup) * max(floor, fall)

"""Which frames belong to which character: a small network and a best monotonic path.

The network learns from the sum over all monotonic paths (as in Coqui's ``AlignmentNetwork``), with
a prior that favours even speed and fades.
"""

from __future__ import annotations

import torch
import torch.nn.functional as fn
from torch import Tensor, nn

from .dataset import Batch
from .settings import MELS

WIDTH = 96
SHARPNESS = 0.05
FAR = -1e4


def _tower(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(channels, 2 * WIDTH, 5, padding=2),
        nn.ReLU(),
        nn.Conv1d(2 * WIDTH, WIDTH, 3, padding=1),
        nn.ReLU(),
        nn.Conv1d(WIDTH, MELS, 1),
    )


class Aligner(nn.Module):
    """Scores every pair of a frame and a character by their distance."""

    def __init__(self, characters: int) -> None:
        super().__init__()
        self.table = nn.Embedding(characters, WIDTH)
        self.text, self.sound = _tower(WIDTH), _tower(MELS)

    def forward(self, batch: Batch) -> Tensor:
        """Scores (rows, frames, characters)."""
        keys = self.text(self.table(batch.characters).transpose(1, 2))
        queries = self.sound(batch.mel.transpose(1, 2) / 2)
        distance = (
            queries.square().sum(1)[:, :, None]
            + keys.square().sum(1)[:, None]
            - 2 * queries.transpose(1, 2) @ keys
        )
        return (-SHARPNESS * distance).masked_fill(~batch.character_mask[:, None], FAR)


def prior(batch: Batch) -> Tensor:
    """Log probability of each pair at even speed (beta-binomial)."""
    frames, characters = batch.mel.shape[1], batch.characters.shape[1]
    n = batch.character_counts.float()[:, None, None]
    m = batch.frames.float()[:, None, None]
    t = torch.arange(1, frames + 1).float()[None, :, None]
    k = torch.minimum(torch.arange(characters).float()[None, None], n)
    a, b = t, (m + 1 - t).clamp_min(0.1)
    lg = torch.lgamma
    choose = lg(n + 1) - lg(k + 1) - lg(n - k + 1)
    beta = lg(k + a) + lg(n - k + b) - lg(n + a + b) + lg(a + b) - lg(a) - lg(b)
    return (choose + beta).clamp_min(-30)


def alignment_loss(scores: Tensor, batch: Batch, prior_weight: float) -> Tensor:
    """Minus the log of the sum over all monotonic paths, per character."""
    log = fn.log_softmax(scores, -1) + prior_weight * prior(batch)
    log = torch.cat([torch.full_like(log[..., :1], -1.0), log], -1)  # the blank of CTC
    known = fn.pad(batch.character_mask, (1, 0), value=True)[:, None]
    log = fn.log_softmax(log.masked_fill(~known, FAR), -1).transpose(0, 1)
    rows, characters = batch.characters.shape
    targets = torch.arange(1, characters + 1).expand(rows, -1).contiguous()
    return fn.ctc_loss(log, targets, batch.frames, batch.character_counts, zero_infinity=True)


@torch.no_grad()
def durations(scores: Tensor, batch: Batch) -> Tensor:
    """Frames of each character on the best path (rows, characters)."""
    log = fn.log_softmax(scores, -1) + 0.3 * prior(batch)
    rows, frames, characters = log.shape
    best = torch.full((rows, characters), -1e9)
    best[:, 0] = log[:, 0, 0]
    stepped = torch.zeros(rows, frames, characters, dtype=torch.bool)
    for t in range(1, frames):
        before = fn.pad(best[:, :-1], (1, 0), value=-1e9)
        stepped[:, t] = before > best
        best = torch.maximum(best, before) + log[:, t]
    current = batch.character_counts - 1
    result = torch.zeros(rows, characters, dtype=torch.long)
    row = torch.arange(rows)
    for t in range(frames - 1, -1, -1):
        inside = t < batch.frames
        result[row, current] += inside.long()
        move = stepped[row, t, current] & inside
        current = (current - move.long()).clamp_min(0)
    return result

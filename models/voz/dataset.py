"""All sentences of a voice as tensors, and batches of similar length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .pictures import Pictures
from .settings import BOS, EOS, vocabulary
from .speech import read


@dataclass(frozen=True)
class Batch:
    """Padded sentences: characters, sound pictures and pitch."""

    rows: Tensor
    characters: Tensor
    character_counts: Tensor
    mel: Tensor
    frames: Tensor
    pitch: Tensor

    @property
    def character_mask(self) -> Tensor:
        """True where there is a character."""
        positions = torch.arange(self.characters.shape[1])
        return positions[None] < self.character_counts[:, None]

    @property
    def frame_mask(self) -> Tensor:
        """True where there is sound."""
        positions = torch.arange(self.mel.shape[1])
        return positions[None] < self.frames[:, None]


class Dataset:
    """Everything in memory; about 0.2 GB for an hour of speech."""

    def __init__(self, path: Path, language: str) -> None:
        number = {char: index for index, char in enumerate(vocabulary(language))}
        pictures = Pictures()
        self.texts: list[str] = []
        self.characters: list[Tensor] = []
        self.mel: list[Tensor] = []
        self.pitch: list[Tensor] = []
        for sound, text in zip(*read(path), strict=True):
            wave = torch.from_numpy(sound).float() / 32768
            mel = pictures.mel(wave)
            codes = [number[BOS], *(number[char] for char in text), number[EOS]]
            if len(mel) >= len(codes) + 2:
                self.texts.append(text)
                self.characters.append(torch.tensor(codes))
                self.mel.append(mel.half())
                self.pitch.append(pictures.pitch(wave, len(mel)))
        self._normalise_pitch()
        self.frames = torch.tensor([len(mel) for mel in self.mel])

    def _normalise_pitch(self) -> None:
        joined = torch.cat(self.pitch)
        voiced = joined[joined > 0]
        mean, spread = voiced.mean(), voiced.std()
        zero = torch.zeros(())
        self.pitch = [torch.where(p > 0, (p - mean) / spread, zero) for p in self.pitch]

    def __len__(self) -> int:
        return len(self.texts)

    def batch(self, rows: Tensor) -> Batch:
        """Put the chosen sentences together."""
        chosen = rows.tolist()

        def padded(parts: list[Tensor]) -> Tensor:
            return torch.nn.utils.rnn.pad_sequence([parts[i] for i in chosen], batch_first=True)

        counts = torch.tensor([len(self.characters[i]) for i in chosen])
        return Batch(
            rows,
            padded(self.characters),
            counts,
            padded(self.mel).float(),
            self.frames[rows],
            padded(self.pitch),
        )

    def batches(self, size: int, generator: torch.Generator) -> Iterator[Batch]:
        """Endless batches of similar length in random order."""
        size = min(size, len(self))
        while True:
            noise = 1 + 0.08 * torch.randn(len(self), generator=generator)
            order = (self.frames * noise).argsort()
            count = len(self) // size
            skip = int(torch.randint(len(self) - count * size + 1, (1,), generator=generator))
            groups = order[skip : skip + count * size].view(count, size)
            for index in torch.randperm(count, generator=generator).tolist():
                yield self.batch(groups[index])

    def in_order(self, size: int) -> Iterator[Batch]:
        """All sentences once, sorted by length."""
        for rows in self.frames.argsort().split(size):
            yield self.batch(rows)

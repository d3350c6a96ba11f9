"""From sound to Whisper's log-mel picture, with the disturbances used in training."""

from __future__ import annotations

import torch
from torch import Tensor
from whisper.audio import HOP_LENGTH, N_FFT, mel_filters

MELS = 80


def _colored_noise(rows: int, samples: int) -> Tensor:
    """Noise with a random slope of its spectrum, loudness 1."""
    spectrum = torch.fft.rfft(torch.randn(rows, samples))
    frequency = torch.arange(spectrum.shape[1]).float().clamp_(min=1.0) / spectrum.shape[1]
    slope = torch.rand(rows, 1) * 1.1
    noise = torch.fft.irfft(spectrum * (frequency[None] ** -slope).clamp_(max=300.0), n=samples)
    return noise / noise.std(dim=1, keepdim=True).clamp_(min=1e-6)


def disturb(sound: Tensor, strength: float) -> Tensor:
    """Random loudness for all rows, noise for a share of ``strength / 2`` of them."""
    rows, samples = sound.shape
    sound = sound * 10 ** (-(torch.rand(rows, 1) ** 1.5) * 1.3)
    noisy = int(rows * strength / 2)
    if not noisy:
        return sound
    chosen = torch.randperm(rows)[:noisy]
    level = sound[chosen].square().mean(1).sqrt()
    quiet = 10 ** (-1.5 - 2.7 * torch.rand(noisy))
    level = torch.where(level > 0, level * 10 ** (-(6 + 30 * torch.rand(noisy)) / 20), quiet)
    noise = _colored_noise(noisy, samples) * level[:, None]
    return sound.index_add(0, chosen, noise).clamp_(-1, 1)


class LogMel:
    """Whisper's log-mel spectrogram for batches (same numbers as ``whisper.log_mel_spectrogram``).

    ``whisper`` takes the loudest value over the whole input; here each row has its own.
    """

    def __init__(self) -> None:
        self._filters = mel_filters("cpu", MELS)
        self._window = torch.hann_window(N_FFT)

    def __call__(self, sound: Tensor) -> Tensor:
        """Sound (rows, samples) to (rows, 80, samples / 160)."""
        spectrum = torch.stft(sound, N_FFT, HOP_LENGTH, window=self._window, return_complex=True)
        power = spectrum[..., :-1].abs() ** 2
        mel = (self._filters @ power).clamp(min=1e-10).log10()
        mel = torch.maximum(mel, mel.amax(dim=(1, 2), keepdim=True) - 8.0)
        return (mel + 4.0) / 4.0


def mask(mel: Tensor, strength: float) -> Tensor:
    """Hide random bands of frequency and time in a share ``strength / 2`` of the rows."""
    rows, bands, frames = mel.shape
    hidden = torch.zeros(rows, bands, frames, dtype=torch.bool)
    band, frame = torch.arange(bands)[None], torch.arange(frames)[None]
    for _ in range(2):
        low, width = torch.rand(rows, 1) * bands, torch.rand(rows, 1) * 10
        hidden |= ((band >= low) & (band < low + width))[:, :, None]
    low, width = torch.rand(rows, 1) * frames, torch.rand(rows, 1) * 16
    hidden |= ((frame >= low) & (frame < low + width))[:, None, :]
    hidden &= torch.rand(rows, 1, 1) < strength / 2
    return torch.where(hidden, mel.mean(dim=(1, 2), keepdim=True), mel)


def tilt(mel: Tensor, strength: float) -> Tensor:
    """Another microphone: a random slope and wave over frequency for some rows."""
    rows, bands, _ = mel.shape
    axis = torch.linspace(-1, 1, bands)[None]
    slope = (torch.rand(rows, 1) - 0.5) * 0.4 * axis
    phase, speed = 6.28 * torch.rand(rows, 1), 2 + 6 * torch.rand(rows, 1)
    curve = slope + 0.12 * torch.rand(rows, 1) * torch.sin(axis * speed + phase)
    return mel + curve[:, :, None] * (torch.rand(rows, 1, 1) < strength * 0.4)

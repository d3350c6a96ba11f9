"""Sound pictures as Coqui's ``AudioProcessor`` makes them, and the pitch of each frame."""

from __future__ import annotations

import torch
import torch.nn.functional as fn
from librosa.filters import mel as mel_filters
from torch import Tensor

from .settings import (
    FFT,
    HIGHEST_PITCH,
    HOP,
    LOWEST_PITCH,
    MAX_NORM,
    MELS,
    MIN_DB,
    RATE,
    REF_DB,
    WINDOW,
)

PITCH_FRAME = 1024
VOICED = 0.5
QUIET = 0.05


class Pictures:
    """Computes mel spectrograms and pitch."""

    def __init__(self) -> None:
        self._filters = torch.from_numpy(mel_filters(sr=RATE, n_fft=FFT, n_mels=MELS)).float()
        self._window = torch.hann_window(WINDOW)
        self._frame = torch.hann_window(PITCH_FRAME)
        padded = fn.pad(self._frame, (0, PITCH_FRAME))
        self._bias = torch.fft.irfft(torch.fft.rfft(padded).abs() ** 2)[:PITCH_FRAME]

    def mel(self, sound: Tensor) -> Tensor:
        """Sound to (frames, 80), normalised to -4 … 4."""
        spectrum = torch.stft(
            sound, FFT, HOP, WINDOW, self._window, pad_mode="reflect", return_complex=True
        )
        power = 20 * torch.log10((self._filters @ spectrum.abs()).clamp_min(1e-8)) - REF_DB
        scaled = (power - MIN_DB) / -MIN_DB * 2 * MAX_NORM - MAX_NORM
        return scaled.clamp(-MAX_NORM, MAX_NORM).T

    def pitch(self, sound: Tensor, frames: int) -> Tensor:
        """Pitch of each frame in Hz by autocorrelation, 0 where there is none."""
        low, high = int(RATE // HIGHEST_PITCH), int(RATE // LOWEST_PITCH)
        half = PITCH_FRAME // 2
        padded = fn.pad(sound[None, None], (half, half), mode="reflect")[0, 0]
        parts = padded.unfold(0, PITCH_FRAME, HOP)
        parts = (parts - parts.mean(1, keepdim=True)) * self._frame
        power = torch.fft.rfft(fn.pad(parts, (0, PITCH_FRAME))).abs() ** 2
        own = torch.fft.irfft(power)[:, :PITCH_FRAME]
        fair = own / self._bias.clamp_min(1e-3) * self._bias[0] / own[:, :1].clamp_min(1e-6)
        middle = fair[:, low:high]
        best, lag = middle.max(1)
        # the shortest lag that is nearly as good: guards against octave errors
        peak = (middle >= fair[:, low - 1 : high - 1]) & (middle >= fair[:, low + 1 : high + 1])
        near = peak & (middle > 0.9 * best[:, None])
        lag = torch.where(near.any(1), near.float().argmax(1), lag)
        voiced = (best > VOICED) & (own[:, 0] > QUIET)
        pitch = torch.where(voiced, RATE / (lag + low).float(), torch.zeros(()))
        return fn.pad(pitch, (0, max(0, frames - len(pitch))))[:frames]

"""A sound in memory: samples and their rate; it plays in a notebook and saves itself as WAV."""

from __future__ import annotations

import base64
import html
import io
import math
import os
import tempfile
import wave
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfhost.errors import KitError
from selfhost.files import replace as put

Samples = NDArray[np.float32]
RATE = 16_000  # samples per second that Whisper listens to
PLAYED = 120.0  # seconds that a player in a notebook holds at most


@dataclass(frozen=True)
class Sound:
    """One channel of sound.

    `samples`: float32, shape (n,), on the scale -1 to 1; `rate`: samples per second; `voice`: who
    speaks, where that is known; `notes`: what a reader should know, such as signs left out.
    """

    samples: Samples
    rate: int = RATE
    voice: str = ""
    text: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate

    @property
    def peak(self) -> float:
        """The largest absolute sample, 0 to 1."""
        return float(np.abs(self.samples).max()) if len(self.samples) else 0.0

    @property
    def loudness(self) -> float:
        """Root mean square in decibels below full scale (dBFS); -inf for silence."""
        power = float(np.mean(np.square(self.samples, dtype=np.float64))) if self.seconds else 0.0
        return 10 * math.log10(power) if power else -math.inf

    def at(self, rate: int) -> Sound:
        """The same sound with another number of samples per second."""
        if rate == self.rate:
            return self
        soxr = _soxr()
        return replace(self, samples=soxr.resample(self.samples, self.rate, rate), rate=rate)

    def with_noise(self, decibels: float, seed: int = 0) -> Sound:
        """White noise added, so many decibels below the sound's mean power (SNR in dB)."""
        if not self.peak:
            raise ValueError("silence has no power to relate the noise to")
        power = np.mean(np.square(self.samples, dtype=np.float64))
        noise = np.random.default_rng(seed).standard_normal(len(self.samples))
        noisy = self.samples + noise * math.sqrt(power / 10 ** (decibels / 10))
        return replace(self, samples=(noisy / max(1.0, np.abs(noisy).max())).astype(np.float32))

    def cut(self, start: float, end: float) -> Sound:
        """The part between two times in seconds."""
        return replace(self, samples=self.samples[int(start * self.rate) : int(end * self.rate)])

    def wav(self) -> bytes:
        """A WAV file: one channel, 16 bits."""
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            scaled = np.round(self.samples * 32768.0).clip(-32768, 32767)
            file.writeframes(scaled.astype("<i2").tobytes())
        return buffer.getvalue()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a WAV file, whole or not at all; returns its path. Raises `KitError`."""
        target = Path(path)
        try:
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".sound-", suffix=".tmp")
            with os.fdopen(handle, "wb") as file:
                file.write(self.wav())
            Path(name).chmod(0o644)  # mkstemp makes it private
            put(Path(name), target)
        except OSError as error:
            raise KitError(
                f"{target} cannot be written ({error.strerror or error}).",
                "choose another folder",
            ) from error
        return target

    def mp3(self) -> bytes | None:
        """An MP3 copy, a tenth of the size; None where libsndfile was built without it."""
        try:
            import soundfile

            buffer = io.BytesIO()
            soundfile.write(buffer, self.samples, self.rate, format="MP3", compression_level=0.3)
            return buffer.getvalue()
        except Exception:  # an old libsndfile, no soundfile, a rate that MP3 does not know
            return None

    def __repr__(self) -> str:
        facts = [f"{self.seconds:.2f} s", f"{self.rate} Hz", f"{self.loudness:.0f} dBFS"]
        if self.voice:
            facts.insert(0, self.voice)
        return "\n".join([f"Sound({', '.join(facts)})", *self.notes])

    def _repr_html_(self) -> str:
        if self.seconds > PLAYED:  # a page with hours of sound in it would not open any more
            first = replace(self.cut(0, PLAYED), notes=(
                *self.notes, f"the first {PLAYED:.0f} s of {self.seconds:.0f} s"))  # fmt: skip
            return first._repr_html_()
        mp3 = self.mp3()
        kind, data = ("audio/mpeg", mp3) if mp3 else ("audio/wav", self.wav())
        label = html.escape(self.text or self.voice or "sound", quote=True)
        words = html.escape(" · ".join(filter(None, [self.voice, f"{self.seconds:.1f} s"])))
        notes = "".join(f"<br><small>{html.escape(note)}</small>" for note in self.notes)
        said = f"<br>“{html.escape(self.text)}”" if self.text else ""
        return (
            f'<figure style="margin:0"><audio controls preload="none" aria-label="{label}" '
            f'src="data:{kind};base64,{base64.b64encode(data).decode()}"></audio>'
            f"<figcaption><small>{words}{said}</small>{notes}</figcaption></figure>"
        )


def join(sounds: list[Sound], pause: float = 0.3) -> Sound:
    """Sounds of one rate after each other, with a pause (seconds) between them."""
    if not sounds or len({each.rate for each in sounds}) != 1:
        raise ValueError("join needs sounds, all of the same rate")
    gap = np.zeros(int(pause * sounds[0].rate), np.float32)
    parts: list[Samples] = []
    for number, each in enumerate(sounds):
        parts += [each.samples] if number == 0 else [gap, each.samples]
    return replace(sounds[0], samples=np.concatenate(parts))


def _soxr() -> Any:
    return package("soxr")


def package(name: str, pip: str = "") -> Any:
    """Import a package of the speech extra. Raises `KitError` when it is missing or broken."""
    import importlib

    try:
        return importlib.import_module(name)
    except (ImportError, OSError) as error:
        reason = str(error).splitlines()[0][:120]
        raise KitError(
            f"The package {pip or name} is needed for this and cannot be loaded ({reason}).",
            'pip install -e ".[speech]"',
        ) from error

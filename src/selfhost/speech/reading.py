"""Read sound files of any length: WAV, FLAC, OGG and MP3 by libsndfile, the rest by ffmpeg.

Whisper's own reader starts ffmpeg for every file and keeps the whole sound in memory. Here WAV
needs no ffmpeg, and a long file is read in blocks, so that ten hours need no more memory than two
minutes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from selfhost.errors import KitError
from selfhost.speech.sound import RATE, Samples, Sound, package

_PIECE = 1 << 18  # frames read at once: 5 s of 48 kHz


@dataclass(frozen=True)
class Facts:
    """What a file says about itself. `seconds` is None where nothing tells it."""

    path: Path
    format: str
    rate: int
    channels: int
    seconds: float | None


def facts(path: str | Path) -> Facts:
    """Format, rate, channels and length of a sound file. Raises `KitError`."""
    path = _there(path)
    soundfile = package("soundfile")
    try:
        with soundfile.SoundFile(str(path)) as file:
            name = f"{file.format} {file.subtype}"
            _require(path, file.samplerate, file.channels)
            length = file.frames / file.samplerate
            return Facts(path, name, file.samplerate, file.channels, length)
    except soundfile.LibsndfileError as error:
        return _ffmpeg_facts(path, error)


def read(path: str | Path, rate: int | None = RATE, longest: float = 3600.0) -> Sound:
    """The whole file as one channel, resampled to `rate` (None: as it is).

    Raises `KitError`: not there, empty, no sound, longer than `longest` seconds.
    """
    about = facts(path)
    if about.seconds is not None and about.seconds > longest:
        raise KitError(
            f"{about.path.name} lasts {clock(about.seconds)}; that is too long to be read at once.",
            "use speech.transcribe on the file itself, which reads it piece by piece",
        )
    wanted = about.rate if rate is None else rate
    parts = list(pieces(about, wanted))
    if not parts:
        raise KitError(f"{about.path.name} holds no sound: its length is zero.", "record it again")
    return Sound(np.concatenate(parts), wanted)


def pieces(about: Facts, rate: int = RATE) -> Iterator[Samples]:
    """The sound of a file as one channel at `rate`, in pieces of a few seconds.

    Channels are averaged; the resampler keeps its state from piece to piece.
    """
    source = _ffmpeg_pieces if about.format.startswith("ffmpeg") else _sndfile_pieces
    if about.rate == rate or source is _ffmpeg_pieces:  # ffmpeg resamples by itself
        yield from source(about, rate)
        return
    stream = package("soxr").ResampleStream(about.rate, rate, 1, dtype="float32")
    for piece in source(about, rate):
        done = stream.resample_chunk(piece)
        if len(done):
            yield done
    rest = stream.resample_chunk(np.zeros(0, np.float32), last=True)
    if len(rest):
        yield rest


def _sndfile_pieces(about: Facts, _rate: int) -> Iterator[Samples]:
    soundfile = package("soundfile")
    try:
        with soundfile.SoundFile(str(about.path)) as file:
            while True:
                block = file.read(_PIECE, dtype="float32", always_2d=True)
                if not len(block):
                    return
                piece = block[:, 0] if block.shape[1] == 1 else block.mean(axis=1)
                if not np.isfinite(piece).all():
                    raise KitError(
                        f"{about.path.name} holds values that are no numbers (NaN or infinity).",
                        "export it again as 16-bit WAV",
                    )
                yield np.ascontiguousarray(piece, dtype=np.float32)
    except soundfile.LibsndfileError as error:
        raise KitError(
            f"{about.path.name} breaks off or is damaged ({error.error_string.rstrip('.')}).",
            "copy or record it again",
        ) from error


# --- ffmpeg, for everything else ---------------------------------------------------------------


def _ffmpeg_facts(path: Path, error: Any) -> Facts:
    reason = str(getattr(error, "error_string", error)).rstrip(".")
    if shutil.which("ffmpeg") is None:
        raise KitError(
            f"{path.name} cannot be read ({reason}): without ffmpeg only WAV, FLAC, OGG and MP3 "
            "can.",
            install_hint("ffmpeg"),
        )
    probe = shutil.which("ffprobe")
    seconds = None
    if probe:
        asked = [probe, "-v", "error", "-select_streams", "a:0", "-show_entries",
                 "format=duration", "-of", "csv=p=0", _url(path)]  # fmt: skip
        said = subprocess.run(asked, capture_output=True, text=True, errors="replace")
        try:
            seconds = float(said.stdout.split()[0])
        except (ValueError, IndexError):
            seconds = None
    about = Facts(path, "ffmpeg", RATE, 1, seconds)
    first = next(_ffmpeg_pieces(about, RATE), None)
    if first is None:
        raise KitError(f"{path.name} holds no sound that can be read ({reason}).",
                       "give a recording: WAV, FLAC, OGG, MP3, M4A, ...")  # fmt: skip
    return about


def _ffmpeg_pieces(about: Facts, rate: int) -> Iterator[Samples]:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", _url(about.path), "-vn",
               "-f", "f32le", "-ac", "1", "-ar", str(rate), "-"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        while data := process.stdout.read(4 * _PIECE):
            yield np.frombuffer(data[: len(data) // 4 * 4], "<f4")
    finally:
        process.stdout.close()
        process.kill()
        process.wait()


def _url(path: Path) -> str:
    """Only ever a local file: ffmpeg would follow `http:` or `concat:` in a file's name."""
    return f"file:{path}"


# --- words ---------------------------------------------------------------------------------------


def _there(path: str | Path) -> Path:
    path = Path(path)
    if not path.exists():
        raise KitError(f"There is no file {path}.", "check the name and the folder")
    if not path.is_file():
        raise KitError(f"{path} is no file.", "name a recording in it")
    try:
        if path.stat().st_size == 0:
            raise KitError(f"{path.name} is empty (0 bytes).", "copy or record it again")
        with path.open("rb"):
            pass
    except OSError as error:
        raise KitError(f"{path.name} cannot be read ({error.strerror or error}).") from error
    return path


def _require(path: Path, rate: int, channels: int) -> None:
    if not 1000 <= rate <= 768_000 or not 1 <= channels <= 64:
        raise KitError(
            f"{path.name} claims {rate} samples a second in {channels} channels; that is no "
            "recording.",
            "record it again",
        )


def install_hint(program: str) -> str:
    """How to install a program here."""
    if sys.platform == "darwin":
        return f"brew install {program}"
    if sys.platform == "win32":
        names = {"ffmpeg": "Gyan.FFmpeg", "espeak-ng": "eSpeak-NG.eSpeak-NG"}
        if program in names:
            return f"winget install {names[program]}"
        return f"{program} has no usual Windows package; use WSL: sudo apt install {program}"
    return f"sudo apt install {program}"


def clock(seconds: float) -> str:
    """75.3 -> '1:15', 36000 -> '10:00:00'."""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"

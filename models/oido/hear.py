# SPDX-License-Identifier: MIT
"""Write down what is said in sound files.

    python -m models.oido.hear question.wav other.mp3

WAV files of 16 kHz are read directly; everything else needs ffmpeg, as always with Whisper.
"""

from __future__ import annotations

import argparse
import wave
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def _sound(path: Path) -> Any:
    """Samples of a plain WAV file, or the path for Whisper to decode."""
    from .clips import RATE, read_wav

    try:
        with wave.open(str(path), "rb") as file:
            plain = (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
    except (wave.Error, EOFError):
        plain = False
    return read_wav(path) if plain else str(path)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--language", help="en or es; left out, the model decides")
    parser.add_argument("--checkpoint", type=Path, default=HERE / "oido.pt")
    options = parser.parse_args()
    import whisper

    model = whisper.load_model(str(options.checkpoint), device="cpu")
    for path in options.files:
        found = model.transcribe(_sound(path), language=options.language, fp16=False)
        print(f"{path.name} [{found['language']}] {str(found['text']).strip()}")


if __name__ == "__main__":
    main()

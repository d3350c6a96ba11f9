# SPDX-License-Identifier: MIT
"""Say a text.

python -m models.voz.speak --language en "What is the capital of France?" question.wav
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .settings import LANGUAGES
from .texts import HERE

SHORTEST = 3


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text")
    parser.add_argument("file", type=Path, help="WAV file to write")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    options = parser.parse_args()
    if sum(char.isalpha() for char in options.text) < SHORTEST:
        parser.error(f"a text needs at least {SHORTEST} letters")
    from TTS.api import TTS

    weights, settings = (HERE / f"voz-{options.language}.{end}" for end in ("pth", "json"))
    voice = TTS(model_path=str(weights), config_path=str(settings), progress_bar=False)
    voice.tts_to_file(options.text, file_path=str(options.file))
    print(options.file)


if __name__ == "__main__":
    main()

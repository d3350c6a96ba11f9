"""The sizes of OpenAI's Whisper: parameters, memory, and what others measured, with sources."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "https://github.com/openai/whisper/blob/main/README.md"
DATE = "2026-11"  # when that page was read
_KIT = "huggingface.co/argmaxinc/whisperkit-coreml, 2024-03"


@dataclass(frozen=True)
class Size:
    """One multilingual model.

    `million` parameters; `memory` in GB and `speed` relative to large, as its makers measured them
    for English on an A100 GPU; `wer`: word error rate in percent on LibriSpeech test-clean (read
    English books, the easy part), and whose figure it is.
    """

    name: str
    file: str
    million: int
    memory: int
    speed: int
    wer: float
    wer_source: str


SIZES = (
    Size("tiny", "tiny.pt", 39, 1, 10, 7.47, _KIT),
    Size("base", "base.pt", 74, 1, 7, 4.97, _KIT),
    Size("small", "small.pt", 244, 2, 4, 3.45, _KIT),
    Size("medium", "medium.pt", 769, 5, 2, 2.90, "huggingface.co/openai/whisper-medium, 2024-02"),
    Size("large", "large-v3.pt", 1550, 10, 1, 2.04, _KIT),
    Size("turbo", "large-v3-turbo.pt", 809, 6, 8, 2.10,
         "Open ASR Leaderboard, as quoted on whispernotes.app, read 2026-11"),
)  # fmt: skip

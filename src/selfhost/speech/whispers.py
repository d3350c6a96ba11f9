"""The sizes of OpenAI's Whisper, as its repository gives them."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "https://github.com/openai/whisper/blob/main/README.md"
DATE = "2026-11"


@dataclass(frozen=True)
class Size:
    """One multilingual model. `million` parameters; `memory` in GB; `speed` relative to large.

    Memory and speed were measured by its makers for English on an A100 GPU.
    """

    name: str
    file: str
    million: int
    memory: int
    speed: int


SIZES = (
    Size("tiny", "tiny.pt", 39, 1, 10),
    Size("base", "base.pt", 74, 1, 7),
    Size("small", "small.pt", 244, 2, 4),
    Size("medium", "medium.pt", 769, 5, 2),
    Size("large", "large-v3.pt", 1550, 10, 1),
    Size("turbo", "large-v3-turbo.pt", 809, 6, 8),
)

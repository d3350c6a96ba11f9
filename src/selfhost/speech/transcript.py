"""What was heard: text, segments with times, and subtitles of them."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from selfhost.speech.reading import clock
from selfhost.speech.sound import package


@dataclass(frozen=True)
class Segment:
    """A stretch of speech. Times in seconds from the start of the recording.

    `certainty`: mean log-probability of its tokens (0 is certain); `temperature`: the one that
    its tokens were chosen with, above 0 where Whisper fell back to drawing lots; `language`: code.
    """

    start: float
    end: float
    text: str
    language: str
    certainty: float
    temperature: float
    no_speech: float


@dataclass(frozen=True)
class Transcript:
    """The text of a recording.

    `seconds` of sound, `compute_seconds` that it took, `model` that heard it.
    """

    text: str
    language: str
    segments: tuple[Segment, ...]
    seconds: float
    compute_seconds: float
    model: str
    raw: tuple[dict[str, Any], ...] = field(default=(), repr=False)

    @property
    def real_time_factor(self) -> float:
        """Computing time per time of sound: below 1 is faster than speaking."""
        return self.compute_seconds / self.seconds if self.seconds else 0.0

    def srt(self) -> str:
        """Subtitles in SubRip's format, by Whisper's own writer."""
        return self._subtitles("WriteSRT")

    def vtt(self) -> str:
        """Subtitles in WebVTT, the format of web pages."""
        return self._subtitles("WriteVTT")

    def _subtitles(self, writer: str) -> str:
        whisper = package("whisper", "openai-whisper")
        buffer = io.StringIO()
        segments = [
            {"start": each.start, "end": each.end, "text": each.text} for each in self.segments
        ]
        make = getattr(whisper.utils, writer)(".")
        make.write_result({"segments": segments, "language": self.language}, buffer)
        return buffer.getvalue()

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "text": self.text,
            "language": self.language,
            "model": self.model,
            "seconds": round(self.seconds, 3),
            "compute_seconds": round(self.compute_seconds, 3),
            "real_time_factor": round(self.real_time_factor, 4),
            "segments": [vars(each) for each in self.segments],
        }

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        lines = [f"{clock(s.start)}-{clock(s.end)}  {s.text}" for s in self.segments]
        head = (
            f"{self.model}, language {self.language or '?'}, {self.seconds:.1f} s of sound in "
            f"{self.compute_seconds:.1f} s"
        )
        return "\n".join([head, *(lines or ["(no speech)"])])

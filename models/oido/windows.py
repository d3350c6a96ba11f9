"""Put utterances into training windows: where each one lies, and the token sequence wanted.

A window is a few seconds of sound. Whisper always sees 30 s, mostly silence; training that length
would waste nine tenths of the work, so ``Window.tail`` marks a short stretch of silence at the end
that the network treats as if it filled the rest of the 30 s (see ``net.py``).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .corpus import Utterance
from .synth import RATE
from .tokens import CTC_SPACE, CompactTokens, ctc_targets

IGNORE = -1
SILENT_SHARE = 0.04
TIMESTAMP_SHARE = 0.8
PROMPT_SHARE = 0.05


@dataclass(frozen=True)
class Recording:
    """An utterance in the joined sound of all shards."""

    start: int
    samples: int
    language: str
    tokens: list[int]
    characters: list[int]


@dataclass
class Window:
    """One training example before its sound is put together."""

    pieces: list[tuple[int, int, int, float]] = field(default_factory=list)
    """(first sample, count, position in the window, loudness) of each utterance"""
    inputs: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    characters: list[int] = field(default_factory=list)


class Planner:
    """Draws windows at random from the recordings."""

    def __init__(self, tokens: CompactTokens, seed: str) -> None:
        self._tokens = tokens
        self._rng = random.Random(seed)
        self._recordings: dict[str, list[Recording]] = {"en": [], "es": []}

    def add(self, start: int, facts: Sequence[Utterance]) -> None:
        """Make the utterances of one shard known; its sound begins at sample ``start``."""
        for fact in facts:
            tokens = self._tokens.text(fact.written)
            if tokens is not None:
                characters = ctc_targets(fact.spoken)
                recording = Recording(start, fact.samples, fact.language, tokens, characters)
                self._recordings[fact.language].append(recording)
            start += fact.samples

    def __len__(self) -> int:
        return sum(map(len, self._recordings.values()))

    def window(self, seconds: float, several: float) -> Window:
        """Draw a window of at most ``seconds``; ``several`` is the share with many utterances."""
        rng, tokens = self._rng, self._tokens
        language = rng.choice(("en", "es"))
        head = [tokens.sot, tokens.language[language], tokens.transcribe]
        if rng.random() < SILENT_SHARE:
            start = tokens.time(0)
            targets = [tokens.no_speech, IGNORE, start, tokens.eot]
            return Window(inputs=[*head, start], targets=targets)
        result, body = Window(), []
        timed, many = rng.random() < TIMESTAMP_SHARE, rng.random() < several
        clock = rng.uniform(0, 0.6)
        while True:
            recording = self._fitting(language, seconds - clock - 0.1)
            if recording is None:
                break
            if not many:
                clock = rng.uniform(0, min(1.2, seconds - 0.1 - recording.samples / RATE))
            end = clock + recording.samples / RATE
            position = int(clock * RATE)
            piece = (recording.start, recording.samples, position, rng.uniform(0.7, 1.3))
            result.pieces.append(piece)
            text = recording.tokens
            if timed:
                text = [tokens.time(clock), *text, tokens.time(end)]
            body += text
            if result.characters:
                result.characters += [CTC_SPACE]
            result.characters += recording.characters
            clock = end + rng.uniform(0.15, 1.2)
            if not many:
                break
        self._sequence(result, head, body, timed=timed, language=language)
        return result

    def _fitting(self, language: str, seconds: float) -> Recording | None:
        room = seconds * RATE
        for _ in range(6):
            recording = self._rng.choice(self._recordings[language])
            if recording.samples <= room:
                return recording
        return None

    def _sequence(
        self, window: Window, head: list[int], body: list[int], *, timed: bool, language: str
    ) -> None:
        """Fill in the decoder's inputs and targets, now and then after a previous text."""
        tokens, rng = self._tokens, self._rng
        previous: list[int] = []
        if rng.random() < PROMPT_SHARE:
            before = rng.choice(self._recordings[language]).tokens
            previous = [tokens.previous, *before]
        if not timed:
            head = [*head, tokens.no_timestamps]
        sequence = [*previous, *head, *body, tokens.eot]
        window.inputs = sequence[:-1]
        known = len(previous)
        window.targets = [IGNORE] * known + sequence[known + 1 :]
        window.targets[known + 1] = IGNORE  # the task is the caller's choice
        if not timed:
            window.targets[known + 2] = IGNORE  # and so is the use of time stamps


@dataclass(frozen=True)
class Batch:
    """Windows as arrays; ``sound`` is float32 on the scale -1 to 1."""

    sound: NDArray[np.float32]
    inputs: NDArray[np.int64]
    targets: NDArray[np.int64]
    ctc_rows: NDArray[np.int64]
    ctc_targets: NDArray[np.int64]
    ctc_lengths: NDArray[np.int64]


def assemble(windows: Sequence[Window], audio: NDArray[np.int16], samples: int, pad: int) -> Batch:
    """Copy the utterances into place and pad the token sequences with ``pad``."""
    count = len(windows)
    length = -(-max(len(window.inputs) for window in windows) // 8) * 8
    sound = np.zeros((count, samples), np.float32)
    inputs = np.full((count, length), pad, np.int64)
    targets = np.full((count, length), IGNORE, np.int64)
    for row, window in enumerate(windows):
        for start, size, position, loudness in window.pieces:
            fits = min(size, samples - position)
            piece = audio[start : start + fits]
            sound[row, position : position + fits] = piece * (loudness / 32768.0)
        inputs[row, : len(window.inputs)] = window.inputs
        targets[row, : len(window.targets)] = window.targets
    spelled = [row for row, window in enumerate(windows) if window.characters]
    return Batch(
        sound,
        inputs,
        targets,
        np.array(spelled, np.int64),
        np.array([c for row in spelled for c in windows[row].characters], np.int64),
        np.array([len(windows[row].characters) for row in spelled], np.int64),
    )

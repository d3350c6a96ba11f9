"""Inside a voice: letters, how long each lasts, the mel picture, the wave; step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfhost.errors import KitError
from selfhost.speech import coqui
from selfhost.speech.sound import Samples, Sound
from selfhost.speech.texts import prepare

Mel = NDArray[np.float32]


@dataclass(frozen=True)
class Spoken:
    """One sentence on its way through a FastPitch voice.

    `letters`: what the network reads, with its signs for start and end; `ids`: their numbers;
    `frames`: columns of the mel picture that each letter gets; `alignment`: shape (letters,
    columns), 1 where a letter is being said; `pitch`: one value per letter, scaled; `mel`: shape
    (bands, columns); `step`: seconds per column.
    """

    letters: tuple[str, ...]
    ids: tuple[int, ...]
    frames: tuple[int, ...]
    alignment: NDArray[np.float32]
    pitch: NDArray[np.float32]
    mel: Mel
    step: float


def spoken(text: str, language: str = "en") -> Spoken:
    """The inner steps of the shipped voice for one short sentence. Raises `KitError`."""
    synthesizer = coqui.load(coqui.files("voz", language))
    model = synthesizer.tts_model
    pieces = prepare(text, language, coqui.alphabet(synthesizer), words=language != "en").pieces
    if len(pieces) != 1:
        raise KitError("One short sentence is wanted here.", "speech.speak takes any length")
    found = model.synthesize(pieces[0], use_griffin_lim=False)
    ids = [int(each) for each in found["text_inputs"][0]]
    letters = [model.tokenizer.characters.id_to_char(each) for each in ids]
    letters = [_NAMES.get(each, each) for each in letters]
    grid = np.asarray(found["alignments"][0], dtype=np.float32)
    grid = grid.T if grid.shape[0] != len(ids) else grid
    outputs: dict[str, Any] = found["outputs"]
    return Spoken(
        tuple(letters),
        tuple(ids),
        tuple(int(each) for each in grid.sum(axis=1)),
        grid,
        np.asarray(outputs["pitch"][0, 0].detach(), dtype=np.float32),
        np.asarray(outputs["model_outputs"][0].detach(), dtype=np.float32).T,
        model.ap.hop_length / model.ap.sample_rate,
    )


_NAMES = {"^": "start", "~": "end"}


def mel_of(sound: Sound, language: str = "en") -> Mel:
    """The mel picture of a sound, as the voice's own settings make it."""
    processor = coqui.load(coqui.files("voz", language)).tts_model.ap
    found: Mel = processor.melspectrogram(sound.at(int(processor.sample_rate)).samples)
    return found


def vocode(mel: Mel, language: str = "en", rounds: int = 30, seed: int = 0) -> Sound:
    """A wave whose mel picture is `mel`, by Griffin-Lim with so many rounds.

    The picture has no phases; the algorithm starts with random ones and repairs them round by
    round (Griffin & Lim, 1984).
    """
    processor = coqui.load(coqui.files("voz", language)).tts_model.ap
    before = processor.griffin_lim_iters
    processor.griffin_lim_iters = rounds
    try:
        with coqui._seeded(seed):
            samples: Samples = np.asarray(processor.inv_melspectrogram(mel), dtype=np.float32)
    finally:
        processor.griffin_lim_iters = before
    peak = float(np.abs(samples).max()) or 1.0
    return Sound(samples * np.float32(min(1.0, 0.95 / peak)), int(processor.sample_rate),
                 f"Griffin-Lim, {rounds} rounds")  # fmt: skip

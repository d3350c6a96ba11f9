"""Voices that need files of their own: run when these are present, never pretended.

The table says what each needs; `present` looks for it. Kokoro (through `kokoro-onnx`) and Piper
(through `piper-tts`) run here when their package and files are there; the others need a GPU or an
environment of their own and are only listed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from selfhost.errors import KitError
from selfhost.paths import store_dir
from selfhost.speech.sound import Sound, package


@dataclass(frozen=True)
class Other:
    """A voice model of somebody else. `catalogue`: its id in the kit's openness catalogue."""

    name: str
    catalogue: str
    module: str
    pip: str
    needs: str
    clones: bool
    runs_here: bool = False


# What each needs, from its repository's own instructions as far as read; `clones`: it copies a
# voice from a recording.
OTHERS = (
    Other("Kokoro", "kokoro", "kokoro_onnx", "kokoro-onnx",
          "kokoro-v1.0.onnx and voices-v1.0.bin in one folder (SELFHOST_KOKORO); CPU", False, True),
    Other("Piper", "", "piper", "piper-tts",
          "a voice's .onnx and .onnx.json (piper:FILE); CPU; the program is GPL-3.0", False, True),
    Other("Chatterbox", "chatterbox", "chatterbox", "chatterbox-tts",
          "its weights; a GPU for tolerable speed", True),
    Other("MeloTTS", "melotts", "melo", "from its repository",
          "its weights per language; CPU", False),
    Other("OpenVoice v2", "openvoice-2", "openvoice", "from its repository",
          "its weights and MeloTTS; CPU or GPU", True),
    Other("FishSpeech", "fish-speech", "fish_speech", "from its repository",
          "its weights; a GPU", True),
    Other("Higgs Audio V2", "higgs-audio-2", "boson_multimodal", "from its repository",
          "its weights (5.8 G parameters); a GPU", True),
)  # fmt: skip


def present(other: Other) -> str:
    """What is there of it: "runs", or what is missing."""
    if find_spec(other.module) is None:
        return f"package missing ({other.pip})"
    if other.name == "Kokoro" and kokoro_files() is None:
        return "files missing (kokoro-v1.0.onnx, voices-v1.0.bin)"
    return "runs here" if other.runs_here else "package present; see its own instructions"


def kokoro_files() -> tuple[Path, Path] | None:
    """Kokoro's two files in `SELFHOST_KOKORO` or in the kit's store, or None."""
    asked = os.environ.get("SELFHOST_KOKORO")
    folder = Path(asked) if asked else store_dir() / "kokoro"
    model, voices = folder / "kokoro-v1.0.onnx", folder / "voices-v1.0.bin"
    return (model, voices) if model.is_file() and voices.is_file() else None


def kokoro(text: str, language: str, voice: str = "", speed: float = 1.0) -> Sound:
    """Speak with Kokoro; voices such as af_heart (English), ef_dora (Spanish).

    Raises `KitError` where the package or its files are missing.
    """
    found = kokoro_files()
    engine_package = package("kokoro_onnx", "kokoro-onnx")
    if found is None:
        raise KitError(
            "Kokoro's files kokoro-v1.0.onnx and voices-v1.0.bin are not here.",
            "put both into one folder and set SELFHOST_KOKORO to it",
        )
    name = voice or {"en": "af_heart", "es": "ef_dora"}.get(language, "af_heart")
    try:
        engine = _kokoro(engine_package.Kokoro, *found)
        spoken = {"en": "en-us", "es": "es"}.get(language, language)
        samples, rate = engine.create(text, voice=name, speed=speed, lang=spoken)
    except (AssertionError, ValueError, RuntimeError, OSError, KeyError) as error:
        raise KitError(f"Kokoro cannot speak this ({error}).", "another voice or text") from error
    return Sound(np.asarray(samples, np.float32), int(rate), f"Kokoro {name}", text)


@lru_cache(maxsize=1)
def _kokoro(engine: Any, model: Path, voices: Path) -> Any:
    return engine(str(model), str(voices))


def piper(text: str, _language: str, file: str = "", speed: float = 1.0) -> Sound:
    """Speak with a Piper voice, `piper:FILE.onnx`. Raises `KitError`."""
    engine = package("piper", "piper-tts")
    path = Path(file)
    if not (path.is_file() and path.with_name(path.name + ".json").is_file()):
        raise KitError(
            f"Piper needs a voice's two files, {file or 'NAME.onnx'} and the same with .json.",
            'voice="piper:es_ES-davefx-medium.onnx"',
        )
    try:
        voice = engine.PiperVoice.load(str(path))
        settings = engine.SynthesisConfig(length_scale=1 / speed)
        chunks = list(voice.synthesize(text, syn_config=settings))
    except (RuntimeError, ValueError, OSError, KeyError, AttributeError) as error:
        raise KitError(
            f"Piper cannot speak with {path.name} ({error}).", "another voice"
        ) from error
    samples = np.concatenate([each.audio_float_array for each in chunks])
    return Sound(samples.astype(np.float32), int(chunks[0].sample_rate), f"Piper {path.stem}", text)

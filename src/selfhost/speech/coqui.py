"""Coqui's voices: find their files, load them without pickled code, speak piece by piece."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from selfhost.errors import KitError
from selfhost.paths import shipped_models
from selfhost.speech import checkpoints
from selfhost.speech.progress import Progress
from selfhost.speech.sound import Samples, Sound, package
from selfhost.speech.texts import prepare

PAUSE = 10_000  # samples of silence that Coqui appends to each sentence


@dataclass(frozen=True)
class VoiceFiles:
    """A voice on this machine. `licence` as its publisher names it."""

    name: str
    model: Path
    config: Path
    vocoder: Path | None = None
    vocoder_config: Path | None = None
    licence: str = ""


def shipped(language: str) -> VoiceFiles | None:
    """The kit's own voice of a language, or None where its files are missing."""
    folder = shipped_models() / "voz"
    model, config = folder / f"voz-{language}.pth", folder / f"voz-{language}.json"
    if not (model.is_file() and config.is_file()):
        return None
    return VoiceFiles(f"voz {language}", model, config, licence="Apache-2.0")


def files(name: str, language: str = "en") -> VoiceFiles:
    """The files of a voice: shipped, given by path, or one of Coqui's. Raises `KitError`."""
    if name == "voz":
        found = shipped(language)
        if found is None:
            raise KitError(
                f"The kit has no voice of its own for {language!r}: models/voz/voz-{language}.pth "
                "is missing.",
                'voice="espeak-ng", or a language of: en, es',
            )
        return found
    if name.startswith("tts_models/"):
        from selfhost.speech import hub

        return hub.coqui_voice(name)
    model = Path(name)
    if model.suffix not in (".pth", ".pt"):
        raise KitError(
            f"There is no voice {name!r}.",
            'voice="voz", "espeak-ng", "flite:slt", "tts_models/...", or a checkpoint\'s path',
        )
    for config in (model.with_suffix(".json"), model.with_name("config.json")):
        if model.is_file() and config.is_file():
            return VoiceFiles(model.name, model, config)
    raise KitError(
        f"{model} or its configuration is missing: a Coqui voice is two files, NAME.pth and "
        "NAME.json (or config.json).",
        "check the folder",
    )


def say(
    voice: VoiceFiles, text: str, language: str, speed: float, seed: int,
    progress: Progress | None,
) -> Sound:  # fmt: skip
    """Speak a text of any length; memory is that of the sound alone."""
    synthesizer = load(voice)
    ready = prepare(text, language, alphabet(synthesizer), words=language != "en")
    rate = int(synthesizer.output_sample_rate)
    parts: list[Samples] = []
    gap = np.zeros(PAUSE, np.float32)
    done = 0.0
    with _speed(synthesizer, speed), _seeded(seed):
        for number, piece in enumerate(ready.pieces, 1):
            samples = _piece(synthesizer, piece, language)
            parts += [gap, samples] if parts else [samples]
            done += len(samples) / rate
            if progress is not None:
                progress("speaking", done, done * len(ready.pieces) / number)
    joined = np.concatenate(parts)
    peak = float(np.abs(joined).max()) if len(joined) else 0.0
    if peak > 0.95:  # Griffin-Lim may overshoot, and a file cannot hold more than 1
        joined = joined * np.float32(0.95 / peak)
    return Sound(joined, rate, voice.name, text, ready.notes)


def _piece(synthesizer: Any, piece: str, language: str) -> Samples:
    """One sentence by the bare library.

    A voice without a vocoder is asked directly: `Synthesizer.tts` would make a list of single
    numbers of its samples and append silence, which costs more than all of this layer.
    """
    model = synthesizer.tts_model
    named = language if model.language_manager.num_languages > 1 else None
    trims = synthesizer.tts_config.audio.get("do_trim_silence")
    if synthesizer.vocoder_model is None and not trims:
        found = model.synthesize(piece, language=named, use_griffin_lim=True)
        return np.asarray(found["wav"], dtype=np.float32).squeeze()
    spoken = synthesizer.tts(piece, language_name=named, split_sentences=False)
    return np.asarray(spoken[:-PAUSE] if len(spoken) > PAUSE else spoken, dtype=np.float32)


@lru_cache(maxsize=4)
def alphabet(synthesizer: Any) -> frozenset[str]:
    """Small letters and signs that a voice knows; every letter for one that uses phonemes."""
    config = synthesizer.tts_config
    if getattr(config, "use_phonemes", False):
        import string

        letters = "áéíóúüñàèìòùâêîôûäëïöçãõåæøœß"
        return frozenset(string.ascii_lowercase + string.digits + letters + " ,.?!¿¡'-")
    known = synthesizer.tts_model.tokenizer.characters
    signs = {each.lower() for each in known.vocab if len(each) == 1}
    special = {known.pad, known.eos, known.bos, known.blank}
    # Coqui's English cleaner writes digits out itself, so they may stay for it.
    digits = "0123456789" if config.text_cleaner == "english_cleaners" else ""
    return frozenset((signs - special) | {" "} | set(digits))


def load(voice: VoiceFiles) -> Any:
    """Coqui's `Synthesizer` for a voice, loaded once. Raises `KitError`, runs no pickled code."""
    return _load(voice, voice.model.stat().st_mtime_ns)


@lru_cache(maxsize=3)
def _load(voice: VoiceFiles, _changed: int) -> Any:
    check_config(voice.config)
    for path in filter(None, (voice.model, voice.vocoder)):
        checkpoints.require_memory(path)
    quiet()
    synthesizer = package("TTS.utils.synthesizer", "coqui-tts")
    try:
        return synthesizer.Synthesizer(
            tts_checkpoint=str(voice.model),
            tts_config_path=str(voice.config),
            vocoder_checkpoint=str(voice.vocoder) if voice.vocoder else None,
            vocoder_config=str(voice.vocoder_config) if voice.vocoder_config else None,
            use_cuda=False,
        )
    except pickle.UnpicklingError as error:
        raise checkpoints.refusal(voice.model, error) from error
    except (KeyError, ValueError, TypeError, RuntimeError, EOFError, OSError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        raise KitError(
            f"{voice.model.name} is no voice that Coqui can load ({reason}).", "fetch it again"
        ) from error


def check_config(path: Path) -> None:
    """Refuse a configuration that names classes outside Coqui's own package.

    Coqui imports the class that `characters_class` names; a stranger's file must not choose it.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KitError(f"{path.name} is no configuration of a voice.", "fetch it again") from error
    if not isinstance(content, dict) or "model" not in content:
        raise KitError(f"{path.name} is no configuration of a voice.", "fetch it again")
    characters = content.get("characters")
    named = characters.get("characters_class") if isinstance(characters, dict) else None
    if named is not None and not str(named).startswith("TTS."):
        raise KitError(
            f"{path.name} was refused: it asks to import {named!r}, which is not Coqui's; nothing "
            "was run.",
            "ask its maker for Coqui's own classes",
        )
    for model in (content["model"], content.get("base_model") or "forward_tts"):
        if not str(model).replace("_", "").replace("-", "").isalnum():
            raise KitError(f"{path.name} names no model of Coqui's.", "fetch it again")


def quiet() -> None:
    """Coqui tells every step on the log; only errors are a reader's concern."""
    for name in ("TTS", "trainer"):
        logging.getLogger(name).setLevel(logging.ERROR)


@contextmanager
def _speed(synthesizer: Any, speed: float) -> Iterator[None]:
    """Stretch the durations of a model that predicts them."""
    model = synthesizer.tts_model
    if speed == 1.0:
        yield
        return
    if not hasattr(model, "length_scale"):
        raise KitError("This voice has no durations that could be stretched.", "speed=1.0")
    before = model.length_scale
    model.length_scale = before / speed
    try:
        yield
    finally:
        model.length_scale = before


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Griffin-Lim draws its first phases from numpy's global generator; give that back after."""
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)

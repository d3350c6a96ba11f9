"""Text to speech behind one function: Coqui's voices, espeak-ng, flite, and others when present."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from selfhost.errors import KitError
from selfhost.speech import baseline, coqui
from selfhost.speech.progress import Progress
from selfhost.speech.sound import Sound

LANGUAGES = ("en", "es")
VOZ = "voz"


def speak(
    text: str,
    language: str = "en",
    voice: str | Path | None = None,
    *,
    speed: float = 1.0,
    seed: int = 0,
    progress: Progress | None = None,
) -> Sound:
    """Say a text; any length, piece by piece.

    `voice`: None for the shipped voz of the language; "espeak-ng", "espeak-ng:es+f5", "flite",
    "flite:rms"; a name of Coqui's ("tts_models/es/mai/tacotron2-DDC", fetched when missing); the
    path of a Coqui checkpoint with its configuration beside it; "kokoro:VOICE" or "piper:FILE"
    where their files are. `speed` 1.2 is a fifth faster. `seed`: Griffin-Lim starts with random
    phases, so the same seed gives the same samples.

    Raises `KitError`: nothing to say, unknown voice, missing program or file, no network.
    """
    if not isinstance(text, str) or not text.strip():
        raise KitError("There is nothing to say: the text is empty.", 'speech.speak("Hello.")')
    if not 0.25 <= speed <= 4:
        raise KitError(f"A speed of {speed:g} is outside 0.25 to 4.", "speed=1.0")
    name, _, detail = str(voice or VOZ).partition(":")
    if isinstance(voice, Path) or Path(str(voice)).suffix in (".pth", ".pt"):
        return coqui.say(coqui.files(str(voice)), text, language, speed, seed, progress)
    speaker = _SPEAKERS.get(name)
    if speaker is not None:
        return speaker(text, language, detail, speed)
    found = coqui.files(str(voice or VOZ), language)
    return coqui.say(found, text, language, speed, seed, progress)


def _espeak(text: str, language: str, detail: str, speed: float) -> Sound:
    return baseline.espeak(text, language, detail, speed)


def _flite(text: str, language: str, detail: str, speed: float) -> Sound:
    return baseline.flite(text, language, detail or "slt", speed)


def _kokoro(text: str, language: str, detail: str, speed: float) -> Sound:
    from selfhost.speech import others

    return others.kokoro(text, language, detail, speed)


def _piper(text: str, language: str, detail: str, speed: float) -> Sound:
    from selfhost.speech import others

    return others.piper(text, language, detail, speed)


_SPEAKERS: dict[str, Callable[[str, str, str, float], Sound]] = {
    "espeak-ng": _espeak,
    "flite": _flite,
    "kokoro": _kokoro,
    "piper": _piper,
}


def timed(text: str, language: str, voice: str | None = None) -> tuple[Sound, float]:
    """A sound and the seconds that it took to make."""
    begin = time.perf_counter()
    sound = speak(text, language, voice)
    return sound, time.perf_counter() - begin


def available(language: str) -> list[str]:
    """Voices that can speak the language here, now, without a download; ours first."""
    names = [VOZ] if coqui.shipped(language) else []
    if baseline.program("espeak-ng"):
        names.append("espeak-ng")
    if language == "en":
        names += [f"flite:{each}" for each in ("slt", "rms") if each in baseline.flite_voices()]
    return names

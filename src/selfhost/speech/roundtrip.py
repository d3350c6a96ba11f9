"""Text to speech to text: what of a text is left after a voice and a recogniser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from selfhost.speech.hearing import transcribe
from selfhost.speech.recordings import recordings
from selfhost.speech.scoring import wer
from selfhost.speech.speaking import speak

_NAMES = {"en": "English", "es": "Spanish"}


@dataclass(frozen=True)
class Trip:
    """One sentence there and back. Times in seconds; `length` is that of the speech."""

    voice: str
    language: str
    said: str
    heard: str
    length: float
    speaking: float
    hearing: float


def sentences(language: str, count: int) -> list[str]:
    """Texts that oido's training left out: those of the shipped recordings."""
    return [each.text for each in recordings(language, "new voices")][:count]


def round_trip(
    voice: str,
    language: str,
    sentences: int | Iterable[str] = 6,
    model: str | None = None,
    speed: float = 1.0,
) -> list[Trip]:
    """Speak each sentence with `voice` and write it down with `model` (None: oido).

    `sentences`: texts, or how many of the kit's own. Raises `KitError`.
    """
    from time import perf_counter

    texts = _texts(language, sentences)
    found = []
    for text in texts:
        begin = perf_counter()
        sound = speak(text, language, voice, speed=speed)
        spoken = perf_counter()
        heard = transcribe(sound, language, model, split=False)
        found.append(
            Trip(voice, language, text, heard.text, sound.seconds, spoken - begin,
                 perf_counter() - spoken)
        )  # fmt: skip
    return found


def _texts(language: str, wanted: int | Iterable[str]) -> list[str]:
    return sentences(language, wanted) if isinstance(wanted, int) else list(wanted)


def rates(trips: Iterable[Trip]) -> dict[str, dict[str, float]]:
    """Word error rates: language's name -> voice -> rate."""
    groups: dict[str, dict[str, list[Trip]]] = {}
    for trip in trips:
        name = _NAMES.get(trip.language, trip.language)
        groups.setdefault(name, {}).setdefault(trip.voice, []).append(trip)
    return {
        name: {
            voice: wer([t.said for t in listed], [t.heard for t in listed], listed[0].language)
            for voice, listed in voices.items()
        }
        for name, voices in groups.items()
    }

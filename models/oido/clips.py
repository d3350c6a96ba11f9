"""Recordings for evaluation: spoken on the spot, or the small set that lies in ``evaluation/``.

python -m models.oido.clips            writes evaluation/*.wav and evaluation/clips.json
"""

from __future__ import annotations

import json
import random
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .answers import answer_sentence
from .corpus import PEAK, speak
from .grammar import LANGUAGES, Grammar, held_out
from .numerals import spell
from .synth import RATE, Speaker
from .voices import Voice, held_out_voice, training_voice

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "evaluation"
NEW_VOICES, KNOWN_VOICES, FREE, SILENCE = "new voices", "known voices", "free", "silence"
ANSWERS = "answers"


@dataclass(frozen=True)
class Clip:
    """A recording and what is said in it."""

    sound: NDArray[np.float32]
    language: str
    text: str
    voice: str
    group: str

    @property
    def seconds(self) -> float:
        """Length of the recording."""
        return len(self.sound) / RATE


def _padded(sound: NDArray[np.int16], rng: random.Random) -> NDArray[np.float32]:
    before, after = (np.zeros(int(rng.uniform(0.1, 0.5) * RATE), np.int16) for _ in range(2))
    return np.concatenate([before, sound, after]).astype(np.float32) / 32768.0


def grammar_clips(group: str, language: str, count: int, seed: int) -> Iterator[Clip]:
    """Different sentences that training left out, spoken by held-out or by known voices."""
    rng, speaker = random.Random(f"clips-{group}-{language}-{seed}"), Speaker()
    grammars = {language: Grammar.load(language)}
    done: set[str] = set()
    while len(done) < count:
        sound, fact = speak(
            rng,
            speaker,
            grammars,
            language=language,
            test_text=True,
            test_voice=group == NEW_VOICES,
        )
        if fact.written not in done:
            done.add(fact.written)
            yield Clip(_padded(sound, rng), language, fact.written, fact.voice, group)


def free_clips(language: str, seed: int, *, known: bool = False) -> Iterator[Clip]:
    """Sentences written by hand, not drawn from the grammar, spoken by held-out voices."""
    rng, speaker = random.Random(f"free-{language}-{seed}"), Speaker()
    texts = json.loads((HERE / "free_sentences.json").read_text(encoding="utf-8"))[language]
    for text in texts:
        voice = (training_voice if known else held_out_voice)(language, rng)
        words = [spell(int(w), language) if w.isdigit() else w for w in text.split(" ")]
        words = [
            spell(int(w[:-1]), language) + w[-1] if w[:-1].isdigit() and not w.isdigit() else w
            for w in words
        ]
        yield _clip(speaker, voice, text, " ".join(words), language, rng)


def answer_clips(language: str, count: int, seed: int) -> Iterator[Clip]:
    """Different answers of aprendiz that training left out, spoken by held-out voices."""
    rng, speaker = random.Random(f"answers-{language}-{seed}"), Speaker()
    done: set[str] = set()
    while len(done) < count:
        sentence = answer_sentence(language, rng, test=True)
        voice = held_out_voice(language, rng)
        if sentence.written not in done:
            done.add(sentence.written)
            text, spoken = sentence.written, sentence.spoken
            yield _clip(speaker, voice, text, spoken, language, rng, ANSWERS)


def _clip(
    speaker: Speaker,
    voice: Voice,
    text: str,
    spoken: str,
    language: str,
    rng: random.Random,
    group: str = FREE,
) -> Clip:
    sound = speaker.say(spoken, voice)
    loud = (sound * (PEAK / max(1.0, float(np.abs(sound).max())))).astype(np.int16)
    return Clip(_padded(loud, rng), language, text, str(voice), group)


def silent_clips() -> Iterator[Clip]:
    """Nothing to hear: digital silence, hiss and hum."""
    noise = np.random.default_rng(5)
    time = np.arange(4 * RATE) / RATE
    sounds = {
        "silence": np.zeros_like(time),
        "hiss": noise.normal(0, 0.01, len(time)),
        "hum": 0.01 * np.sin(2 * np.pi * 50 * time),
    }
    for name, sound in sounds.items():
        yield Clip(sound.astype(np.float32), "", "", name, SILENCE)


def write_wav(path: Path, sound: NDArray[np.float32]) -> None:
    """Save 16 kHz mono, 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 32767).clip(-32767, 32767).astype("<i2").tobytes())


def read_wav(path: Path) -> NDArray[np.float32]:
    """Samples of a 16 kHz mono file, on the scale -1 to 1."""
    with wave.open(str(path), "rb") as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return data.astype(np.float32) / 32768.0


def read_folder(folder: Path = FOLDER) -> list[Clip]:
    """The recordings listed in ``clips.json``."""
    table = json.loads((folder / "clips.json").read_text(encoding="utf-8"))
    return [
        Clip(read_wav(folder / row["file"]), row["language"], row["text"], row["voice"],
             row["group"])
        for row in table
    ]  # fmt: skip


def main() -> None:
    """Write the small set: 8 + 2 sentences of each language and three silent files."""
    FOLDER.mkdir(exist_ok=True)
    clips: list[Clip] = []
    for language in LANGUAGES:
        clips += grammar_clips(NEW_VOICES, language, 8, seed=11)
        clips += list(free_clips(language, seed=11))[3:5]
    clips += silent_clips()
    rows = []
    for number, clip in enumerate(clips):
        assert clip.group != NEW_VOICES or held_out(clip.text)
        name = f"{number:02d}-{clip.language or 'none'}-{clip.group.replace(' ', '-')}.wav"
        write_wav(FOLDER / name, clip.sound)
        rows.append({
            "file": name,
            "language": clip.language,
            "text": clip.text,
            "voice": clip.voice,
            "group": clip.group,
            "seconds": round(clip.seconds, 2),
        })
    table = json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / "clips.json").write_text(table, encoding="utf-8")
    print(f"{len(rows)} files, {sum(clip.seconds for clip in clips):.1f} s")


if __name__ == "__main__":
    main()

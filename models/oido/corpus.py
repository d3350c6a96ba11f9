"""Spoken sentences on disk: numbered shards of uncompressed NumPy archives.

Shard ``n`` of seed ``s`` depends on ``(s, n)`` alone, so shards can be made in any order, by
several processes, and again after a loss.

    python -m models.oido.corpus --folder CACHE --shards 40 --processes 2
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .answers import ANSWER_SHARE, FIRST_ANSWERS, answer_sentence
from .answers import LOOSE_SHARE as LOOSE_WITH_ANSWERS
from .grammar import LANGUAGES, Grammar, Sentence, draw
from .loose import FIRST_LOOSE, LOOSE_SHARE, loose_sentence, loose_voice, shifted
from .synth import RATE, Samples, Speaker
from .vocoder import vocoded
from .voices import Voice, held_out_voice, training_voice

PEAK = 26_000
MIN_SECONDS, MAX_SECONDS = 0.3, 7.5
UTTERANCES = 500


@dataclass(frozen=True)
class Utterance:
    """What is known about one recording."""

    samples: int
    language: str
    written: str
    spoken: str
    voice: str


def speak(
    rng: random.Random,
    speaker: Speaker,
    grammars: dict[str, Grammar],
    *,
    language: str,
    test_text: bool = False,
    test_voice: bool = False,
) -> tuple[NDArray[np.int16], Utterance]:
    """Draw a sentence and a voice and speak it."""
    while True:
        sentence = draw(grammars[language], rng, test=test_text)
        voice = (held_out_voice if test_voice else training_voice)(language, rng)
        sound = speaker.say(sentence.spoken, voice)
        if MIN_SECONDS * RATE < len(sound) < MAX_SECONDS * RATE:
            return _finished(sound, language, sentence, voice)


def speak_loosely(
    rng: random.Random, speaker: Speaker, grammars: dict[str, Grammar], *, language: str
) -> tuple[NDArray[np.int16], Utterance]:
    """The same for the shards of ``loose.py``."""
    while True:
        make = loose_sentence if rng.random() < LOOSE_SHARE else draw
        sentence, voice = make(grammars[language], rng), loose_voice(language, rng)
        sound = shifted(speaker.say(sentence.spoken, voice), rng)
        if MIN_SECONDS * RATE < len(sound) < MAX_SECONDS * RATE:
            return _finished(sound, language, sentence, voice)


def speak_answers(
    rng: random.Random, speaker: Speaker, grammars: dict[str, Grammar], *, language: str
) -> tuple[NDArray[np.int16], Utterance]:
    """The same for the shards of ``answers.py``."""
    while True:
        kind, grammar = rng.random(), grammars[language]
        if kind < ANSWER_SHARE:
            sentence = answer_sentence(language, rng)
        elif kind < ANSWER_SHARE + LOOSE_WITH_ANSWERS:
            sentence = loose_sentence(grammar, rng)
        else:
            sentence = draw(grammar, rng)
        voice = loose_voice(language, rng)
        sound = vocoded(shifted(speaker.say(sentence.spoken, voice), rng), rng)
        if MIN_SECONDS * RATE < len(sound) < MAX_SECONDS * RATE:
            return _finished(sound, language, sentence, voice)


def _finished(
    sound: Samples, language: str, sentence: Sentence, voice: Voice
) -> tuple[NDArray[np.int16], Utterance]:
    loudest = max(1.0, float(np.abs(sound).max()))
    samples = (sound * (PEAK / loudest)).astype(np.int16)
    return samples, Utterance(len(samples), language, sentence.written, sentence.spoken, str(voice))


@cache
def _tools() -> tuple[Speaker, dict[str, Grammar]]:
    return Speaker(), {name: Grammar.load(name) for name in LANGUAGES}


def write_shard(path: Path, seed: int, number: int, count: int = UTTERANCES) -> None:
    """Speak one shard of training sentences."""
    speaker, grammars = _tools()
    rng = random.Random(f"{seed}-{number}")
    chosen = speak if number < FIRST_LOOSE else speak_loosely
    if number >= FIRST_ANSWERS:
        chosen = speak_answers
    sounds, facts = [], []
    for _ in range(count):
        language = "es" if rng.random() < 0.45 else "en"
        sound, fact = chosen(rng, speaker, grammars, language=language)
        sounds.append(sound)
        facts.append(asdict(fact))
    table = np.frombuffer(json.dumps(facts).encode("utf-8"), np.uint8)
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        np.savez(file, audio=np.concatenate(sounds), facts=table)
    partial.replace(path)


def read_shard(path: Path) -> tuple[NDArray[np.int16], list[Utterance]]:
    """Samples of a shard, joined, and what is known about each utterance."""
    with np.load(path, allow_pickle=False) as archive:
        facts = json.loads(archive["facts"].tobytes().decode("utf-8"))
        return archive["audio"], [Utterance(**fact) for fact in facts]


def shard_path(folder: Path, number: int) -> Path:
    """File of a shard."""
    return folder / f"{number:05d}.npz"


def _job(job: tuple[str, int, int]) -> int:
    folder, seed, number = job
    path = shard_path(Path(folder), number)
    if not path.exists():
        write_shard(path, seed, number)
    return number


def build(folder: Path, seed: int, shards: int, processes: int) -> Iterator[int]:
    """Make the missing shards; yields each number when it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(str(folder), seed, number) for number in range(shards)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(_job, jobs)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=40, help="of 500 sentences each")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for number in build(options.folder, options.seed, options.shards, options.processes):
        print(f"shard {number + 1} of {options.shards}", flush=True)


if __name__ == "__main__":
    main()

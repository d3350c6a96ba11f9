"""Measure a checkpoint with the ordinary ``openai-whisper`` package, as a reader would use it.

    python -m models.oido.evaluate models/oido/oido.pt                    # the recordings shipped
    python -m models.oido.evaluate models/oido/oido.pt --sentences 200    # many, spoken now

Every recording goes through ``model.transcribe(sound)`` with default settings: no language is given
and time stamps are on. Word error rates are those of jiwer after Whisper's own text normalizers.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jiwer
import torch
import whisper
from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer

from .clips import (
    ANSWERS,
    FOLDER,
    FREE,
    KNOWN_VOICES,
    NEW_VOICES,
    SILENCE,
    Clip,
    answer_clips,
    free_clips,
    grammar_clips,
    read_folder,
    silent_clips,
)
from .grammar import LANGUAGES

SEED = 1
_NORMALIZERS = {"en": EnglishTextNormalizer(), "es": BasicTextNormalizer()}


@dataclass(frozen=True)
class Answer:
    """What the model made of one recording."""

    group: str
    language: str
    voice: str
    text: str
    heard: str
    detected: str
    audio_seconds: float
    compute_seconds: float


@dataclass(frozen=True)
class Score:
    """Figures over several recordings."""

    clips: int
    word_error_rate: float | None
    exact: float
    right_language: float | None
    real_time_factor: float


def normalize(text: str, language: str) -> str:
    """Whisper's normalizer: English spelling and numbers, or plain lower case."""
    return " ".join(_NORMALIZERS[language](text).split())


def listen(model: whisper.Whisper, clips: Iterable[Clip]) -> list[Answer]:
    """Transcribe recordings one by one."""
    warnings.filterwarnings("ignore", message="FP16 is not supported")
    answers = []
    for clip in clips:
        torch.manual_seed(SEED)  # where it is unsure, Whisper throws dice
        begin = time.perf_counter()
        result = model.transcribe(clip.sound)
        spent = time.perf_counter() - begin
        heard, detected = str(result["text"]).strip(), str(result["language"])
        answers.append(
            Answer(
                clip.group,
                clip.language,
                clip.voice,
                clip.text,
                heard,
                detected,
                round(clip.seconds, 2),
                round(spent, 3),
            )
        )
    return answers


def score(answers: list[Answer]) -> Score:
    """Word error rate and company; silent recordings only count as exact or not."""
    spoken = [answer for answer in answers if answer.language]
    rate = right = None
    if spoken:
        wanted = [normalize(answer.text, answer.language) for answer in spoken]
        heard = [normalize(answer.heard, answer.language) for answer in spoken]
        rate = round(float(jiwer.wer(wanted, heard)), 4)
        right = round(sum(a.language == a.detected for a in spoken) / len(spoken), 4)
    exact = sum(answer.text == answer.heard for answer in answers) / len(answers)
    speed = sum(a.compute_seconds for a in answers) / sum(a.audio_seconds for a in answers)
    return Score(len(answers), rate, round(exact, 4), right, round(speed, 4))


def summary(answers: list[Answer]) -> dict[str, Score]:
    """Scores by group and language, and by voice for the held-out voices."""
    parts: dict[str, list[Answer]] = {}
    for answer in answers:
        parts.setdefault(f"{answer.group}, {answer.language or '-'}", []).append(answer)
        if answer.group == NEW_VOICES:
            kind = answer.voice.partition("+")[2] or answer.voice
            parts.setdefault(f"voice {answer.language} {kind}", []).append(answer)
    return {name: score(parts[name]) for name in sorted(parts)}


def fresh_clips(sentences: int, seed: int) -> list[Clip]:
    """Recordings made now: held-out sentences and answers, hand-written sentences, silence."""
    clips: list[Clip] = []
    for language in LANGUAGES:
        clips += grammar_clips(NEW_VOICES, language, sentences, seed)
        clips += grammar_clips(KNOWN_VOICES, language, sentences, seed)
        clips += free_clips(language, seed)
        clips += answer_clips(language, sentences, seed)
    return [*clips, *silent_clips()]


def report(answers: list[Answer]) -> dict[str, Any]:
    """Everything, ready for JSON."""
    return {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "scores": {name: asdict(value) for name, value in summary(answers).items()},
        "answers": [asdict(answer) for answer in answers],
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--sentences", type=int, default=0, help="speak so many per group now")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the results there")
    parser.add_argument("--show", type=int, default=3, help="examples of each group")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = whisper.load_model(str(options.checkpoint), device="cpu")
    clips = fresh_clips(options.sentences, options.seed) if options.sentences else read_folder()
    answers = listen(model, clips)
    for group in (NEW_VOICES, KNOWN_VOICES, FREE, ANSWERS, SILENCE):
        for language in (*LANGUAGES, ""):
            chosen = [a for a in answers if a.group == group and a.language == language]
            for answer in chosen[: options.show]:
                print(f"[{answer.detected}] {answer.text!r} -> {answer.heard!r}")
    print(f"{'':28s} clips    WER  exact  language  real-time factor")
    for name, value in summary(answers).items():
        rate = "    -" if value.word_error_rate is None else f"{value.word_error_rate:5.1%}"
        right = "    -" if value.right_language is None else f"{value.right_language:5.1%}"
        speed = value.real_time_factor
        print(f"{name:28s} {value.clips:5d}  {rate}  {value.exact:5.1%}  {right}  {speed:.3f}")
    if options.json:
        text = json.dumps(report(answers), indent=1, ensure_ascii=False) + "\n"
        options.json.write_text(text, encoding="utf-8")


__all__ = ["FOLDER", "Answer", "Score", "listen", "normalize", "report", "score", "summary"]

if __name__ == "__main__":
    main()

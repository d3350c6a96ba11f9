"""Measure a voice as a reader would use it, through ``TTS.api``: speed, and who understands it.

    python -m models.voz.evaluate models/voz --language en --ear models/oido/oido.pt
    python -m models.voz.evaluate models/voz --language en --ear pocketsphinx

Sentences that training left out are spoken and then written down by a recogniser (the round trip);
the same recogniser also hears the synthesizer that the voice learned from, as the best that can be
expected. ``--ear`` names a Whisper checkpoint or pocketsphinx (English only). What is heard is held
against the sentence as it is written, numbers in digits, because that is what oido writes.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import torch
from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer

from models.oido.clips import write_wav
from models.oido.grammar import Grammar, Sentence, draw
from models.oido.synth import RATE, Samples, Speaker

from .settings import LANGUAGES
from .speech import VOICES

HERE = Path(__file__).resolve().parent
Ear = Callable[[Samples], str]
FULL_SCALE = np.float32(32768)
COQUI_SILENCE = 10_000  # samples that Coqui's synthesizer appends: not counted as speech


@dataclass(frozen=True)
class Trial:
    """One sentence, spoken by the voice and by its teacher, and what was understood.

    ``teacher_heard`` is None when the teacher was not asked.
    ``processor_seconds`` is what one thread worked; on a busy machine ``compute_seconds``, the time
    that passed, is longer.
    """

    group: str
    text: str
    spoken: str
    heard: str
    teacher_heard: str | None
    audio_seconds: float
    compute_seconds: float
    processor_seconds: float


def texts(language: str, count: int) -> list[tuple[str, Sentence]]:
    """Group and text: held-out sentences of the grammar, and sentences written by hand."""
    grammar, rng = Grammar.load(language), random.Random(f"voz-evaluation-{language}")
    drawn: dict[Sentence, None] = {}
    while len(drawn) < count:
        drawn[draw(grammar, rng, test=True)] = None
    free = json.loads((HERE / "free_sentences.json").read_text(encoding="utf-8"))[language]
    return [("grammar", row) for row in drawn] + [("free", Sentence(row, row)) for row in free]


def whisper_ear(checkpoint: Path, language: str) -> Ear:
    """A recogniser from a Whisper checkpoint."""
    import whisper

    model = whisper.load_model(str(checkpoint), device="cpu")

    def hear(sound: Samples) -> str:
        return str(model.transcribe(sound, language=language, fp16=False)["text"]).strip()

    return hear


def pocketsphinx_ear() -> Ear:
    """CMU's recogniser with its English model; a different family from Whisper."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=RATE, loglevel="FATAL")

    def hear(sound: Samples) -> str:
        noise = np.random.default_rng(0).normal(0, 2e-4, len(sound) + RATE // 2)
        noise[RATE // 4 : RATE // 4 + len(sound)] += sound / max(1e-6, np.abs(sound).max()) * 0.7
        decoder.start_utt()
        decoder.process_raw((noise * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        return decoder.hyp().hypstr if decoder.hyp() else ""

    return hear


def load_voice(folder: Path, language: str) -> Any:
    """The voice as a reader loads it."""
    from TTS.api import TTS  # importing takes seconds

    voice = TTS(
        model_path=str(folder / f"voz-{language}.pth"),
        config_path=str(folder / f"voz-{language}.json"),
        progress_bar=False,
        gpu=False,
    )
    voice.tts("one two three.", split_sentences=False)  # the first call is slower
    return voice


def framed(sound: Samples) -> Samples:
    """On the scale -1 to 1, with a quarter of a second of silence at both ends."""
    result: Samples = np.pad(sound / max(1.0, float(np.abs(sound).max())), RATE // 4)
    return result.astype(np.float32)


def try_voice(
    folder: Path,
    language: str,
    hear: Ear,
    chosen: list[tuple[str, Sentence]],
    *,
    teacher: bool = True,
    wavs: Path | None = None,
) -> list[Trial]:
    """Speak and listen; with ``teacher``, let the synthesizer say the same."""
    voice, trials = load_voice(folder, language), []
    speaker = Speaker() if teacher else None
    for number, (group, sentence) in enumerate(chosen):
        begin, worked = time.perf_counter(), time.process_time()
        said = np.asarray(voice.tts(sentence.spoken, split_sentences=False), dtype=np.float32)
        spent, work = time.perf_counter() - begin, time.process_time() - worked
        sound, taught = framed(said), None
        if speaker:
            taught = hear(framed(speaker.say(sentence.spoken, VOICES[language]) / FULL_SCALE))
        if wavs:
            write_wav(wavs / f"{language}-{number:02d}.wav", sound)
        trials.append(
            Trial(
                group,
                sentence.written,
                sentence.spoken,
                hear(sound),
                taught,
                round((len(said) - COQUI_SILENCE) / RATE, 3),
                round(spent, 3),
                round(work, 3),
            )
        )
    return trials


def error_rate(pairs: list[tuple[str, str]], language: str) -> float:
    """Word error rate of (wanted, heard) pairs after Whisper's normalizers."""
    normal = EnglishTextNormalizer() if language == "en" else BasicTextNormalizer()
    wanted, heard = ([normal(pair[side]) for pair in pairs] for side in (0, 1))
    return round(float(jiwer.wer(wanted, heard)), 4)


def round_trip_rate(trials: list[Trial], language: str) -> float:
    """Word error rate of the voice."""
    return error_rate([(trial.text, trial.heard) for trial in trials], language)


def summary(trials: list[Trial], language: str) -> dict[str, Any]:
    """Word error rates of voice and teacher by group, and the real-time factors."""
    result: dict[str, Any] = {}
    for group in dict.fromkeys(trial.group for trial in trials):
        chosen = [trial for trial in trials if trial.group == group]
        rates = {"voice": round_trip_rate(chosen, language)}
        taught = [(t.text, t.teacher_heard) for t in chosen if t.teacher_heard is not None]
        if taught:
            rates["teacher"] = error_rate(taught, language)
        result[group] = {"sentences": len(chosen), "word_error_rate": rates}
    audio = sum(trial.audio_seconds for trial in trials)
    result["real_time_factor"] = round(sum(t.compute_seconds for t in trials) / audio, 3)
    work = sum(trial.processor_seconds for trial in trials)
    result["processor_time_factor"] = round(work / audio, 3)
    return result


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", choices=LANGUAGES, required=True)
    parser.add_argument("--ear", required=True, help="a Whisper checkpoint, or pocketsphinx")
    parser.add_argument("--sentences", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--wavs", type=Path, help="keep the sound in this folder")
    parser.add_argument("--json", type=Path, help="write the results there")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.wavs:
        options.wavs.mkdir(parents=True, exist_ok=True)
    whisper = options.ear != "pocketsphinx"
    hear = whisper_ear(Path(options.ear), options.language) if whisper else pocketsphinx_ear()
    chosen = texts(options.language, options.sentences)
    trials = try_voice(options.folder, options.language, hear, chosen, wavs=options.wavs)
    for trial in trials[:4] + trials[-4:]:
        print(f"{trial.text!r} -> {trial.heard!r} (teacher: {trial.teacher_heard!r})")
    scores = summary(trials, options.language)
    print(json.dumps(scores))
    if options.json:
        rows = [asdict(trial) for trial in trials]
        content = {"ear": Path(options.ear).name, "scores": scores, "trials": rows}
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        options.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Speech to text with `openai-whisper`, from a shipped, a fetched or a given checkpoint."""

from __future__ import annotations

import difflib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from selfhost.errors import KitError
from selfhost.paths import shipped_models
from selfhost.speech import checkpoints, pauses, reading
from selfhost.speech.progress import Progress
from selfhost.speech.sound import RATE, Samples, Sound, package
from selfhost.speech.transcript import Segment, Transcript

OIDO = "oido"
BLOCK = 150.0  # seconds held in memory at once: five of Whisper's windows
_WINDOW = 30.0  # seconds that Whisper sees at once
_PROMPT = 200  # characters of the text so far that the next block is told

#: A file, a `Sound`, or samples at 16 kHz as Whisper takes them.
Wav = str | os.PathLike[str] | Sound | Samples


@dataclass(frozen=True)
class Ear:
    """A loaded model. `one_sentence`: it learned from single sentences and wants one at a time."""

    name: str
    model: Any
    one_sentence: bool


def transcribe(
    wav: Wav,
    language: str | None = None,
    model: str | Path | None = None,
    *,
    split: bool | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Transcript:
    """The text of a recording, however long.

    `language`: a code or an English name ("es", "Spanish"); None: detected. `model`: None for the
    shipped oido, a name of Whisper's ("tiny", fetched when missing) or a checkpoint. `split`:
    give the model one sentence at a time, cut at pauses (None: only where the model needs it).
    `options` go to `whisper.transcribe`: temperature, beam_size, initial_prompt, ...

    Raises `KitError`: bad file, unknown language, model or option, no network.
    """
    code = language_code(language)
    heard = ear(model)
    total, source = _source(wav)
    begin = time.perf_counter()
    segments: list[Segment] = []
    raw: list[dict[str, Any]] = []
    seconds, known = 0.0, code
    for start, block in pauses.blocks(source, BLOCK):
        seconds = start + len(block) / RATE
        for offset, piece in _utterances(block, heard.one_sentence if split is None else split):
            result = _ask(heard, piece, known, _prompt(segments, heard, options))
            raw.append(result)
            segments += _segments(result, start + offset)
            if code is None and not heard.one_sentence:
                known = str(result["language"])  # as Whisper does: the first window decides
        if progress is not None:
            progress("transcribing", seconds, total)
    if not seconds:
        raise KitError("The recording holds no sound: its length is zero.", "record it again")
    spent = time.perf_counter() - begin
    text = " ".join(each.text for each in segments if each.text)
    said = _language(segments) or code or (str(raw[0]["language"]) if raw else "")
    return Transcript(text, said, tuple(segments), seconds, spent, heard.name, tuple(raw))


def ear(model: str | Path | None = None) -> Ear:
    """A recogniser, loaded once per process and file. Raises `KitError`."""
    path = checkpoint(model)
    stat = path.stat()
    return _load(path, stat.st_mtime_ns, str(model) if model is not None else OIDO)


def checkpoint(model: str | Path | None = None) -> Path:
    """The file of a model: shipped, fetched, or given. Raises `KitError`."""
    if model is None or str(model) == OIDO:
        path = shipped_models() / "oido" / "oido.pt"
        if not path.is_file():
            raise KitError(
                "The shipped recogniser models/oido/oido.pt is missing from this checkout.",
                "git checkout -- models/oido",
            )
        return path
    if Path(model).suffix in (".pt", ".pth", ".safetensors") or Path(model).is_file():
        if not Path(model).is_file():
            raise KitError(f"There is no checkpoint {model}.", "check the name and the folder")
        return Path(model)
    from selfhost.speech import hub

    return hub.whisper_file(str(model))


@lru_cache(maxsize=2)
def _load(path: Path, _changed: int, name: str) -> Ear:
    shipped = path.resolve().parent == (shipped_models() / "oido").resolve()
    model = checkpoints.whisper_model(path)
    heads = package("whisper", "openai-whisper")._ALIGNMENT_HEADS.get(name)
    if heads is not None:
        model.set_alignment_heads(heads)  # which heads tell the time of a word
    return Ear(name, model, shipped)


def language_code(language: str | None) -> str | None:
    """'Spanish', 'es', 'ES' -> 'es'. Raises `KitError` for what Whisper does not know."""
    if language is None:
        return None
    known = package("whisper", "openai-whisper").tokenizer
    word = language.strip().lower()
    word = {"español": "es", "castellano": "es", "inglés": "en"}.get(word, word)
    code = word if word in known.LANGUAGES else known.TO_LANGUAGE_CODE.get(word)
    if code is None:
        close = difflib.get_close_matches(word, [*known.TO_LANGUAGE_CODE, *known.LANGUAGES], n=1)
        hint = f"did you mean {close[0]!r}?" if close else "use a code such as es or en"
        raise KitError(f"Whisper knows no language {language!r}.", hint)
    return str(code)


def _source(wav: Wav) -> tuple[float | None, Iterator[Samples]]:
    """Seconds in all, where they are known, and the samples at 16 kHz, piece by piece."""
    if isinstance(wav, Sound):
        sound = wav.at(RATE)
        return sound.seconds, iter([sound.samples])
    if isinstance(wav, np.ndarray):
        if wav.ndim != 1 or not np.issubdtype(wav.dtype, np.floating):
            raise KitError(
                f"Samples must be one row of decimal numbers at {RATE} Hz, not {wav.dtype} of "
                f"shape {wav.shape}.",
                "speech.read(file).samples",
            )
        return len(wav) / RATE, iter([wav.astype(np.float32, copy=False)])
    about = reading.facts(Path(wav))
    return about.seconds, reading.pieces(about)


def _utterances(block: Samples, split: bool) -> Iterator[tuple[float, Samples]]:
    """(seconds from the block's start, samples) of what the model is given at once."""
    if not split:
        yield 0.0, block
        return
    found = pauses.utterances(block)
    if len(found) <= 1 and len(block) <= _WINDOW * RATE:
        yield 0.0, block  # one sentence: exactly what the bare library would be given
        return
    for first, last in found:
        yield first / RATE, block[first:last]


def _prompt(segments: list[Segment], heard: Ear, options: dict[str, Any]) -> dict[str, Any]:
    """Tell a later block what was said before, as Whisper itself does from window to window."""
    follows = options.get("condition_on_previous_text", True) and not heard.one_sentence
    if not segments or not follows:
        return options
    tail = " ".join(each.text for each in segments[-8:])[-_PROMPT:]
    return {**options, "initial_prompt": tail}


def _ask(
    heard: Ear, samples: Samples, language: str | None, options: dict[str, Any]
) -> dict[str, Any]:
    """The bare library, once."""
    try:
        result = heard.model.transcribe(
            samples, language=language, fp16=False, verbose=None, **options
        )
    except TypeError as error:
        words = str(error)
        if "unexpected keyword" in words:
            name = words.rpartition("'")[0].rpartition("'")[2]
            raise KitError(
                f"Whisper has no option {name!r}.", "whisper --help lists its options"
            ) from error
        raise
    return dict(result)


def _segments(result: dict[str, Any], offset: float) -> list[Segment]:
    return [
        Segment(
            round(offset + each["start"], 2),
            round(offset + each["end"], 2),
            each["text"].strip(),
            str(result["language"]),
            float(each["avg_logprob"]),
            float(each["temperature"]),
            float(each["no_speech_prob"]),
        )
        for each in result["segments"]
        if each["text"].strip()
    ]


def _language(segments: list[Segment]) -> str:
    """The language that is spoken longest."""
    spans: dict[str, float] = {}
    for each in segments:
        spans[each.language] = spans.get(each.language, 0.0) + each.end - each.start
    return max(spans, key=lambda code: spans[code]) if spans else ""

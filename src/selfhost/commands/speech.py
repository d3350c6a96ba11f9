"""`selfhost speech ...`: hear a recording, say a text, measure a transcript, list what is there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from selfhost.console import columns, size
from selfhost.errors import KitError

HELP = "speech to text and text to speech: transcribe, speak, wer, models, voices"


def configure(parser: argparse.ArgumentParser) -> None:
    """One subcommand per task."""
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    hear = tasks.add_parser("transcribe", help="write down what a recording says")
    hear.add_argument("audio", help="WAV, FLAC, OGG, MP3; with ffmpeg nearly everything")
    hear.add_argument("--language", help="code or name; default: detected")
    hear.add_argument("--model", help="oido (default), tiny … turbo, or a checkpoint's path")
    hear.add_argument("--format", choices=["text", "srt", "vtt"], default="text")
    hear.add_argument("--output", type=Path, metavar="FILE", help="write it there")
    say = tasks.add_parser("speak", help="say a text, as a WAV file")
    say.add_argument("text", help="the text; - reads it from standard input")
    say.add_argument("--language", default="en", help="default: en")
    say.add_argument("--voice", help="voz (default), espeak-ng, flite, tts_models/…, a checkpoint")
    say.add_argument("--speed", type=float, default=1.0)
    say.add_argument("--output", type=Path, default=Path("speech.wav"), metavar="FILE")
    rate = tasks.add_parser("wer", help="word error rate of a transcript")
    rate.add_argument("said", help="what was said, or a text file with it")
    rate.add_argument("heard", help="what was heard, or a text file with it")
    rate.add_argument("--language", default="en", help="for the normalizer; default: en")
    tasks.add_parser("models", help="recognisers by name, and which are on this machine")
    voices = tasks.add_parser("voices", help="voices by name, with licence")
    voices.add_argument("--language", help="only this one")


def run(args: argparse.Namespace) -> Any:
    """The result of one task, as JSON would have it."""
    result: dict[str, Any] = {"task": args.task, **_TASKS[args.task](args)}
    return result


def text(result: Any) -> str:
    """For people."""
    if result["task"] == "transcribe":
        return str(result["output"] or result["written"])
    if result["task"] == "speak":
        return "\n".join([f"{result['file']}: {result['seconds']} s, {result['voice']}",
                          *result["notes"]])  # fmt: skip
    if result["task"] == "wer":
        steps = "\n".join(
            f"{each['kind']}: {each['said'] or '(nothing)'} -> {each['heard'] or '(nothing)'}"
            for each in result["errors"]
        )
        head = f"word error rate {result['wer']:.1%}, character error rate {result['cer']:.1%}"
        return f"{head}\n{steps}".rstrip()
    return columns([list(each.values()) for each in result["rows"]])


def _transcribe(args: argparse.Namespace) -> dict[str, Any]:
    from selfhost import speech
    from selfhost.speech.progress import Estimate

    # A bar only where somebody looks, or where the file is long enough to make one wonder.
    length = speech.facts(args.audio).seconds or 0.0
    told = Estimate() if sys.stderr.isatty() or length > 300 else None
    heard = speech.transcribe(args.audio, args.language, args.model, progress=told)
    written = {"text": lambda: heard.text, "srt": heard.srt, "vtt": heard.vtt}[args.format]()
    output = None
    if args.output is not None:
        from selfhost.files import write_atomically

        try:
            write_atomically(args.output, written + "\n")
        except OSError as error:
            raise KitError(
                f"{args.output} cannot be written ({error.strerror or error}).",
                "choose another folder",
            ) from error
        output = str(args.output)
    return {**heard.as_dict(), "written": written, "output": output}


def _speak(args: argparse.Namespace) -> dict[str, Any]:
    from selfhost import speech
    from selfhost.speech.progress import Estimate

    words = sys.stdin.read() if args.text == "-" else args.text
    told = Estimate() if sys.stderr.isatty() else None
    sound = speech.speak(words, args.language, args.voice, speed=args.speed, progress=told)
    path = sound.save(args.output)
    return {
        "file": str(path),
        "seconds": round(sound.seconds, 2),
        "rate": sound.rate,
        "voice": sound.voice,
        "notes": list(sound.notes),
    }


def _wer(args: argparse.Namespace) -> dict[str, Any]:
    from selfhost import speech

    said, heard = _words(args.said), _words(args.heard)
    try:
        rates = {
            "wer": speech.wer(said, heard, args.language),
            "cer": speech.cer(said, heard, args.language),
        }
    except ValueError as error:
        raise KitError(f"There is no rate: {error}.", "give the text that was said") from error
    steps = [vars(each) for each in speech.differences(said, heard, args.language)]
    return {**rates, "errors": [each for each in steps if each["kind"] != "equal"]}


def _words(given: str) -> str:
    """A text, or the content of the file that it names."""
    try:
        path = Path(given)
        if path.suffix in (".txt", ".srt", ".vtt") and path.is_file():
            return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise KitError(f"{given} cannot be read as UTF-8 text ({error}).") from error
    return given


def _models(_args: argparse.Namespace) -> dict[str, Any]:
    from selfhost.speech import hub
    from selfhost.speech.hearing import checkpoint
    from selfhost.speech.whispers import SIZES

    shipped = checkpoint()
    rows = [{"name": "oido", "size": size(shipped.stat().st_size), "here": "shipped"}]
    for each in SIZES:
        path = hub.whisper_folder() / each.file
        there = path.is_file()
        rows.append({
            "name": each.name,
            "size": size(path.stat().st_size) if there else f"{each.million} M parameters",
            "here": "yes" if there else "fetched when asked for",
        })
    return {"rows": rows}


def _voices(args: argparse.Namespace) -> dict[str, Any]:
    from selfhost.speech import hub
    from selfhost.speech.speaking import LANGUAGES, available

    rows = [
        {"name": name, "language": code, "licence": "Apache-2.0" if name == "voz" else "program",
         "here": "yes"}
        for code in LANGUAGES
        for name in available(code)
    ]  # fmt: skip
    for name, entry in hub.coqui_catalogue().items():
        if name.startswith("tts_models/"):
            here = (hub.coqui_folder(name) / "config.json").is_file()
            rows.append({
                "name": name,
                "language": name.split("/")[1],
                "licence": str(entry.get("license") or "unknown"),
                "here": "yes" if here else "fetched when asked for",
            })
    asked = args.language
    return {"rows": [each for each in rows if asked in (None, each["language"])]}


_TASKS = {
    "transcribe": _transcribe,
    "speak": _speak,
    "wer": _wer,
    "models": _models,
    "voices": _voices,
}

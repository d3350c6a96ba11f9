"""What the kit's layer costs over the bare libraries, on the same file and the same text.

    python -m benchmarks.speech                  # 15 alternating repeats
    python -m benchmarks.speech --repeats 5 --json build/bench/speech.json

*Bare*: `whisper` from a file through ffmpeg (as `model.transcribe("speech.wav")` does), the same
from samples in memory, and Coqui's `Synthesizer.tts`. *Ours*: `speech.transcribe(path)` and
`speech.speak(text)`. One thread; the three take turns, so that a busy moment meets all of them.
CPU seconds of this process beside seconds on the wall. (ffmpeg is another process, whose CPU time
is not in the first column.) Two runs of the same code differ by some percent on a busy machine,
more than the layer costs; so the last line of each part times the library *inside* our call and
gives what is left over.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selfhost import speech
from selfhost.speech import coqui, hearing

TEXT = "What is the capital of France?"


def clock(call: Callable[[], Any]) -> tuple[float, float]:
    """(CPU seconds, seconds on the wall) of one call."""
    cpu, wall = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - cpu, time.perf_counter() - wall


def take_turns(
    calls: dict[str, Callable[[], Any]], repeats: int
) -> dict[str, list[tuple[float, float]]]:
    """Every call once in each round; a round before is not counted."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for number in range(repeats + 1):
        names = list(calls) if number % 2 else list(reversed(calls))
        for name in names:
            times = clock(calls[name])
            if number:
                found[name].append(times)
    return found


def hearing_calls(path: Path) -> tuple[dict[str, Callable[[], Any]], float]:
    """Ways to transcribe a file, and its seconds."""
    model = hearing.ear().model
    sound = speech.read(path)
    options: dict[str, Any] = {"language": "es", "fp16": False, "temperature": 0.0}
    calls: dict[str, Callable[[], Any]] = {
        "whisper, samples": lambda: model.transcribe(sound.samples, **options),
        "ours, file": lambda: speech.transcribe(path, "es", temperature=0.0),
    }
    if shutil.which("ffmpeg"):
        calls["whisper, file (ffmpeg)"] = lambda: model.transcribe(str(path), **options)
    return calls, sound.seconds


def speaking_calls() -> tuple[dict[str, Callable[[], Any]], float]:
    """Ways to speak a sentence, and its seconds."""
    synthesizer = coqui.load(coqui.files("voz", "en"))
    calls: dict[str, Callable[[], Any]] = {
        "coqui": lambda: synthesizer.tts(TEXT, split_sentences=False),
        "ours": lambda: speech.speak(TEXT, "en"),
    }
    return calls, speech.speak(TEXT, "en").seconds


class Inside:
    """CPU seconds spent inside a library's function, while it is called by our layer."""

    def __init__(self, owner: Any, name: str) -> None:
        self.owner, self.name, self.seconds = owner, name, 0.0
        self.real = getattr(owner, name)

    def __enter__(self) -> Inside:
        def timed(*args: Any, **options: Any) -> Any:
            begin = time.process_time()
            try:
                return self.real(*args, **options)
            finally:
                self.seconds += time.process_time() - begin

        setattr(self.owner, self.name, timed)
        return self

    def __exit__(self, *_: object) -> None:
        delattr(self.owner, self.name)  # the class's own method shows again


def own_share(owner: Any, name: str, call: Callable[[], Any], repeats: int) -> float:
    """The layer's own CPU time per CPU time of the library inside it."""
    call()
    with Inside(owner, name) as library:
        begin = time.process_time()
        for _ in range(repeats):
            call()
        whole = time.process_time() - begin
    return (whole - library.seconds) / library.seconds


def table(found: dict[str, list[tuple[float, float]]], seconds: float, bare: str) -> str:
    """Medians and shares as a table in Markdown."""
    base = statistics.median(cpu for cpu, _ in found[bare])
    head = "| what | CPU s | wall s | real-time factor | CPU against bare |"
    lines = [f"{seconds:.2f} s of sound", "", head, "| --- | --- | --- | --- | --- |"]
    for name, times in found.items():
        cpu, wall = (statistics.median(column) for column in zip(*times, strict=True))
        lines.append(f"| {name} | {cpu:.4f} | {wall:.4f} | {wall / seconds:.3f} | "
                     f"{cpu / base - 1:+.1%} |")  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    path = next(c.path for c in speech.recordings("es", "new voices") if "Linux" in c.text)
    result: dict[str, Any] = {}
    for name, (calls, seconds), bare, ours, inside in (
        ("hearing", hearing_calls(path), "whisper, samples", "ours, file",
         (hearing.ear().model, "transcribe")),
        ("speaking", speaking_calls(), "coqui", "ours",
         (coqui.load(coqui.files("voz", "en")).tts_model, "synthesize")),
    ):  # fmt: skip
        found = take_turns(calls, options.repeats)
        share = own_share(*inside, calls[ours], options.repeats)
        result[name] = {"times": found, "own_share": share}
        print(f"\n{name}: {table(found, seconds, bare)}")
        print(f"\nthe layer's own work: {share:.2%} of the library's", flush=True)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""The listening pages of oido and voz: for each recording its sound, its picture, and the words.

    python -m models.listening oido                 # from evaluation/ and evaluation.json
    python -m models.listening voz --wavs FOLDER    # FOLDER: what models.voz.evaluate --wavs kept

writes ``listening.png`` (for the card), ``listening.html`` (opens in a browser, plays, needs no
network) and ``loss.png`` into the model's folder; for voz it also copies the chosen recordings to
``samples/``.
"""

from __future__ import annotations

import argparse
import base64
import html
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from .oido.clips import read_wav
from .oido.synth import RATE

HERE = Path(__file__).resolve().parent
BLUE, ORANGE = "#0072B2", "#D55E00"
SHOWN = 6
VOZ_SENTENCES = {"grammar": 3, "free": 2}
COLOURS = 48
STYLE = """
body { font: 16px/1.45 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
figure { margin: 0 0 2rem } img { width: 100%; height: auto } audio { width: 100% }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .3rem 0 }
dt { color: #555 } dd { margin: 0 }
"""


@dataclass(frozen=True)
class Row:
    """A recording: its file (below the model's folder), its language, and named lines of text."""

    file: str
    language: str
    lines: dict[str, str]


def _spectrogram(axes: Any, path: Path) -> None:
    sound = read_wav(path)
    axes.specgram(sound + 1e-6, NFFT=400, Fs=RATE, noverlap=240, cmap="magma", vmin=-160)
    axes.set_ylabel("frequency (Hz)", fontsize=8)
    axes.tick_params(labelsize=7)


def picture(folder: Path, rows: list[Row], title: str) -> None:
    """``listening.png``: some recordings below each other."""
    count = min(SHOWN, len(rows))
    shown = [rows[index * len(rows) // count] for index in range(count)]
    figure, grid = plt.subplots(len(shown), 1, figsize=(8, 2.1 * len(shown)))
    for axes, row in zip(grid, shown, strict=True):
        _spectrogram(axes, folder / row.file)
        text = "\n".join(f"{name}: {line}" for name, line in row.lines.items())
        axes.set_title(text, fontsize=9, loc="left")
    grid[-1].set_xlabel("time (seconds)", fontsize=8)
    figure.suptitle(title, fontsize=11)
    figure.tight_layout()
    figure.savefig(folder / "listening.png", dpi=70)
    plt.close(figure)


def _small_png(path: Path) -> str:
    """Picture of one recording, few colours, as a data address."""
    from PIL import Image

    figure, axes = plt.subplots(figsize=(8, 1.9), layout="constrained")
    _spectrogram(axes, path)
    axes.set_xlabel("time (seconds)", fontsize=8)
    drawn, packed = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=75)
    plt.close(figure)
    few = Image.open(drawn).convert("RGB").quantize(COLOURS)
    few.save(packed, format="png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode("ascii")


def page(folder: Path, rows: list[Row], title: str, introduction: str) -> None:
    """``listening.html``: every recording with a player, its picture and its lines of text."""
    parts = []
    for row in rows:
        said = html.escape(next(iter(row.lines.values())))
        lines = "".join(
            f"<dt>{html.escape(name)}</dt><dd>{html.escape(line) or '(nothing)'}</dd>"
            for name, line in row.lines.items()
        )
        parts.append(
            f'<figure lang="{row.language or "en"}">\n'
            f'<img src="{_small_png(folder / row.file)}" alt="Spectrogram of: {said}">\n'
            f'<audio controls preload="none" src="{html.escape(row.file)}"></audio>\n'
            f"<figcaption><dl>{lines}</dl></figcaption></figure>"
        )
    text = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style></head>\n"
        f"<body><h1>{html.escape(title)}</h1>\n<p>{html.escape(introduction)}</p>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )
    (folder / "listening.html").write_text(text, encoding="utf-8", newline="\n")


def read_log(path: Path) -> list[dict[str, float]]:
    """Entries of a training log."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def curves(path: Path, lines: dict[str, tuple[list[float], list[float]]], what: str) -> None:
    """Loss against minutes, one line for each name."""
    figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    looks = ((BLUE, "-"), (ORANGE, "--"))
    for (name, (minutes, values)), (colour, style) in zip(lines.items(), looks, strict=False):
        axes.plot(minutes, values, color=colour, linestyle=style, label=name)
    axes.set_yscale("log")
    axes.set_xlabel("training time (minutes on one CPU thread of a busy machine)")
    axes.set_ylabel(what)
    axes.set_title(f"{path.parent.name}: training loss")
    axes.legend()
    axes.grid(alpha=0.3, which="both")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def oido() -> None:
    """Everything for oido."""
    folder = HERE / "oido"
    report = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    table = json.loads((folder / "evaluation" / "clips.json").read_text(encoding="utf-8"))
    rows = [
        Row(
            f"evaluation/{clip['file']}",
            clip["language"],
            {"said": clip["text"], "heard": answer["heard"], "voice": clip["voice"]},
        )
        for clip, answer in zip(table, report["answers"], strict=True)
    ]
    spoken = [row for row in rows if row.language]
    shown = [Row(row.file, row.language, dict(list(row.lines.items())[:2])) for row in spoken]
    title = "oido: recordings with new sentences and new voices"
    picture(folder, shown, title)
    page(
        folder, rows, title,
        "All recordings that lie in evaluation/, with what oido wrote down. Made from "
        "evaluation.json by python -m models.listening oido.",
    )  # fmt: skip
    log = read_log(folder / "training_log.jsonl")
    minutes = [row["minutes"] for row in log]
    lines = {
        "tokens (what is shipped)": (minutes, [row["token"] for row in log]),
        "characters (CTC, a help in training)": (minutes, [row["character"] for row in log]),
    }
    curves(folder / "loss.png", lines, "loss (nats per token or character)")


def _voz_rows(folder: Path, wavs: Path | None) -> list[Row]:
    """Some sentences of each language; copies their recordings when ``wavs`` is given."""
    rows = []
    samples = folder / "samples"
    samples.mkdir(exist_ok=True)
    for language in ("en", "es"):
        path = folder / f"evaluation-{language}.json"
        trials = json.loads(path.read_text(encoding="utf-8"))["trials"]
        for group, count in VOZ_SENTENCES.items():
            numbers = [n for n, trial in enumerate(trials) if trial["group"] == group]
            for number in numbers[:count]:
                name = f"{language}-{number:02d}.wav"
                if wavs:
                    shutil.copyfile(wavs / name, samples / name)
                trial = trials[number]
                lines = {"said": trial["text"], "heard by oido": trial["heard"]}
                rows.append(Row(f"samples/{name}", language, lines))
    return rows


def voz(wavs: Path | None) -> None:
    """Everything for voz."""
    folder = HERE / "voz"
    rows = _voz_rows(folder, wavs)
    title = "voz: sentences that it was not trained on"
    picture(folder, rows, title)
    page(
        folder, rows, title,
        "The first sentences of each evaluation (three of the grammar, two written by hand), as "
        "the voice said them there and as oido wrote them down. Made from evaluation-en.json and "
        "evaluation-es.json by python -m models.listening voz.",
    )  # fmt: skip
    logs = {name: read_log(folder / f"training_log-{name}.jsonl") for name in ("en", "es")}
    lines = {
        label: ([row["minutes"] for row in logs[name]], [row["absolute"] for row in logs[name]])
        for name, label in (("en", "English"), ("es", "Spanish"))
    }
    curves(folder / "loss.png", lines, "mean error of the sound picture\n(scale of 8 = 100 dB)")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("model", choices=("oido", "voz"))
    parser.add_argument("--wavs", type=Path, help="recordings that the evaluation of voz kept")
    options = parser.parse_args()
    if options.model == "oido":
        oido()
    else:
        voz(options.wavs)


if __name__ == "__main__":
    main()

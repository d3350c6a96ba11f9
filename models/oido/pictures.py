"""Draw the training curve and the listening page of the card.

    python -m models.oido.pictures models/oido

reads ``training_log.jsonl`` and ``evaluation.json`` there and writes ``loss.png`` and
``listening.png``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from .clips import FOLDER, read_wav
from .synth import RATE

BLUE, ORANGE = "#0072B2", "#D55E00"
SHOWN = 6


def loss_curve(folder: Path) -> None:
    """Token and character loss against time."""
    lines = (folder / "training_log.jsonl").read_text(encoding="utf-8").splitlines()
    log = [json.loads(line) for line in lines]
    minutes = [row["minutes"] for row in log]
    figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    axes.plot(minutes, [row["token"] for row in log], color=BLUE, label="tokens (what is shipped)")
    axes.plot(
        minutes,
        [row["character"] for row in log],
        color=ORANGE,
        linestyle="--",
        label="characters (CTC, a help in training)",
    )
    axes.set_yscale("log")
    axes.set_xlabel("training time (minutes on one CPU thread)")
    axes.set_ylabel("loss (nats per token or character)")
    axes.set_title("oido: training loss")
    axes.legend()
    axes.grid(alpha=0.3, which="both")
    figure.savefig(folder / "loss.png", dpi=110)
    plt.close(figure)


def listening_page(folder: Path) -> None:
    """Spectrograms of some shipped recordings with what was said and what was heard."""
    report = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    table = json.loads((FOLDER / "clips.json").read_text(encoding="utf-8"))
    pairs = list(zip(table, report["answers"], strict=True))
    pairs = [pair for pair in pairs if pair[0]["language"]]
    chosen = pairs[:: max(1, len(pairs) // SHOWN)][:SHOWN]
    figure, grid = plt.subplots(len(chosen), 1, figsize=(8, 2.1 * len(chosen)))
    for axes, (clip, answer) in zip(grid, chosen, strict=True):
        sound = read_wav(FOLDER / clip["file"])
        axes.specgram(sound + 1e-6, NFFT=400, Fs=RATE, noverlap=240, cmap="magma", vmin=-160)
        said, heard = f"said: {clip['text']}", f"heard: {answer['heard']}"
        axes.set_title(f"{said}\n{heard}", fontsize=9, loc="left")
        axes.set_ylabel("frequency (Hz)", fontsize=8)
        axes.tick_params(labelsize=7)
    grid[-1].set_xlabel("time (seconds)", fontsize=8)
    figure.suptitle("oido: recordings with new sentences and new voices", fontsize=11)
    figure.tight_layout()
    figure.savefig(folder / "listening.png", dpi=70)
    plt.close(figure)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    loss_curve(options.folder)
    listening_page(options.folder)


if __name__ == "__main__":
    main()

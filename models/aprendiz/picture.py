# SPDX-License-Identifier: MIT
"""Draw the loss of the training logs.

python -m models.aprendiz.picture    # writes loss.png
"""

from __future__ import annotations

import json
from pathlib import Path

from .scoring import HERE

LOGS = {
    "stage 1": HERE / "stage1" / "train_log.jsonl",
    "stages 2 to 5": HERE / "train_log.jsonl",
}

TICKS = (0.2, 0.3, 0.5, 1, 2, 5)


def points(log: Path, key: str) -> tuple[list[float], list[float]]:
    """Tokens (in millions) and values of ``key``, over all runs of a log one after another."""
    tokens: list[float] = []
    values: list[float] = []
    before = last = 0.0
    for line in log.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "tok" not in entry:
            continue
        if entry["tok"] < last:  # the next stage counts from zero
            before += last
        last = entry["tok"]
        if key in entry:
            tokens.append((before + last) / 1e6)
            values.append(entry[key])
    return tokens, values


def draw(path: Path) -> None:
    """One panel per log: training loss, and loss on text that was not trained on."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for panel, (name, log) in zip(panels, LOGS.items(), strict=True):
        panel.plot(*points(log, "loss"), color="#0072B2", label="training text")
        panel.plot(*points(log, "eval"), "o", color="#D55E00", label="other text of the mix")
        panel.set(title=name, xlabel="tokens (millions)", ylabel="loss (nats per token)")
        panel.set_yscale("log")
        panel.set_yticks(TICKS, [str(t) for t in TICKS])
        panel.minorticks_off()
        panel.legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    draw(HERE / "loss.png")

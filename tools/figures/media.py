"""Figures about speech: one recording of the shipped listener's evaluation, and its answers."""

from __future__ import annotations

import json
import wave
from typing import TYPE_CHECKING, Any

from tools.figures import style
from tools.figures.words import kept, language, number, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OIDO = style.ROOT / "models" / "oido"
RATE = 16_000
RECORDING = {"en": 1, "es": 13}  # which of the evaluation's recordings each language shows


def _clip(place: int) -> tuple[Any, dict[str, Any]]:
    import numpy as np

    answers = json.loads((OIDO / "evaluation.json").read_text(encoding="utf-8"))["answers"]
    [path] = sorted((OIDO / "evaluation").glob(f"{place:02}-*.wav"))
    with wave.open(str(path)) as file:
        if file.getframerate() != RATE or file.getnchannels() != 1:
            raise ValueError(f"{path.name} is not 16 kHz mono")
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    return sound, answers[place]


def spectrogram() -> tuple[Figure, str]:
    """From pressure over time to loudness over time and pitch: what Whisper is given."""
    import numpy as np

    sound, answer = _clip(RECORDING[language()])
    quoted = say("“{text}”", text=kept(answer["text"]))
    frames = np.lib.stride_tricks.sliding_window_view(sound, 400)[::160] * np.hanning(400)
    power = np.abs(np.fft.rfft(frames)) ** 2
    # 80 bands, equally wide in mel = 2595 log10(1 + f / 700) (O'Shaughnessy 1987).
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8000 / 700), 82) / 2595) - 1)
    hertz = np.linspace(0, RATE / 2, power.shape[1])
    bank = np.array([np.interp(hertz, edges[n : n + 3], (0, 1, 0)) for n in range(80)])
    level = np.log10(np.maximum(power @ bank.T, 1e-10))
    level = np.maximum(level, level.max() - 8).T
    fig, (top, bottom) = style.figure(11.6, 5.2, nrows=2, height_ratios=(1, 2.2), sharex=True)
    seconds = len(sound) / RATE
    top.plot(np.arange(len(sound)) / RATE, sound, color=style.BLUE, lw=0.4, rasterized=True)
    top.set_ylabel(say("pressure"))
    top.set_yticks([])
    top.set_title(quoted, loc="left", fontsize=19)
    bottom.imshow(level, origin="lower", aspect="auto", cmap="cividis", extent=(0, seconds, 0, 80))
    bottom.set_ylabel(say("80 bands, low to high"))
    bottom.set_yticks([])
    bottom.set_xlabel(say("seconds"))
    return fig, say(
        "Two pictures of one recording of {seconds:.1f} seconds, {quoted}: the sound wave, "
        "and below it how loud each of 80 bands of pitch is at each moment.",
        seconds=seconds, quoted=quoted,
    )  # fmt: skip


def word_errors() -> tuple[Figure, str]:
    """What was said and heard, word by word, for one real answer with errors."""
    from selfhost.speech.scoring import differences

    answers = json.loads((OIDO / "evaluation-fresh.json").read_text(encoding="utf-8"))["answers"]
    wrong = []
    for answer in answers:
        if answer["language"] == language() and answer["group"].endswith("voices"):
            steps = differences(answer["text"], answer["heard"])
            bad = sum(step.kind != "equal" for step in steps)
            if 6 <= len(steps) <= 9 and 1 <= bad <= 3:
                wrong.append((-len({s.kind for s in steps}), -bad, answer["text"], answer, steps))
    _, minus, _, answer, steps = min(wrong, key=lambda row: row[:3])
    said = sum(step.kind != "insert" for step in steps)
    fig, ax = style.blank(11.6, 3.9)
    width = min(1.7, 10.2 / len(steps))
    for row, label in ((2.5, "said"), (1.3, "heard")):
        ax.text(0.1, row + 0.35, say(label), fontsize=18, weight="semibold", va="center")
    kinds = {kind: say(kind) for kind in ("substitute", "delete", "insert")}
    for n, step in enumerate(steps):
        x, fine = 1.15 + width * n, step.kind == "equal"
        for row, word in ((2.5, step.said), (1.3, step.heard)):
            look = {} if fine else {"face": "#f9dfd0", "edge": style.RED}
            style.box(ax, x, row, width - 0.04, 0.72, kept(word or "–"), fontsize=15.5, **look)
        if not fine:
            ax.text(
                x + width / 2,
                1.05,
                kinds[step.kind],
                ha="center",
                va="top",
                fontsize=14.5,
                color="#a8430a",
            )
    rate = -minus / said
    words = say("{wrong} wrong of {said} words said: word error rate {rate:.0%}",
                wrong=-minus, said=said, rate=rate)  # fmt: skip
    ax.text(0.1, 0.25, words, fontsize=19)
    return fig, say(
        "Said: “{text}”. Heard: “{heard}”. Word by word, {wrong} of {said} words are wrong, a word "
        "error rate of {rate:.0%}.", text=kept(answer["text"]), heard=kept(answer["heard"]),
        wrong=-minus, said=said, rate=rate,
    )  # fmt: skip


def listening() -> tuple[Figure, str]:
    """Word error rates of the shipped listener by what it is given."""
    scores = json.loads((OIDO / "evaluation-fresh.json").read_text(encoding="utf-8"))["scores"]
    names = {
        "known voices": "new sentences,\nvoices it knows",
        "new voices": "new sentences,\nnew voices",
        "free": "sentences unlike\nits training",
    }
    fig, ax = style.figure(11.6, 4.7)
    said = []
    spoken = (("en", "English", style.BLUE), ("es", "Spanish", style.ORANGE))
    for n, (code, label, colour) in enumerate(spoken):
        values = [100 * scores[f"{group}, {code}"]["word_error_rate"] for group in names]
        places = [x + 0.37 * (n - 0.5) for x in range(len(names))]
        ax.bar(places, values, 0.35, color=colour, label=say(label))
        for x, value in zip(places, values, strict=True):
            ax.text(x, value + 0.8, number(value, ".0f") + " %", ha="center", fontsize=17)
        listed = (f"{say(g)} {number(v, '.0f')} %" for g, v in zip(names, values, strict=True))
        said.append(f"{kept(code)}: " + ", ".join(listed))
    ax.set_xticks(range(len(names)), [say(words) for words in names.values()], fontsize=17)
    ax.yaxis.set_visible(False)
    ax.spines["left"].set_visible(False)
    ax.legend(frameon=False, fontsize=16, loc="upper left")
    return fig, say(
        "Bars: word error rate of the kit's listener, aprendiz-oido. {said}.", said="; ".join(said)
    )


FIGURES = {"spectrogram": spectrogram, "word-errors": word_errors, "listening": listening}

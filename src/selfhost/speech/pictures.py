"""Pictures of sound: wave, spectrogram, what Whisper sees, alignments, errors, time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from selfhost import show
from selfhost.speech.sound import RATE, Sound, package

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAP = "magma"  # dark to light, one direction: readable without colours too
STEP = 0.01  # seconds per column of Whisper's picture


def waveform(sound: Sound, title: str, zoom: tuple[float, float] | None = None) -> Figure:
    """The samples over time; with `zoom` (seconds) a second panel of single samples."""
    fig, axes = show.figure(8.4, 2.6, columns=2 if zoom else 1)
    first: Axes = axes[0] if zoom else axes
    times = np.arange(len(sound.samples)) / sound.rate
    first.plot(times, sound.samples, linewidth=0.4, color=show.COLOURS["blue"])
    show.head(first, title)
    first.set_xlabel("time (s)")
    first.set_ylabel("sample, full scale = 1")
    if zoom:
        part = sound.cut(*zoom)
        ms = (zoom[0] + np.arange(len(part.samples)) / sound.rate) * 1000
        axes[1].plot(ms, part.samples, ".-", markersize=3, linewidth=0.6,
                     color=show.COLOURS["orange"])  # fmt: skip
        first.axvspan(*zoom, color=show.COLOURS["orange"], alpha=0.35)
        show.head(axes[1], f"{(zoom[1] - zoom[0]) * 1000:.0f} ms of it, sample by sample")
        axes[1].set_xlabel("time (ms)")
    return fig


def spectrogram(sounds: Mapping[str, Sound], highest: float = 8000.0) -> Figure:
    """Frequencies over time of one sound or several side by side, in decibels."""
    fig, axes = show.figure(max(4.2 * len(sounds), 7.0), 3.1, columns=len(sounds))
    panels = np.atleast_1d(axes)
    image = None
    for ax, (title, sound) in zip(panels, sounds.items(), strict=True):
        level = decibels(sound)
        image = ax.imshow(
            level, origin="lower", aspect="auto", cmap=MAP, interpolation="nearest",
            vmin=-80, vmax=0,
            extent=(0, sound.seconds, 0, sound.rate / 2000),
        )  # fmt: skip
        ax.set_ylim(0, highest / 1000)
        show.head(ax, show.plain(title))
        ax.set_xlabel("time (s)")
    panels[0].set_ylabel("frequency (kHz)")
    fig.colorbar(image, ax=list(panels), label="dB below the loudest", shrink=0.9, pad=0.01)
    return fig


def decibels(sound: Sound, window: float = 0.025, step: float = STEP) -> NDArray[np.float64]:
    """Power spectrum in dB below its maximum, shape (frequencies, times)."""
    size, hop = int(window * sound.rate), int(step * sound.rate)
    padded = np.pad(sound.samples, (0, max(0, size - len(sound.samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    top = float(power.max()) or 1.0
    level = 10 * np.log10(np.maximum(power / top, 1e-10)).T
    return 2 * np.round(level / 2)  # steps of 2 dB: nobody sees finer ones, and the file is smaller


def log_mel(sound: Sound, bands: int = 80) -> NDArray[np.float32]:
    """What Whisper sees: the log-mel picture of 30 s, shape (bands, 3000)."""
    whisper = package("whisper", "openai-whisper")
    samples = whisper.pad_or_trim(sound.at(RATE).samples)
    found: NDArray[np.float32] = whisper.log_mel_spectrogram(samples, bands).numpy()
    return found


def whisper_view(sound: Sound, title: str) -> Figure:
    """The log-mel picture as the network gets it: always 30 s, empty where nobody speaks."""
    fig, ax = show.figure(8.4, 2.8)
    picture = log_mel(sound)
    image = ax.imshow(picture, origin="lower", aspect="auto", cmap=MAP, interpolation="nearest",
                      extent=(0, 30, 0, len(picture)))  # fmt: skip
    ax.axvline(sound.seconds, color="white", linestyle="--", linewidth=1)
    ax.text(sound.seconds + 0.3, len(picture) * 0.88, "the recording ends here", color="white")
    show.head(ax, title)
    ax.set_xlabel("time (s)")
    ax.set_ylabel("mel band")
    fig.colorbar(image, ax=ax, label="log power, scaled", pad=0.01)
    return fig


def mel_scale() -> Figure:
    """How the 80 mel bands lie on the frequency axis: narrow below, wide above."""
    filters = package("whisper", "openai-whisper").audio.mel_filters("cpu", 80).numpy()
    frequencies = np.linspace(0, 8, filters.shape[1])
    fig, ax = show.figure(8.4, 2.2)
    for band in range(0, 80, 6):
        ax.fill_between(frequencies, filters[band] / filters[band].max(), alpha=0.6,
                        color=show.CYCLE[band // 6 % len(show.CYCLE)])  # fmt: skip
    show.head(ax, "Every sixth of Whisper's 80 mel bands")
    ax.set_xlabel("frequency (kHz)")
    ax.set_ylabel("weight")
    return fig


def languages(table: Mapping[str, Mapping[str, float]], count: int = 4) -> Figure:
    """The likeliest languages of several recordings: title -> code -> probability."""
    tops = {
        title: sorted(row.items(), key=lambda each: -each[1])[:count]
        for title, row in table.items()
    }
    fig, axes = show.figure(8.4, 0.9 + 0.32 * count, columns=len(tops))
    for ax, (title, row) in zip(np.atleast_1d(axes), tops.items(), strict=True):
        codes, values = [code for code, _ in row], [value for _, value in row]
        marks = [f"{value:.1%}" for value in values]
        show.bars(codes, values, title=title, unit="probability", marks=marks, ax=ax)
        ax.set_xlim(0, 1.3)
    return fig


def error_rates(rates: Mapping[str, Mapping[str, float]], title: str) -> Figure:
    """Word error rates as grouped bars: series -> label -> rate."""
    labels = list(dict.fromkeys(label for row in rates.values() for label in row))
    fig, ax = show.figure(8.4, 3.0)
    width = 0.8 / len(rates)
    for number, (series, row) in enumerate(rates.items()):
        places = [labels.index(label) + (number - (len(rates) - 1) / 2) * width for label in row]
        bars = ax.bar(places, [100 * rate for rate in row.values()], width * 0.92, label=series,
                      color=show.CYCLE[number % len(show.CYCLE)])  # fmt: skip
        ax.bar_label(bars, [f"{rate:.0%}" for rate in row.values()], fontsize=9, padding=1)
    ax.set_xticks(range(len(labels)), [show.plain(label) for label in labels])
    ax.set_ylabel("word error rate (%)")
    show.head(ax, title)
    if len(rates) > 1:
        ax.legend(frameon=False)
    ax.margins(y=0.15)
    return fig


def alignment(spoken: Any, title: str) -> Figure:
    """Which letter is being said when (`inside.Spoken`): the rows are letters."""
    fig, ax = show.figure(8.4, 0.16 * len(spoken.letters) + 1.2)
    seconds = spoken.mel.shape[1] * spoken.step
    ax.imshow(spoken.alignment, origin="upper", aspect="auto", cmap="Blues",
              extent=(0, seconds, len(spoken.letters), 0))  # fmt: skip
    ax.set_yticks(np.arange(len(spoken.letters)) + 0.5,
                  ["space" if c == " " else c for c in spoken.letters], fontsize=8)  # fmt: skip
    show.head(ax, title)
    ax.set_xlabel("time (s)")
    return fig


def mels(table: Mapping[str, NDArray[Any]], step: float) -> Figure:
    """Mel pictures one above the other, on one scale of time."""
    fig, _ = show.figure(8.4, 2.1 * len(table))
    fig.clear()
    longest = max(mel.shape[1] for mel in table.values()) * step
    for ax, (title, mel) in zip(
        np.atleast_1d(fig.subplots(len(table), 1, sharex=True)), table.items(), strict=True
    ):
        ax.imshow(mel, origin="lower", aspect="auto", cmap=MAP, interpolation="nearest",
                  extent=(0, mel.shape[1] * step, 0, len(mel)))  # fmt: skip
        ax.set_xlim(0, longest)
        ax.set_ylabel("mel band")
        show.head(ax, title)
    fig.axes[-1].set_xlabel("time (s)")
    return fig


def gantt(stages: Sequence[Any], title: str) -> Figure:
    """Stages (`loop.Stage`: run, name, start, seconds) as bars on one axis of time, a row per run.

    Colours and letters name the stages.
    """
    runs = list(dict.fromkeys(stage.run for stage in stages))
    names = list(dict.fromkeys(stage.name for stage in stages))
    fig, ax = show.figure(8.4, 1.3 + 0.5 * len(runs))
    for stage in stages:
        row, colour = runs.index(stage.run), show.CYCLE[names.index(stage.name) % len(show.CYCLE)]
        ax.barh(row, stage.seconds, left=stage.start, height=0.6, color=colour, edgecolor="white")
    end = max(stage.start + stage.seconds for stage in stages)
    for stage in stages:
        if stage.seconds > 0.05 * end:
            middle, row = stage.start + stage.seconds / 2, runs.index(stage.run)
            dark = show.CYCLE[names.index(stage.name) % len(show.CYCLE)] == show.COLOURS["blue"]
            ax.text(middle, row, f"{stage.seconds:.1f} s", ha="center", va="center", fontsize=8,
                    color="white" if dark else "black")  # fmt: skip
    ax.set_yticks(range(len(runs)), [show.plain(run) for run in runs])
    ax.invert_yaxis()
    ax.set_xlim(0, end * 1.02)
    ax.set_xlabel("computing time since the question was given (s)")
    show.head(ax, title)
    patches = package("matplotlib.patches", "matplotlib")
    handles = [patches.Patch(color=show.CYCLE[i % len(show.CYCLE)], label=name)
               for i, name in enumerate(names)]  # fmt: skip
    fig.legend(handles=handles, frameon=False, ncols=len(names), loc="outside lower center")
    return fig

"""The parts of notebooks 06 and 07 that are no lesson: start Open WebUI for it, drive it, draw.

Whatever is not here (Open WebUI, Playwright, Chromium) is said in one sentence; then the notebook
shows what `make check-frontends` recorded, and says so.
"""

from __future__ import annotations

import atexit
import html
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selfhost import show, weights
from selfhost.errors import KitError
from selfhost.frontends import drive, openwebui, process
from selfhost.frontends.installation import PACKAGE, installed
from selfhost.frontends.places import LLAMA_CPP, home
from selfhost.frontends.process import Running
from selfhost.frontends.recording import Recorder
from selfhost.frontends.seen import picture as seen_picture
from selfhost.frontends.seen import seen
from selfhost.frontends.sent import COLUMNS, rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure


STATES = {"plain": "as it comes\n(refused)", "without tools": "without tools",
          "lean": "with the kit's\nsettings"}  # fmt: skip


def recorder(model: str) -> Recorder:
    """A recording endpoint for `model` if the kit has its file, else for aprendiz."""
    here = weights.find(model) is not None
    name = model if here else "aprendiz"
    if not here:
        print(f"The kit has no file of {model}, so aprendiz answers in this notebook.")
    found = Recorder(name)
    atexit.register(found.close)
    return found


class WebUI:
    """Open WebUI for the time of a notebook, with a state of its own that is thrown away.

    `at` is None when it is not installed. Nothing of it outlives the kernel.
    """

    def __init__(self, endpoint: Recorder, profile: str = "lean") -> None:
        self.at: Running | None = None
        if installed(PACKAGE) is None:
            print("Open WebUI is not installed here. (selfhost frontends install open-webui)")
            print("Without it, this notebook shows what was recorded with it.")
            return
        self._folder = tempfile.TemporaryDirectory(prefix="webui-", ignore_cleanup_errors=True)
        self.data = Path(self._folder.name)
        atexit.register(self.close)
        # Not the usual port: other notebooks may run beside this one.
        port = process.free_port()
        self.at = process.start(
            PACKAGE, endpoint.url, data=self.data, profile=profile, port=port, lease=os.getpid()
        )
        print(f"Open WebUI answers at {self.at.url}, {self.at.seconds:.0f} s after its start.")

    def ask(self, *questions: str) -> dict[str, Any] | None:
        """Ask in its page, as a person would; None (and a sentence) where that cannot be done.

        The answer holds `model`, `answers` and `picture` (PNG).
        """
        if self.at is None:
            return None
        return driven(self.at, questions)

    def close(self) -> None:
        """Stop it and throw its state away."""
        if self.at is not None:
            process.stop(PACKAGE, self.data)
            self.at = None
            self._folder.cleanup()


class LlamaPage:
    """llama.cpp's own page for the time of a notebook."""

    def __init__(self, model: str) -> None:
        name = model if weights.find(model) is not None else "aprendiz"
        self._folder = tempfile.TemporaryDirectory(prefix="llama-", ignore_cleanup_errors=True)
        self.data = Path(self._folder.name)
        atexit.register(self.close)
        self.at: Running | None = process.start(
            LLAMA_CPP, model=name, data=self.data, port=process.free_port(), lease=os.getpid()
        )
        print(f"llama.cpp's own page, with {name}: {self.at.url}")

    def ask(self, *questions: str) -> dict[str, Any] | None:
        """As `WebUI.ask`."""
        return None if self.at is None else driven(self.at, questions)

    def close(self) -> None:
        """Stop it."""
        if self.at is not None:
            process.stop(LLAMA_CPP, self.data)
            self.at = None
            self._folder.cleanup()


def driven(at: Running, questions: Sequence[str]) -> dict[str, Any] | None:
    """Ask in the page of a front end, in a browser without a window: model, answers, picture.

    None (and a sentence) where there is no such browser. Raises `KitError` when the page fails.
    """
    if drive.browser_here() is None:
        print(f"There is no Playwright with Chromium here. Open {at.url} in your browser and ask: "
              f"{' / '.join(questions)}")  # fmt: skip
        return None
    target = Path(at.data) / "picture.png"
    command = [sys.executable, "-m", "selfhost.frontends.drive", at.url, "--page", at.name]
    command += ["--picture", str(target)]
    command += [word for question in questions for word in ("--ask", question)]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=280
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise KitError(f"The page could not be used: {last}", f"open {at.url} yourself")
    told: dict[str, Any] = json.loads(done.stdout)
    return {**told, "picture": target.read_bytes()}


def look(told: Mapping[str, Any] | None) -> None:
    """The page: a fresh picture if one was taken, else the recorded one, with its date."""
    if told is not None:
        words = f"Open WebUI's page, a moment ago: the model {told['model']}, and its answers: "
        photograph(told["picture"], words + " / ".join(told["answers"]))
        return
    then = seen()
    photograph(
        seen_picture(),
        "Open WebUI's page with the model aprendiz: two questions and their answers. "
        + then.words(),
    )


def photograph(png: bytes, alt: str, width: int = 820) -> None:
    """Display a picture that is no figure, with its words below it."""
    ipython: Any = importlib.import_module("IPython.display")
    ipython.display(ipython.Image(data=png, format="png", width=width, alt=alt))
    ipython.display(ipython.HTML(f"<small><b>In words:</b> {html.escape(alt)}</small>"))


def table(requests: Sequence[Mapping[str, Any]], caption: str) -> show.Table:
    """The record of an endpoint."""
    return show.table(rows(requests), COLUMNS, caption)


def settings_table(endpoint: Recorder, kinds: Sequence[str]) -> show.Table:
    """The settings of some kinds, each with its reason; a secret is not shown."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = openwebui.settings(endpoint.url, data=Path(folder))
        hidden = {"WEBUI_SECRET_KEY": "(random)", "DATA_DIR": "(its folder)",
                  "DATABASE_URL": "sqlite:///(its folder)/webui.db"}  # fmt: skip
        return show.table(
            [(s.name, hidden.get(s.name, s.value), s.why) for s in chosen if s.kind in kinds],
            ["setting", "value", "why"],
        )


def licence_text() -> str | None:
    """The LICENSE file in the installed package, None without it."""
    found = sorted(home(PACKAGE).env.rglob("open_webui-*.dist-info/licenses/LICENSE"))
    return found[0].read_text(encoding="utf-8") if found else None


def who_asks_whom() -> Figure:
    """Four boxes in a row, and what goes between them."""
    fig, ax = show.figure(8.4, 2.3)
    ax.set_axis_off()
    ax.set_xlim(-1, 101)
    ax.set_ylim(0, 20)
    boxes = [
        (0, "your browser", "the page", "sky"), (29, "Open WebUI", "port 8080\nchats, settings",
                                                 "yellow"),
        (58, "endpoint", "port 11434\nOllama's API, OpenAI's API", "orange"),
        (84, "engine", "llama.cpp\nweights", "green"),
    ]  # fmt: skip
    for left, name, what, colour in boxes:
        wide = 16 if name != "endpoint" else 18
        ax.add_patch(_box(left, wide, show.COLOURS[colour]))
        ax.text(left + wide / 2, 13.4, name, ha="center", va="center", weight="bold", fontsize=10)
        ax.text(left + wide / 2, 8.6, what, ha="center", va="center", fontsize=7.5)
    for start, end, label in ((16, 29, "your words"), (45, 58, "requests"), (76, 84, "tokens")):
        ax.annotate("", (end, 11), (start, 11), arrowprops={"arrowstyle": "<->"})
        ax.text((start + end) / 2, 12, label, ha="center", va="bottom", fontsize=8)
    ax.text(51.5, 2.5, "here we look", ha="center", fontsize=9, color=show.COLOURS["red"])
    ax.annotate("", (51.5, 10), (51.5, 4.4),
                arrowprops={"arrowstyle": "->", "color": show.COLOURS["red"]})  # fmt: skip
    show.head(ax, "Who asks whom")
    return fig


def _box(left: float, wide: float, colour: str) -> Any:
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch(
        (left, 6), wide, 10, boxstyle="round,pad=0.2", facecolor=colour, alpha=0.35, linewidth=0
    )


def calls(requests: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """The chat requests of a record: what each is for, and its size in bytes."""
    return [(str(row[1]), int(row[5] or 0)) for row in rows(requests) if "chat" in str(row[0])]


def cost(profiles: Mapping[str, Sequence[Mapping[str, Any]]]) -> Figure:
    """Bytes that one question sends to the model, call by call, for several settings."""
    names = list(profiles)
    purposes = list(dict.fromkeys(p for name in names for p, _ in calls(profiles[name])))
    fig, ax = show.figure(8.0, 1.2 + 0.62 * len(names))
    colours = dict(zip(purposes, show.CYCLE, strict=False))
    labelled: set[str] = set()
    for place, name in enumerate(names):
        left = 0.0
        for purpose, size in calls(profiles[name]):
            label = None if purpose in labelled else purpose
            labelled.add(purpose)
            ax.barh(place, size, left=left, color=colours[purpose], label=label,
                    edgecolor="white")  # fmt: skip
            left += size
        count = len(calls(profiles[name]))
        ax.text(left + 250, place, f"{count} call{'s' * (count != 1)}, {show.size(int(left))}",
                va="center", fontsize=9)  # fmt: skip
    ax.set_yticks(range(len(names)), [STATES.get(name, name) for name in names])
    ax.invert_yaxis()
    ax.set_xlabel("bytes sent to the endpoint for one question of 20 characters")
    ax.set_xlim(0, max(sum(s for _, s in calls(profiles[n])) for n in names) * 1.22)
    ax.legend(fontsize=8, frameon=False, loc="lower right")
    show.head(ax, "What one question sends")
    return fig

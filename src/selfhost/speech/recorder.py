"""Give a recording of your own: a button that takes a file from the browser's computer.

JupyterLab's page may run on another computer than this program, so the file comes through the
browser. Every system has a recorder (Voice Memos, Sound Recorder, GNOME Sound Recorder), and a
phone offers its microphone for such a button.
"""

from __future__ import annotations

import html
import tempfile
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.speech.reading import read
from selfhost.speech.sound import Sound
from selfhost.widgets import Shown

LARGEST = 50_000_000  # bytes; Jupyter's own connection takes no more than about this


class Recorder(Shown):
    """An upload button; `sound` is the recording, None until there is one."""

    def __init__(self) -> None:
        import ipywidgets as w

        super().__init__()
        self.sound: Sound | None = None
        self.words = "no recording was given"
        self.button = w.FileUpload(
            accept="audio/*", multiple=False, description="Give a recording",
            layout=w.Layout(width="auto"),
        )  # fmt: skip
        self.said = w.HTML()
        self.button.observe(self._given, names="value")
        self.widget = w.VBox([self.button, self.said])
        self._say("WAV, FLAC, OGG or MP3; with ffmpeg also M4A and others. Nothing leaves the "
                  "computer that runs this notebook.")  # fmt: skip

    def give(self, name: str, data: bytes) -> None:
        """Take a file's bytes, as the button does."""
        if len(data) > LARGEST:
            self._say(f"{name} is too large for a browser's upload (50 MB): copy it beside the "
                      "notebook and name its path.")  # fmt: skip
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / ("recording" + Path(name).suffix[:8])
            path.write_bytes(data)
            try:
                found = read(path)
            except KitError as error:
                self.sound = None
                self._say(str(error).replace(path.name, name))
                return
        self.sound = Sound(found.samples, found.rate, "you")
        self.words = f"{name}: {found.seconds:.1f} s"
        self._say(f"{self.words}. Run the next cell.")

    def text(self) -> str:
        """For pages without widgets."""
        return f"[Give a recording]  ({self.words})"

    def _given(self, change: Any) -> None:
        for file in change["new"]:
            self.give(str(file["name"]), bytes(file["content"]))

    def _say(self, words: str) -> None:
        self.said.value = f'<span role="status">{html.escape(words)}</span>'

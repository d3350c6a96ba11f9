"""A student gives a recording to a notebook, and plays what comes back."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from selfhost import speech
from tests.browser.jupyterlab import Lab

pytest.importorskip("soundfile")

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.speech, pytest.mark.timeout(240),
]  # fmt: skip
CELLS = (
    "from selfhost.speech.recorder import Recorder\nmine = Recorder()\nmine",
    "from selfhost import speech\nspeech.recordings('es')[0].sound",
)


def test_give_a_recording_and_play_one(lab: Lab, page: Any) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    (lab.root / "speech.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    shown = lab.open(page, "speech.ipynb")
    shown.run_all(90)

    clip = speech.recordings("es")[0]
    cell = shown.cell(1)
    with page.expect_file_chooser() as chooser:
        cell.get_by_role("button", name="Give a recording").click()
    chooser.value.set_files(str(clip.path))
    seconds = clip.sound.seconds
    status = cell.get_by_role("status").filter(has_text=f"{clip.path.name}: {seconds:.1f} s")
    status.wait_for(timeout=20_000)

    player = shown.cell(2).locator("audio")
    length = player.evaluate(
        "audio => new Promise((good, bad) => { audio.onloadedmetadata = () => good(audio.duration);"
        " audio.onerror = () => bad(audio.error.message); audio.load(); })"
    )
    assert length == pytest.approx(seconds, abs=0.15)
    assert clip.text in player.get_attribute("aria-label")
    assert page.errors == []

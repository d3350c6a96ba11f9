"""The audio players in the built lessons hold real sound, and every picture of sound has words."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from selfhost.speech.sound import Sound

soundfile = pytest.importorskip("soundfile")

pytestmark = pytest.mark.speech
ROOT = Path(__file__).resolve().parents[2]
PLAYER = re.compile(r'src="data:audio/(?P<kind>[a-z]+);base64,(?P<data>[^"]+)"')
LESSONS = {
    "notebooks/11_speech_to_text.ipynb": 4,
    "notebooks/12_text_to_speech.ipynb": 8,
    "solutions/lab4_round_trip.ipynb": 3,
}


def players(file: str) -> list[tuple[str, Sound]]:
    """(the page's words, the sound) of every player in a notebook's outputs."""
    notebook = json.loads((ROOT / file).read_text(encoding="utf-8"))
    found = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            page = "".join(output.get("data", {}).get("text/html", ""))
            for match in PLAYER.finditer(page):
                samples, rate = soundfile.read(io.BytesIO(base64.b64decode(match["data"])))
                found.append((page, Sound(np.asarray(samples, np.float32), rate)))
    return found


@pytest.mark.parametrize(("file", "least"), LESSONS.items())
def test_players_hold_sound(file, least):
    found = players(file)
    assert len(found) >= least, file
    for page, sound in found:
        assert 0.4 < sound.seconds < 60, page[-200:]
        assert -45 < sound.loudness < -3, page[-200:]
        told = re.search(r"([\d.]+) s", page.partition("<figcaption>")[2])
        assert told and sound.seconds == pytest.approx(float(told[1]), abs=0.15)
        loud = np.abs(sound.samples) > 0.01
        assert loud.mean() > 0.05, "nearly all of it is silence"
        assert 'aria-label="' in page and "controls" in page


def test_a_lesson_does_not_weigh_too_much():
    for file in LESSONS:
        assert (ROOT / file).stat().st_size < 2_000_000, file

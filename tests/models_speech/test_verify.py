"""The checks of `make models-verify` that take seconds, and the command lines of the models."""

import subprocess
import sys

import pytest

from models.checking import HERE

pytest.importorskip("scipy")
pytest.importorskip("jiwer")
whisper = pytest.importorskip("whisper")

pytestmark = pytest.mark.speech


def test_oido_files_hold_the_same_numbers():
    pytest.importorskip("safetensors")
    from models.oido.verify import check_data, check_loading

    assert "parameters" in check_loading()
    assert "loose-es" in check_data()


@pytest.mark.parametrize("name", ["oido", "voz"])
def test_listed_files_are_there(name):
    from models.checking import check_sums

    assert check_sums(HERE / name).endswith("files")


def test_a_difference_beyond_the_tolerance_fails():
    from models.checking import Failed
    from models.oido.verify import TOLERANCE, _compare

    assert _compare({"new voices, en": 0.2}, {"new voices, en": 0.2 + TOLERANCE - 0.01})
    with pytest.raises(Failed, match="new voices, en"):
        _compare({"new voices, en": 0.2}, {"new voices, en": 0.2 + TOLERANCE + 0.01})


@pytest.mark.slow
def test_hear_writes_down_a_recording():
    wav = HERE / "oido" / "evaluation" / "20-none-silence.wav"
    command = [sys.executable, "-m", "models.oido.hear", str(wav)]
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("20-none-silence.wav [")


def test_speak_refuses_a_text_without_letters(tmp_path):
    command = [sys.executable, "-m", "models.voz.speak", "7?", str(tmp_path / "x.wav")]
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2 and "at least 3 letters" in done.stderr


def test_listening_rows_name_files_that_exist():
    pytest.importorskip("matplotlib")
    from models.listening import _voz_rows

    for row in _voz_rows(HERE / "voz", None):
        assert (HERE / "voz" / row.file).is_file(), row.file
        assert row.file in (HERE / "voz" / "listening.html").read_text(encoding="utf-8")

"""`selfhost speech`, and the two command lines that the notebooks show."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("TTS")
pytest.importorskip("whisper")

from selfhost import cli, speech
from selfhost.paths import shipped_models

pytestmark = pytest.mark.speech
CLIP = next(clip for clip in speech.recordings("es", "new voices") if "Linux" in clip.text)


def run(capsys, *words: str) -> tuple[int, str, str]:
    status = cli.main(["speech", *words])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_transcribe(capsys, tmp_path):
    status, out, _ = run(capsys, "transcribe", str(CLIP.path), "--language", "Spanish", "--json")
    found = json.loads(out)
    assert status == 0 and found["language"] == "es"
    assert speech.wer(CLIP.text, found["text"], "es") < 0.5
    target = tmp_path / "a.srt"
    run(capsys, "transcribe", str(CLIP.path), "--format", "srt", "--output", str(target))
    assert target.read_text(encoding="utf-8").startswith("1\n00:00:00")


def test_speak(capsys, tmp_path):
    target = tmp_path / "a.wav"
    status, out, _ = run(capsys, "speak", "Hola 😀", "--language", "es", "--output", str(target))
    assert status == 0 and "😀" in out
    assert speech.read(target).seconds > 0.2


def test_wer(capsys):
    status, out, _ = run(capsys, "wer", "the lion works", "the lion walks", "--json")
    found = json.loads(out)
    assert status == 0 and found["wer"] == pytest.approx(1 / 3)
    assert found["errors"] == [{"kind": "substitute", "said": "works", "heard": "walks"}]
    assert run(capsys, "wer", "", "hello")[0] == 1


def test_lists(capsys):
    status, out, _ = run(capsys, "models", "--json")
    assert status == 0 and json.loads(out)["rows"][0]["name"] == "oido"
    status, out, _ = run(capsys, "voices", "--language", "es", "--json")
    names = [row["name"] for row in json.loads(out)["rows"]]
    assert status == 0 and "tts_models/es/mai/tacotron2-DDC" in names


def test_errors_are_one_line(capsys, tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"")
    status, out, err = run(capsys, "transcribe", str(path))
    assert status == 1 and out == "" and len(err.splitlines()) == 1 and "0 bytes" in err


def tool(name: str) -> list[str]:
    """A command line of the packages, run from this environment."""
    call = {"whisper": "from whisper.transcribe import cli as run",
            "tts": "from TTS.bin.synthesize import main as run"}[name]  # fmt: skip
    code = f"import sys; sys.argv[0] = {name!r}; {call}; run()"
    return [sys.executable, "-c", code]


def offline(folder: Path) -> dict[str, str]:
    """An environment in which a download would fail at once."""
    dead = "http://127.0.0.1:9"
    return os.environ | {"https_proxy": dead, "http_proxy": dead, "HF_HUB_OFFLINE": "1",
                         "XDG_CACHE_HOME": str(folder), "TTS_HOME": str(folder)}  # fmt: skip


@pytest.mark.slow
def test_the_command_line_of_whisper_runs_offline(tmp_path):
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed: the whisper command needs it")
    shutil.copy(CLIP.path, tmp_path / "speech.wav")
    model = shipped_models() / "oido" / "oido.pt"
    done = subprocess.run(
        [*tool("whisper"), "speech.wav", "--language", "Spanish", "--model", str(model)],
        cwd=tmp_path, env=offline(tmp_path), capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "speech.txt").read_text(encoding="utf-8")
    assert speech.wer(CLIP.text, text, "es") < 0.5
    assert (tmp_path / "speech.srt").is_file() and (tmp_path / "speech.vtt").is_file()


@pytest.mark.slow
def test_the_command_line_of_coqui_runs_offline(tmp_path):
    folder = shipped_models() / "voz"
    out = tmp_path / "speech.wav"
    done = subprocess.run(
        [*tool("tts"), "--text", "Buenos días.", "--model_path", str(folder / "voz-es.pth"),
         "--config_path", str(folder / "voz-es.json"), "--out_path", str(out)],
        cwd=tmp_path, env=offline(tmp_path), capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    sound = speech.read(out)
    assert sound.seconds > 0.5 and sound.peak > 0.1

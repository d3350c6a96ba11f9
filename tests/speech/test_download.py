"""Other models: fetched from a hub-like server on loopback, continued, checked, kept."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("whisper")
pytest.importorskip("TTS")

import whisper

from selfhost import KitError
from selfhost.paths import shipped_models
from selfhost.speech import download, hub
from tests.speech.conftest import sha256

pytestmark = pytest.mark.speech
DATA = bytes(range(256)) * 4000


def fetch(shelf, target: Path, **more):
    told = []
    path = download.fetch(
        "https://example.invalid/models/a.bin", target,
        progress=lambda *each: told.append(each), **more,
    )  # fmt: skip
    return path, told


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "a.bin"


def test_fetched_once_with_progress(shelf, target):
    shelf.files["/models/a.bin"] = DATA
    path, told = fetch(shelf, target, sha256=sha256(DATA))
    assert path.read_bytes() == DATA
    done = [done for label, done, total in told if total == len(DATA)]
    assert done == sorted(done) and done[0] == 0 and done[-1] == len(DATA) and len(done) > 5
    fetch(shelf, target, sha256=sha256(DATA))
    assert len(shelf.gets) == 1
    assert [each.name for each in target.parent.iterdir() if each.suffix != ".lock"] == ["a.bin"]


def test_an_interrupted_download_goes_on(shelf, target):
    shelf.files["/models/a.bin"] = DATA
    shelf.cuts = [300_000, 500_000]
    path, _ = fetch(shelf, target, sha256=sha256(DATA))
    assert path.read_bytes() == DATA
    first, *others = [asked for _, asked in shelf.gets]
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in others]
    assert first is None and len(starts) == 2
    assert 200_000 < starts[0] <= 300_000 and 400_000 < starts[1] <= 500_000


def test_the_next_call_goes_on_after_the_reader_stopped(shelf, target):
    shelf.files["/models/a.bin"] = DATA

    def stop(_label, done, _total):
        if done > 400_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download.fetch("https://example.invalid/models/a.bin", target, progress=stop)
    assert not target.exists()
    path, _ = fetch(shelf, target, sha256=sha256(DATA))
    assert path.read_bytes() == DATA
    assert int(shelf.gets[-1][1].removeprefix("bytes=").rstrip("-")) > 400_000


def test_another_version_is_not_glued_to_the_old_one(shelf, target):
    shelf.files["/models/a.bin"] = DATA
    shelf.cuts = [300_000] * 5
    shelf.ranges = False
    with pytest.raises(KitError, match="keeps breaking off"):
        fetch(shelf, target)
    other = DATA[::-1]
    shelf.files["/models/a.bin"], shelf.etag, shelf.ranges = other, '"two"', True
    path, _ = fetch(shelf, target)
    assert path.read_bytes() == other


def test_wrong_content_is_deleted_and_said(shelf, target):
    shelf.files["/models/a.bin"] = DATA
    with pytest.raises(KitError, match="is not the file it should be"):
        fetch(shelf, target, sha256="0" * 64)
    assert not [each for each in target.parent.iterdir() if each.suffix != ".lock"]


def test_a_damaged_copy_is_fetched_again(shelf, target):
    shelf.files["/models/a.bin"] = DATA
    target.parent.mkdir()
    target.write_bytes(DATA[:-1] + b"x")
    path, told = fetch(shelf, target, sha256=sha256(DATA))
    assert path.read_bytes() == DATA
    assert "fetching it again" in told[0][0]


def test_a_busy_server_is_asked_again_and_a_missing_file_is_not(shelf, target):
    shelf.files["/models/a.bin"] = DATA
    shelf.statuses = [503, 429]
    assert fetch(shelf, target)[0].read_bytes() == DATA
    shelf.gets.clear()
    with pytest.raises(KitError, match="HTTP 404"):
        download.fetch("https://example.invalid/none", target.with_name("none"))
    assert len(shelf.gets) == 1


def test_without_a_network_the_sentence_says_so(monkeypatch, target):
    monkeypatch.setenv("SELFHOST_SPEECH_MIRROR", "http://127.0.0.1:9")
    with pytest.raises(KitError, match="no connection to 127"):
        download.fetch("https://example.invalid/models/a.bin", target)


# --- Whisper's own models -----------------------------------------------------------------------


def test_whisper_models_have_an_address_with_their_sha256():
    for name, url in whisper._MODELS.items():
        digest, file = url.split("/")[-2:]
        assert len(digest) == 64 and file.endswith(".pt"), name


def test_a_whisper_model_is_fetched_into_whispers_own_cache(shelf, monkeypatch, tmp_path):
    weights = (shipped_models() / "oido" / "oido.pt").read_bytes()
    path = f"/main/whisper/models/{sha256(weights)}/tiny.pt"
    monkeypatch.setitem(whisper._MODELS, "tiny", f"https://example.invalid{path}")
    shelf.files[path] = weights
    found = hub.whisper_file("tiny", progress=lambda *_: None)
    assert found == tmp_path / "cache" / "whisper" / "tiny.pt"
    assert found.read_bytes() == weights
    hub.whisper_file("tiny")
    assert len(shelf.gets) == 1
    # Whisper's own loader takes the very same file, without asking anybody.
    own = whisper._download(whisper._MODELS["tiny"], str(hub.whisper_folder()), False)
    assert Path(own) == found


def test_an_unknown_model_is_corrected():
    with pytest.raises(KitError, match="did you mean 'medium'"):
        hub.whisper_file("meduim")


# --- Coqui's voices -----------------------------------------------------------------------------


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return buffer.getvalue()


def voice_files() -> dict[str, bytes]:
    """A tiny voice of Coqui's kind, with random weights."""
    import torch
    from TTS.config import load_config
    from TTS.tts.models import setup_model

    from models.voz.settings import coqui_config

    text = json.dumps(coqui_config("es"))
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        config.write_text(text, encoding="utf-8")
        model = setup_model(load_config(str(config)))
    buffer = io.BytesIO()
    torch.manual_seed(1)
    torch.save({"model": model.state_dict()}, buffer)
    return {"model_file.pth": buffer.getvalue(), "config.json": text.encode()}


@pytest.fixture(scope="module")
def voice() -> dict[str, bytes]:
    return voice_files()


def test_a_voice_from_a_release_speaks(shelf, voice):
    from selfhost import speech

    name = "tts_models/es/css10/vits"
    url = hub.coqui_catalogue()[name]["github_rls_url"]
    members = {f"folder/{key}": data for key, data in voice.items()}
    shelf.files["/" + url.split("/", 3)[3]] = archive(members)
    sound = speech.speak("Buenos días.", "es", name)
    assert sound.seconds > 0.1 and sound.voice == name
    folder = hub.coqui_folder(name)
    assert {each.name for each in folder.iterdir()} == {*voice, "SHA256"}
    hub.coqui_voice(name)
    assert len(shelf.gets) == 1


def test_a_voice_from_the_hub_is_checked_file_by_file(shelf, voice):
    name = "tts_models/es/mai/tacotron2-DDC"
    known = hub.coqui_catalogue()
    repo = known[name]["repo_id"]
    rows = [{"rfilename": key, "lfs": {"sha256": sha256(data)}} for key, data in voice.items()] + [
        {"rfilename": ".gitattributes"},
        {"rfilename": "../outside.txt"},
    ]
    shelf.files[f"/api/models/{repo}"] = json.dumps({"siblings": rows}).encode()
    for key, data in voice.items():
        shelf.files[f"/{repo}/resolve/main/{key}"] = data
    url = known[known[name]["default_vocoder"]]["github_rls_url"]
    shelf.files["/" + url.split("/", 3)[3]] = archive({f"v/{k}": d for k, d in voice.items()})
    found = hub.coqui_voice(name)
    assert found.model.read_bytes() == voice["model_file.pth"]
    assert found.licence == "MPL" and found.vocoder is not None
    assert not list(Path(found.model).parent.parent.rglob("outside.txt"))
    shelf.files[f"/{repo}/resolve/main/config.json"] += b" "
    found.config.unlink()
    with pytest.raises(KitError, match="is not the file it should be"):
        hub.coqui_voice(name)


def test_a_broken_archive_is_deleted(shelf):
    name = "tts_models/es/css10/vits"
    url = hub.coqui_catalogue()[name]["github_rls_url"]
    shelf.files["/" + url.split("/", 3)[3]] = b"<html>Sign in</html>"
    with pytest.raises(KitError, match="no whole zip file"):
        hub.coqui_voice(name)
    assert not list(hub.coqui_folder(name).parent.glob("*.zip"))


def test_a_closed_licence_is_asked_about_before_anything_is_fetched(shelf):
    with pytest.raises(KitError, match="CPML"):
        hub.coqui_voice("tts_models/multilingual/multi-dataset/xtts_v2")
    with pytest.raises(KitError, match="not an open one"):
        hub.coqui_voice("tts_models/en/vctk/fast_pitch")  # CC BY-NC-ND
    assert shelf.gets == []


def test_voices_that_copy_or_hold_code_are_left_to_coqui(shelf, monkeypatch):
    monkeypatch.setenv("SELFHOST_ACCEPT_LICENCE", "1")
    for name in ("xtts_v2", "bark"):
        with pytest.raises(KitError, match="needs more than a text"):
            hub.coqui_voice(f"tts_models/multilingual/multi-dataset/{name}")
    assert shelf.gets == []


def test_an_unknown_voice_is_corrected():
    with pytest.raises(KitError, match="did you mean tts_models/es/mai/tacotron2-DDC"):
        hub.coqui_voice("tts_models/es/mai/tacotron2-DCD")


def test_a_mirror_keeps_the_path(monkeypatch):
    monkeypatch.setenv("SELFHOST_SPEECH_MIRROR", "http://10.0.0.7:8000/")
    assert download.mirrored("https://a.b/c/d.zip?x=1") == "http://10.0.0.7:8000/c/d.zip?x=1"
    monkeypatch.delenv("SELFHOST_SPEECH_MIRROR")
    assert download.mirrored("https://a.b/c") == "https://a.b/c"

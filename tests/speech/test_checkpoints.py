"""Checkpoints that hold code, are damaged, or would fill the memory: refused in one sentence."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import struct
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from selfhost import KitError, speech
from selfhost.paths import shipped_models
from selfhost.speech import checkpoints, coqui

torch = pytest.importorskip("torch")
pytest.importorskip("whisper")

pytestmark = pytest.mark.speech
OIDO = shipped_models() / "oido"


class Evil:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """What would exist if the code had run."""
    return tmp_path / "the code ran"


def refused(call, trace: Path, name: str) -> None:
    with pytest.raises(KitError) as said:
        call()
    assert not trace.exists()
    assert name in said.value.message and "nothing was run" in said.value.message
    assert "\n" not in str(said.value)


def test_the_attack_is_real(tmp_path, trace):
    """With pickle alone the code runs: the tests below would notice."""
    path = tmp_path / "evil.pt"
    torch.save({"dims": {}, "model_state_dict": Evil(trace)}, path)
    torch.load(path, weights_only=False)
    assert trace.exists()


def test_a_malicious_whisper_checkpoint_is_refused(tmp_path, trace):
    path = tmp_path / "evil.pt"
    torch.save({"dims": {}, "model_state_dict": Evil(trace)}, path)
    clip = speech.recordings("en")[0].path
    refused(lambda: speech.transcribe(clip, model=path), trace, "evil.pt")


def test_a_bare_pickle_is_refused(tmp_path, trace):
    path = tmp_path / "old.pt"
    path.write_bytes(pickle.dumps(Evil(trace)))
    refused(lambda: checkpoints.load(path), trace, "old.pt")


def test_a_malicious_voice_is_refused(tmp_path, trace):
    pytest.importorskip("TTS")
    from models.voz.settings import coqui_config

    path = tmp_path / "evil.pth"
    torch.save({"model": Evil(trace)}, path)
    path.with_suffix(".json").write_text(json.dumps(coqui_config("en")), encoding="utf-8")
    refused(lambda: speech.speak("Hello.", "en", path), trace, "evil.pth")


@pytest.mark.parametrize("named", ["os.system", "builtins.eval", "TTSx.Evil"])
def test_a_configuration_may_not_name_other_classes(tmp_path, trace, named):
    from models.voz.settings import coqui_config

    config = coqui_config("en")
    config["characters"]["characters_class"] = named
    path = tmp_path / "voice.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    refused(lambda: coqui.check_config(path), trace, "voice.json")


@pytest.mark.parametrize(
    "content", ["no json", "[]", "{}", '{"model": "../../evil"}',
                '{"model": "fast_pitch", "base_model": "a.b"}'],
)  # fmt: skip
def test_no_configuration(tmp_path, content):
    path = tmp_path / "voice.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KitError):
        coqui.check_config(path)


def test_tensors_alone_load_and_other_models_are_named(tmp_path):
    path = tmp_path / "other.pt"
    torch.save({"weights": torch.zeros(3)}, path)
    assert checkpoints.load(path)["weights"].shape == (3,)
    with pytest.raises(KitError, match="is no Whisper checkpoint"):
        speech.transcribe(speech.recordings("en")[0].path, model=path)


@pytest.mark.parametrize("content", [b"", b"no checkpoint at all", b"PK\x03\x04 broken"])
def test_damaged_files(tmp_path, content):
    for name in ("a.pt", "a.safetensors"):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(KitError) as said:
            checkpoints.load(path)
        assert "\n" not in str(said.value)


def test_half_a_checkpoint(tmp_path):
    path = tmp_path / "half.pt"
    path.write_bytes((OIDO / "oido.pt").read_bytes()[:3_000_000])
    with pytest.raises(KitError, match="no checkpoint that PyTorch can read"):
        checkpoints.load(path)


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path, monkeypatch):
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("bomb/data.pkl", b"x")
        packed.writestr("bomb/data/0", b"\0" * 1_000_000)
    data = bytearray(path.read_bytes())
    # The directory's entry claims four gigabytes and more: as a real bomb would be.
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(bytes(data))
    real, free = checkpoints.package, SimpleNamespace(available=2 << 30)
    computer = SimpleNamespace(virtual_memory=lambda: free)  # with 2 GB free
    monkeypatch.setattr(checkpoints, "package", lambda name, pip="":
                        computer if name == "psutil" else real(name, pip))  # fmt: skip
    with pytest.raises(KitError, match="unpacks to 4"):
        checkpoints.load(path)


def test_safetensors_hold_the_same_weights_as_the_checkpoint():
    plain = checkpoints.load(OIDO / "oido.pt")
    safe = checkpoints.load(OIDO / "oido.safetensors")
    assert plain["dims"] == safe["dims"]
    assert plain["model_state_dict"].keys() == safe["model_state_dict"].keys()
    for name, value in plain["model_state_dict"].items():
        assert torch.equal(value, safe["model_state_dict"][name]), name


def test_safetensors_that_name_unknown_tokens(tmp_path):
    from safetensors.torch import load_file, save_file

    values = load_file(OIDO / "oido.safetensors")
    values["vocabulary_ids"][5] = 99_999
    path = tmp_path / "a.safetensors"
    save_file(values, path, metadata={"n_vocab": "3764"})
    with pytest.raises(KitError, match="tokens that Whisper does not have"):
        checkpoints.load(path)


def test_the_shipped_files_are_found(monkeypatch, tmp_path):
    from selfhost.speech.hearing import checkpoint

    assert checkpoint() == OIDO / "oido.pt"
    monkeypatch.setenv("SELFHOST_ROOT", str(tmp_path))
    with pytest.raises(KitError, match=r"models/oido/oido\.pt is missing"):
        checkpoint()
    (tmp_path / "models" / "oido").mkdir(parents=True)
    shutil.copyfile(OIDO / "oido.pt", tmp_path / "models" / "oido" / "oido.pt")
    assert checkpoint("oido").is_file()

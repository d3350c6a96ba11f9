"""Conversions: kept by hash, put in place as a whole, nothing left behind."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from selfhost import engines, weights
from selfhost.engines import convert
from selfhost.errors import KitError


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SELFHOST_MODELS", str(tmp_path / "models"))
    return tmp_path / "models" / "engines"


def test_a_conversion_is_made_once_and_is_exact(own_store: Path, source: engines.Source) -> None:
    said: list[str] = []
    path = convert.gguf(source, "F32", lambda label, *_: said.append(label))
    assert len(said) == 1
    assert path.is_relative_to(own_store / source.digest[:16])
    info = weights.read_gguf(path)
    assert {tensor.type for tensor in info.tensors} == {"F32"}
    assert info.parameters == source.model().parameters
    before = path.stat().st_mtime_ns
    assert convert.gguf(source, "F32", lambda label, *_: said.append(label)) == path
    assert len(said) == 1
    assert path.stat().st_mtime_ns == before


def test_a_conversion_that_fails_leaves_nothing(
    own_store: Path, source: engines.Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(_: engines.Source, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(convert, "_gguf_f32", half)
    with pytest.raises(KitError, match="No space left"):
        convert.gguf(source, "F32")
    assert [p for p in own_store.rglob("*") if p.is_file()] == []
    assert list(own_store.rglob(".unfinished-*")) == []


def test_what_a_killed_conversion_left_is_swept(own_store: Path, source: engines.Source) -> None:
    old = own_store / source.digest[:16] / ".unfinished-old"
    new = own_store / source.digest[:16] / ".unfinished-new"
    for each in (old, new):
        each.mkdir(parents=True)
    past = time.time() - 7200
    os.utime(old, (past, past))
    convert.gguf(source, "F32")
    assert not old.exists()
    assert new.exists(), "this one may belong to a process that is still at work"


def test_another_process_that_was_faster_wins(
    own_store: Path, source: engines.Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_: engines.Source, path: Path) -> None:
        path.write_bytes(b"mine")
        other = own_store / source.digest[:16] / f"gguf-F32-{convert._version('gguf')}"
        other.mkdir()
        (other / "F32.gguf").write_bytes(b"theirs")

    monkeypatch.setattr(convert, "_gguf_f32", slow)
    assert convert.gguf(source, "F32").read_bytes() == b"theirs"
    assert list(own_store.rglob(".unfinished-*")) == []


def test_other_weights_get_their_own_conversion(
    own_store: Path, source: engines.Source, tmp_path: Path
) -> None:
    folder = tmp_path / "aprendiz"
    folder.mkdir()
    for name in (
        "config.json", "model.safetensors", "tokenizer.json", "tokenizer.model",
        "chat_template.jinja", "gguf_file.py",
    ):  # fmt: skip
        shutil.copy(source.folder / name, folder / name)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))
    changed = engines.Source(folder)
    assert changed.digest != source.digest
    assert convert.gguf(changed, "F32").parent.parent != convert.gguf(source, "F32").parent.parent
    assert own_store.is_dir()
    with pytest.raises(KitError, match=r"aprendiz-F16\.gguf is missing"):
        convert.gguf(changed, "F16")


def test_an_incomplete_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"config\.json is missing"):
        engines.Source(tmp_path)


def test_an_unknown_kind_is_refused(source: engines.Source) -> None:
    with pytest.raises(KitError, match="not 'Q1'"):
        convert.gguf(source, "Q1")


def test_a_library_that_fails_is_one_sentence(
    own_store: Path, source: engines.Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: engines.Source, __: Path) -> None:
        raise RuntimeError("no such operator\nand a thousand lines more")

    monkeypatch.setattr(convert, "_gguf_f32", fail)
    with pytest.raises(KitError, match=r"failed \(RuntimeError: no such operator\)") as told:
        convert.gguf(source, "F32")
    assert "\n" not in str(told.value)
    assert list(own_store.rglob(".unfinished-*")) == []


@pytest.mark.parametrize(
    "name", ["ctranslate2/float32", "onnxruntime", "openvino/f32", "llama.cpp/F32"]
)
def test_a_broken_conversion_is_one_sentence_and_can_be_cleaned(
    own_store: Path, source: engines.Source, name: str
) -> None:
    """The disk lost it after it was made: each engine fails in its own words."""
    if engines.KNOWN[name].missing:
        pytest.skip(f"{name} needs {engines.KNOWN[name].missing}, which is not installed")
    folder = own_store / source.digest[:16]
    torch = convert._version("torch")
    onnx = folder / f"onnx-{torch}-{convert._version('transformers')}" / "model.onnx"
    model = folder / f"ctranslate2-{convert._version('ctranslate2')}" / "model" / "model.bin"
    gguf = folder / f"gguf-F32-{convert._version('gguf')}" / "F32.gguf"
    for path in (onnx, model, gguf):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"\x00half of it")
    with pytest.raises(KitError, match="cannot be loaded") as told:
        engines.open_engine(name)
    assert "selfhost engines clean" in str(told.value)
    assert convert.clean() == 33
    assert not own_store.exists()
    assert convert.clean() == 0

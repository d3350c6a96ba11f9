"""Names, places and hashes of model files."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from selfhost import KitError, weights


@pytest.mark.parametrize(
    ("given", "full"),
    [
        ("aprendiz", "aprendiz:latest"),
        ("gemma3:1b", "gemma3:1b"),
        (" gemma3:1b ", "gemma3:1b"),
        ("library/gemma3", "gemma3:latest"),
        ("registry.ollama.ai/library/gemma3:1b", "gemma3:1b"),
        ("hf.co/owner/model", "hf.co/owner/model:latest"),
        ("localhost:5000/owner/model", "localhost:5000/owner/model:latest"),
        ("aprendiz:", "aprendiz:latest"),
    ],
)
def test_names_get_their_tag(given, full):
    assert weights.normalise(given) == full


@pytest.mark.parametrize("name", ["", "  ", ":1b", "library/"])
def test_empty_names_are_refused(name):
    with pytest.raises(KitError):
        weights.normalise(name)


def test_shipped_model_is_found_by_all_its_names(checkout):
    f16 = checkout / "models" / "aprendiz" / "aprendiz-F16.gguf"
    for name in ("aprendiz", "aprendiz:latest", "aprendiz:f16", "APRENDIZ:F16"):
        assert weights.find(name) == f16
    assert weights.find("aprendiz:q8_0") == f16.with_name("aprendiz-Q8_0.gguf")
    assert weights.find("gemma3:1b-nothing") is None


def test_shipped_facts_come_from_the_checkout(checkout):
    model = weights.known()["aprendiz:latest"]
    path = weights.find("aprendiz")
    assert model.shipped and model.bytes == path.stat().st_size
    assert model.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_missing_shipped_file_names_the_mend(checkout, one_sentence):
    weights.find("aprendiz").unlink()
    assert weights.find("aprendiz") is None
    with pytest.raises(KitError) as caught:
        weights.fetch("aprendiz")
    assert "git checkout" in one_sentence(caught.value)


def test_the_manifest_holds_together():
    models = weights.known()
    assert {"aprendiz:latest", "aprendiz:q8_0", "gemma3:1b", "gemma3:4b", "qwen3:0.6b"} <= set(
        models
    )
    names = [name.casefold() for m in models.values() for name in (m.full_name, *m.aliases)]
    assert len(names) == len(set(names))
    for model in models.values():
        assert model.licence and model.licence_url.startswith("https://")
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", model.checked)
        assert model.file.endswith(".gguf")
        assert model.shipped == (model.repo is None)
        if model.sha256 is not None:
            assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)
        if not model.shipped:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+", model.repo)
            # A size without a hash, or the other way round, would be half a fact.
            assert (model.bytes is None) == (model.sha256 is None)
    assert not models["gemma3:1b"].open_licence and models["aprendiz:latest"].open_licence


def test_own_models_are_added_and_wrong_ones_told(tmp_path, monkeypatch, one_sentence):
    monkeypatch.setenv("SELFHOST_MODELS", str(tmp_path))
    entry = dict.fromkeys(
        ("name", "repo", "file", "licence", "licence_url", "architecture", "note"), "x"
    )
    listing = tmp_path / "known.json"
    listing.write_text(json.dumps([entry]), encoding="utf-8")
    assert weights.lookup("x").repo == "x"
    for wrong in ('[{"name": "x"}]', '[{"nme": 1}]', "{}", "[", '["x"]'):
        listing.write_text(wrong, encoding="utf-8")
        with pytest.raises(KitError) as caught:
            weights.known()
        assert "known.json" in one_sentence(caught.value)


def test_sha256_and_verify(tmp_path, one_sentence):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    right = hashlib.sha256(b"abc").hexdigest()
    assert weights.sha256(path) == right
    weights.verify(path, right.upper())
    with pytest.raises(KitError) as caught:
        weights.verify(path, "0" * 64)
    assert "sha256" in one_sentence(caught.value)
    with pytest.raises(KitError):
        weights.sha256(tmp_path / "none")


def test_large_files_are_hashed_again_only_when_they_changed(tmp_path, monkeypatch):
    from selfhost.weights import hashes

    monkeypatch.setenv("SELFHOST_MODELS", str(tmp_path / "store"))
    monkeypatch.setattr(hashes, "_WORTH_KEEPING", 10)
    path = tmp_path / "file"
    path.write_bytes(b"a" * 100)
    first = weights.sha256(path)
    memory = tmp_path / "store" / "sha256.json"
    kept = json.loads(memory.read_text(encoding="utf-8"))
    kept[str(path.resolve())][2] = "f" * 64  # a mark that only the memory has
    memory.write_text(json.dumps(kept), encoding="utf-8")
    assert weights.sha256(path) == "f" * 64
    path.write_bytes(b"b" * 101)
    assert weights.sha256(path) == hashlib.sha256(b"b" * 101).hexdigest() != first
    memory.write_text("not json", encoding="utf-8")
    assert weights.sha256(path) == hashlib.sha256(b"b" * 101).hexdigest()


def test_a_store_that_cannot_be_written_only_costs_time(tmp_path, monkeypatch):
    from selfhost.weights import hashes

    blocked = tmp_path / "store"
    blocked.write_text("a file in the folder's place", encoding="utf-8")
    monkeypatch.setenv("SELFHOST_MODELS", str(blocked))
    monkeypatch.setattr(hashes, "_WORTH_KEEPING", 1)
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert weights.sha256(path) == hashlib.sha256(b"abc").hexdigest()


def test_importing_is_light():
    """No heavy library comes along: notebooks and every command import these."""
    import subprocess
    import sys

    code = (
        "import sys; import selfhost, selfhost.weights, selfhost.endpoint, selfhost.cli;"
        "heavy = {'numpy', 'gguf', 'huggingface_hub', 'httpx', 'torch', 'xllamacpp', 'pandas',"
        " 'fastapi', 'pydantic'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_sums_file_lines(tmp_path: Path):
    assert weights.shipped_sums(tmp_path) == {}
    text = f"{'A' * 64}  a b.txt\n{'b' * 64} *c.bin\nnot a line\n"
    (tmp_path / "SHA256SUMS").write_text(text, encoding="utf-8")
    assert weights.shipped_sums(tmp_path) == {"a b.txt": "a" * 64, "c.bin": "b" * 64}

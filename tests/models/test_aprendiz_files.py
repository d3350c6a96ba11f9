"""The shipped files: listed, loadable, and small."""

import hashlib

import pytest

from models.aprendiz.scoring import HERE

FILES = (
    "aprendiz-F16.gguf",
    "aprendiz-Q8_0.gguf",
    "model.safetensors",
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "chat_template.jinja",
    "train_log.jsonl",
    "README.md",
    "DATA_CARD.md",
    "LICENSE",
)


def test_every_listed_file_is_the_one_that_is_there():
    lines = (HERE / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split("  ", 1)) for line in lines)
    assert set(FILES) <= set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((HERE / name).read_bytes()).hexdigest() == digest, name


def test_quantization_works_without_fallbacks():
    gguf = pytest.importorskip("gguf")
    reader = gguf.GGUFReader(HERE / "aprendiz-F16.gguf")
    matrices = [t for t in reader.tensors if len(t.shape) == 2]
    assert matrices
    for t in matrices:
        assert t.shape[0] % 256 == 0, t.name  # llama.cpp's K-quants take blocks of 256


def test_llama_cpp_answers_in_process():
    pytest.importorskip("xllamacpp")
    from models.aprendiz.engine import Engine

    chat = [{"role": "user", "content": "What is the capital of France?"}]
    with Engine(HERE / "aprendiz-Q8_0.gguf", parallel=2, threads=1) as engine:
        first, second = engine.answers([chat, chat], max_tokens=30)
    assert "Paris" in first and first == second


@pytest.mark.slow
def test_transformers_and_llama_cpp_compute_the_same():
    pytest.importorskip("transformers")
    pytest.importorskip("llama_cpp", reason="the lowlevel extra is not installed")
    from models.aprendiz.verify import check_logits

    assert "same_top" in check_logits()  # raises where they differ

"""Memory by arithmetic: against ggml's table, the quantizer's files, and published figures."""

from __future__ import annotations

import ctypes
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost import KitError, sizing, weights
from selfhost.sizing import tensors
from selfhost.sizing.data import table
from selfhost.sizing.shape import FAMILIES, from_config, read_config
from selfhost.sizing.source import computed
from tests.conftest import ROOT

APRENDIZ = ROOT / "models" / "aprendiz"


def test_block_sizes_are_ggmls() -> None:
    from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

    for name, (count, size) in tensors.BLOCKS.items():
        assert GGML_QUANT_SIZES[GGMLQuantizationType[name]] == (count, size)


def test_the_shipped_model_is_counted_like_its_header() -> None:
    model = sizing.read("aprendiz")
    info = weights.read_gguf(APRENDIZ / "aprendiz-F16.gguf")
    assert model.shape.parameters == info.parameters
    assert sizing.read(APRENDIZ / "config.json", "F16").weights == model.weights
    assert sizing.read(APRENDIZ, "Q8_0").weights == sizing.read("aprendiz:q8_0").weights


@pytest.mark.parametrize("kind", ["Q4_K_M", "Q4_0", "Q6_K"])
def test_types_are_those_of_llama_cpps_quantizer(kind: str, tmp_path: Path) -> None:
    llama_cpp = pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed")
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype, params.nthread = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{kind}"), 1
    out = tmp_path / "out.gguf"
    source = str(APRENDIZ / "aprendiz-F16.gguf").encode()
    assert llama_cpp.llama_model_quantize(source, str(out).encode(), ctypes.byref(params)) == 0
    assert sizing.read(out).weights == sizing.read("aprendiz", kind).weights


@pytest.mark.parametrize("name", ["gemma3:1b", "gemma3:4b"])
def test_published_files_have_the_computed_size(name: str) -> None:
    # The rest of a file is its header: 262,144 tokens with scores and types, 6 to 7 MB.
    known = weights.lookup(name)
    assert known is not None and known.bytes is not None
    model = computed(sizing.published_shapes()[name], "Q4_K_M")
    assert 5e6 < known.bytes - model.weight_bytes < 8e6


def test_the_report_on_gemma_3() -> None:
    report = table()["published"]["gemma3_report"]
    for name, (bf16, _) in report["rows"].items():
        shape = sizing.published_shapes()[name]
        assert computed(shape, "BF16").weight_bytes / 1e9 == pytest.approx(bf16, rel=0.03)


def test_qwens_card() -> None:
    every, without = table()["published"]["qwen3_card"]["rows"]["qwen3:8b"]
    shape = sizing.published_shapes()["qwen3:8b"]
    assert shape.parameters / 1e9 == pytest.approx(every, abs=0.05)
    assert (shape.parameters - shape.embedding) / 1e9 == pytest.approx(without, abs=0.005)


def test_a_window_saves_five_sixths_of_a_long_context() -> None:
    large = sizing.published_shapes()["gemma3:27b"]
    whole, window = sizing.kv_cache(large, 131_072, batch=512)
    assert large.global_layers == 10
    assert whole == 10 * 16 * 256 * 131_072 * 2
    assert window == 52 * 16 * 256 * (1024 + 512) * 2
    assert sizing.kv_cache(large, 1024)[1] == 52 * 16 * 256 * 1024 * 2  # shorter than the window


@given(context=st.integers(1, 2048), slots=st.integers(1, 8), batch=st.integers(1, 512))
def test_more_of_anything_never_takes_less(context: int, slots: int, batch: int) -> None:
    model = sizing.read("aprendiz")
    one = sizing.memory(model, context, slots=slots, batch=batch)
    assert one.total == sum(one.terms().values())
    assert one.total <= sizing.memory(model, 2048, slots=slots, batch=batch).total
    assert one.total <= sizing.memory(model, context, slots=slots + 1, batch=batch).total
    assert one.kv <= sizing.memory(model, context, slots=slots, batch=batch, cache="f32").kv
    assert one.kv >= sizing.memory(model, context, slots=slots, batch=batch, cache="q8_0").kv


@pytest.mark.parametrize("family", FAMILIES)
def test_a_config_of_each_family_is_counted_as_transformers_does(family: str) -> None:
    torch = pytest.importorskip("torch")
    import transformers

    name = {"gemma3": "gemma3_text"}.get(family, family)
    config = transformers.AutoConfig.for_model(
        name, vocab_size=512, hidden_size=64, intermediate_size=96, num_hidden_layers=3,
        num_attention_heads=4, num_key_value_heads=2, head_dim=16, pad_token_id=0,
    )  # fmt: skip
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(config)
    shape = from_config(config.to_dict(), family)
    assert shape.parameters == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"model_type": "mamba"}, "of type mamba"),
        ({"model_type": "llama", "num_local_experts": 8}, "mixture of experts"),
        ({"model_type": "llama"}, "lacks a usable size"),
        ({"model_type": "llama", "num_hidden_layers": 10**9, "num_attention_heads": 1,
          "hidden_size": 1, "intermediate_size": 1, "vocab_size": 1}, "lacks a usable size"),
        ([], "not a readable config.json"),
        ("{", "not a readable config.json"),
    ],
)  # fmt: skip
def test_what_is_no_usable_config_ends_in_a_sentence(
    config: object, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    path.write_text(config if isinstance(config, str) else json.dumps(config), encoding="utf-8")
    with pytest.raises(KitError, match=words):
        read_config(path)


def test_names_files_and_mistakes(tmp_path: Path) -> None:
    assert sizing.read("qwen3:8b").shape.layers == 36
    for what, words in (
        ("nonsense:7b", "no known size"),
        (tmp_path / "none.gguf", "no known size"),
    ):
        with pytest.raises(KitError, match=words):
            sizing.read(what)
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\xff" * 64)
    with pytest.raises(KitError):
        sizing.read(broken)
    with pytest.raises(KitError, match="none of the types"):
        sizing.read("aprendiz", "Q9_X")
    with pytest.raises(KitError, match="made for 2,048"):
        sizing.memory(sizing.read("aprendiz"), 100_000)
    with pytest.raises(KitError, match="no cache type"):
        sizing.memory(sizing.read("aprendiz"), 64, cache="q3")

"""Write a GGUF of Gemma 3's architecture with random weights, in the exact shape of a real model.

    python -m benchmarks.make_test_model --shape gemma3-1b build/bench/gemma3-1b-random.gguf
    python -m benchmarks.make_test_model --shape 200mb build/bench/random-200mb.gguf

It answers nonsense. It costs what the real one costs: the same matrices are read for each token,
so memory, load time and speed are those of the shape. The tokenizer is the shipped model's,
filled up with unused tokens, whose embeddings are zero so that they are not sampled.

Shape of gemma3:1b: 26 layers, hidden 1152, feed-forward 6912, 4 heads, 1 KV head, head size 256,
262,144 tokens, window 512 (google/gemma-3-1b-it, config.json, 2025-03).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Shape:
    """Sizes of a Gemma 3 text model (all in elements)."""

    layers: int
    hidden: int
    ffn: int
    heads: int
    kv_heads: int
    head_dim: int
    vocab: int
    context: int
    window: int = 512


SHAPES = {
    "gemma3-1b": Shape(26, 1152, 6912, 4, 1, 256, 262_144, 32_768),
    "200mb": Shape(12, 1024, 3072, 4, 1, 256, 32_768, 8_192),
}
# Matrix rows must be whole blocks for Q8_0 (32 elements), which both shapes are.


def _tensors(shape: Shape) -> list[tuple[str, tuple[int, ...]]]:
    h, f, d = shape.hidden, shape.ffn, shape.head_dim
    found: list[tuple[str, tuple[int, ...]]] = [("token_embd.weight", (shape.vocab, h))]
    for layer in range(shape.layers):
        block = {
            "attn_norm": (h,), "attn_q": (shape.heads * d, h), "attn_k": (shape.kv_heads * d, h),
            "attn_v": (shape.kv_heads * d, h), "attn_output": (h, shape.heads * d),
            "attn_q_norm": (d,), "attn_k_norm": (d,), "post_attention_norm": (h,),
            "ffn_norm": (h,), "post_ffw_norm": (h,), "ffn_gate": (f, h), "ffn_up": (f, h),
            "ffn_down": (h, f),
        }  # fmt: skip
        found += [(f"blk.{layer}.{name}.weight", size) for name, size in block.items()]
    return [*found, ("output_norm.weight", (h,))]


def _header(writer: Any, shape: Shape, donor: Path) -> int:
    """Write the metadata; return how many tokens of the donor's tokenizer are real ones."""
    import gguf

    fields = gguf.GGUFReader(donor).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    writer.add_type("model")
    writer.add_name("random weights, for measurements only")
    writer.add_license("CC0-1.0")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.hidden)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.ffn)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_dim)
    writer.add_value_length(shape.head_dim)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_sliding_window(shape.window)
    unused = shape.vocab - len(tokens)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens + [f"<unused{i}>" for i in range(unused)])
    writer.add_token_scores(fields["tokenizer.ggml.scores"].contents() + [-1e6] * unused)
    kinds = fields["tokenizer.ggml.token_type"].contents()
    writer.add_token_types(kinds + [int(gguf.TokenType.UNUSED)] * unused)
    for name in ("bos", "eos", "unknown", "padding", "eot"):
        key = f"tokenizer.ggml.{name}_token_id"
        if key in fields:
            writer.add_uint32(key, int(fields[key].contents()))
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(fields["tokenizer.chat_template"].contents())
    return len(tokens)


def write(path: Path, shape: Shape, kind: str, donor: Path, seed: int = 1) -> None:
    """Write the model to `path`, under a temporary name until it is whole.

    `kind` is `q8_0` or `f16`. Tensors are made one at a time, so that memory stays near the
    size of the file.
    """
    import gguf

    quant = {"q8_0": gguf.GGMLQuantizationType.Q8_0, "f16": gguf.GGMLQuantizationType.F16}[kind]
    unfinished = path.with_suffix(".part")
    writer = gguf.GGUFWriter(unfinished, "gemma3")
    writer.add_file_type(7 if kind == "q8_0" else 1)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    real = _header(writer, shape, donor)
    draw = np.random.default_rng(seed)
    for name, size in _tensors(shape):
        if len(size) == 1:
            writer.add_tensor(name, np.ones(size, np.float32))
            continue
        data = draw.standard_normal(size, dtype=np.float32) * np.float32(size[1] ** -0.5)
        if name == "token_embd.weight":
            data[real:] = 0
        packed = gguf.quants.quantize(data, quant)
        writer.add_tensor(name, packed, raw_dtype=quant)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    Path(unfinished).replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--shape", choices=SHAPES, default="gemma3-1b")
    parser.add_argument("--type", choices=["q8_0", "f16"], default="q8_0")
    parser.add_argument("--donor", type=Path, default=ROOT / "models/aprendiz/aprendiz-F16.gguf")
    args = parser.parse_args()
    args.path.parent.mkdir(parents=True, exist_ok=True)
    write(args.path, SHAPES[args.shape], args.type, args.donor)
    print(f"{args.path} {args.path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()

"""A model that is large enough to be slow: random 32-bit weights, 130 MB, made in a second.

The course's own model fits into a processor's cache, where reading weights costs next to nothing.
What serving is about shows only with weights in main memory. This one answers nonsense; it costs
what any model of its shape costs, because the same matrices are read and multiplied. Its tokens
are aprendiz's, whose file lends the tokenizer.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from selfhost.paths import shipped_models, store_dir

LAYERS, HIDDEN, FFN, HEADS, HEAD = 4, 768, 2304, 4, 256
NAME = "random-4x768-F32.gguf"


def parameters(vocab: int = 4096) -> int:
    """How many numbers take part in one token."""
    block = 2 * HEADS * HEAD * HIDDEN + 2 * HEAD * HIDDEN + 3 * FFN * HIDDEN
    return LAYERS * block + vocab * HIDDEN


def path() -> Path:
    """The file, in the kit's store; written on the first call."""
    target = store_dir() / "serving" / NAME
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f"{NAME}.{os.getpid()}.part")
        try:
            _write(unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    return target


def _write(target: Path) -> None:
    import gguf
    import numpy as np

    donor = gguf.GGUFReader(shipped_models() / "aprendiz" / "aprendiz-F16.gguf").fields
    tokens = donor["tokenizer.ggml.tokens"].contents()
    writer = gguf.GGUFWriter(target, "gemma3")
    _header(writer, donor, tokens)
    # One pool of random numbers, read from another place for each matrix: drawing all of them
    # anew would take longer than everything else, and the speed does not depend on them.
    pool = np.random.default_rng(1).standard_normal(1 << 20, dtype=np.float32)
    for number, (name, size) in enumerate(_tensors(len(tokens))):
        if len(size) == 1:
            writer.add_tensor(name, np.ones(size, np.float32))
            continue
        data = np.resize(np.roll(pool, 7919 * number), size) * np.float32(size[1] ** -0.5)
        writer.add_tensor(name, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensors(vocab: int) -> list[tuple[str, tuple[int, ...]]]:
    found: list[tuple[str, tuple[int, ...]]] = [("token_embd.weight", (vocab, HIDDEN))]
    block = {
        "attn_norm": (HIDDEN,), "attn_q": (HEADS * HEAD, HIDDEN), "attn_k": (HEAD, HIDDEN),
        "attn_v": (HEAD, HIDDEN), "attn_output": (HIDDEN, HEADS * HEAD), "attn_q_norm": (HEAD,),
        "attn_k_norm": (HEAD,), "post_attention_norm": (HIDDEN,), "ffn_norm": (HIDDEN,),
        "post_ffw_norm": (HIDDEN,), "ffn_gate": (FFN, HIDDEN), "ffn_up": (FFN, HIDDEN),
        "ffn_down": (HIDDEN, FFN),
    }  # fmt: skip
    for layer in range(LAYERS):
        found += [(f"blk.{layer}.{name}.weight", size) for name, size in block.items()]
    return [*found, ("output_norm.weight", (HIDDEN,))]


def _header(writer: Any, donor: Any, tokens: list[str]) -> None:
    import gguf

    writer.add_type("model")
    writer.add_name("random weights, for measurements only")
    writer.add_license("CC0-1.0")
    writer.add_file_type(0)  # all in F32
    writer.add_context_length(8192)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FFN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(1)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_sliding_window(512)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(donor["tokenizer.ggml.scores"].contents())
    writer.add_token_types(donor["tokenizer.ggml.token_type"].contents())
    for name in ("bos", "eos", "unknown", "padding", "eot"):
        key = f"tokenizer.ggml.{name}_token_id"
        if key in donor:
            writer.add_uint32(key, int(donor[key].contents()))
    writer.add_add_bos_token(True)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_chat_template(donor["tokenizer.chat_template"].contents())

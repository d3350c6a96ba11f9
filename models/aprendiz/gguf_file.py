# SPDX-License-Identifier: MIT
"""Write a model as GGUF, llama.cpp's one-file format, in F32, F16 or Q8_0.

What is easy to get wrong for architecture ``gemma3``:

* Gemma's norms scale by 1 + weight, llama.cpp by the stored value: add 1 to every norm.
* llama.cpp scales the embedding by sqrt(hidden) itself: it is stored as it is. The output matrix
  is the embedding, and is not stored again.
* Layer i is global when (i + 1) % 6 == 0, whatever the file says.
* The turn markers must be CONTROL tokens, or they are printed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Weights = dict[str, npt.NDArray[Any]]
TENSORS = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
TURN_MARKERS = (b"<start_of_turn>", b"<end_of_turn>")
FILE_TYPES = {"F32": 0, "F16": 1, "Q8_0": 7}
DESCRIPTION = (
    "Very small language model of a workshop on self-hostable AI, trained from scratch on"
    " synthetic text"
)


def tensor_name(name: str) -> str:
    """llama.cpp's name of a tensor."""
    name = name.removeprefix("model.")
    if name == "embed_tokens.weight":
        return "token_embd.weight"
    if name == "norm.weight":
        return "output_norm.weight"
    _, i, rest = name.split(".", 2)
    return f"blk.{i}.{TENSORS[rest.removesuffix('.weight')]}.weight"


def _add_shape(w: Any, config: dict[str, Any]) -> None:
    kinds = config["layer_types"]
    if any((kind == "full_attention") != ((i + 1) % 6 == 0) for i, kind in enumerate(kinds)):
        raise ValueError("llama.cpp fixes which layers of gemma3 are global: every sixth")
    if config["query_pre_attn_scalar"] != config["head_dim"]:
        raise ValueError("llama.cpp scales gemma3's queries by 1 / sqrt(head_dim)")
    rope = config["rope_parameters"]
    w.add_context_length(config["max_position_embeddings"])
    w.add_embedding_length(config["hidden_size"])
    w.add_block_count(config["num_hidden_layers"])
    w.add_feed_forward_length(config["intermediate_size"])
    w.add_head_count(config["num_attention_heads"])
    w.add_head_count_kv(config["num_key_value_heads"])
    w.add_key_length(config["head_dim"])
    w.add_value_length(config["head_dim"])
    w.add_layer_norm_rms_eps(config["rms_norm_eps"])
    w.add_rope_freq_base(rope["full_attention"]["rope_theta"])
    w.add_rope_freq_base_swa(rope["sliding_attention"]["rope_theta"])
    w.add_sliding_window(config["sliding_window"])


def _add_tokenizer(w: Any, folder: Path) -> None:
    import sentencepiece
    from gguf import TokenType

    sp = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    pieces = [sp.id_to_piece(i).encode() for i in range(sp.vocab_size())]
    types = []
    for i, piece in enumerate(pieces):
        if sp.is_unknown(i):
            types.append(TokenType.UNKNOWN)
        elif sp.is_control(i) or piece in TURN_MARKERS:
            types.append(TokenType.CONTROL)
        else:
            types.append(TokenType.BYTE if sp.is_byte(i) else TokenType.NORMAL)
    w.add_tokenizer_model("llama")  # SentencePiece
    w.add_tokenizer_pre("default")
    w.add_token_list(pieces)
    w.add_token_scores([sp.get_score(i) for i in range(len(pieces))])
    w.add_token_types(types)
    w.add_pad_token_id(sp.pad_id())
    w.add_eos_token_id(sp.eos_id())
    w.add_bos_token_id(sp.bos_id())
    w.add_unk_token_id(sp.unk_id())
    w.add_eot_token_id(sp.piece_to_id(TURN_MARKERS[1].decode()))
    w.add_add_bos_token(True)
    w.add_add_eos_token(False)
    w.add_add_space_prefix(False)
    w.add_chat_template((folder / "chat_template.jinja").read_text(encoding="utf-8"))


def _add_tensor(w: Any, name: str, value: npt.NDArray[Any], kind: str) -> None:
    from gguf import GGMLQuantizationType, quants

    value = value.astype(np.float32)
    if name.endswith("norm.weight"):
        w.add_tensor(tensor_name(name), value + 1.0)  # norms stay F32 in every type
    elif kind == "Q8_0":
        q8 = GGMLQuantizationType.Q8_0
        w.add_tensor(tensor_name(name), quants.quantize(value, q8), raw_dtype=q8)
    else:
        w.add_tensor(tensor_name(name), value.astype(np.float16) if kind == "F16" else value)


def write_gguf(folder: Path, weights: Weights, path: Path, kind: str) -> None:
    """Write the weights, with the configuration and tokenizer of ``folder``.

    ``kind``: F32, F16 or Q8_0.
    """
    import gguf

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    part = path.with_name(path.name + ".part")
    w = gguf.GGUFWriter(part, "gemma3")
    w.add_type("model")
    w.add_name("aprendiz")
    w.add_description(DESCRIPTION)
    w.add_size_label(f"{sum(v.size for v in weights.values()) / 1e6:.1f}M")
    w.add_license("apache-2.0")
    w.add_languages(["en", "es"])
    _add_shape(w, config)
    w.add_file_type(FILE_TYPES[kind])
    w.add_quantization_version(gguf.GGML_QUANT_VERSION)
    _add_tokenizer(w, folder)
    for name, value in weights.items():
        _add_tensor(w, name, value, kind)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    part.replace(path)

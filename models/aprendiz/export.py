# SPDX-License-Identifier: MIT
"""Turn a trained run into the files that other programs load.

    python -m models.aprendiz.export build/quick --out build/quick/model

Writes ``model.safetensors`` (float16) and ``config.json`` for transformers, and GGUF files for
llama.cpp and Ollama. All of them hold the same float16 numbers, except Q8_0, which rounds them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from .gguf_file import Weights, write_gguf
from .scoring import HERE

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "chat_template.jinja",
    "generation_config.json",
)
LISTED = (".gguf", ".safetensors", ".json", ".jsonl", ".jinja", ".model", ".md", ".png", ".txt")
CONTEXT = 2048  # longest context offered; training rows are shorter, see the card
WINDOW = 512


def config(weights: Weights) -> dict[str, Any]:
    """transformers' configuration of these weights."""
    layers = 1 + max(int(name.split(".")[2]) for name in weights if ".layers." in name)
    vocab, hidden = weights["model.embed_tokens.weight"].shape
    inter = weights["model.layers.0.mlp.gate_proj.weight"].shape[0]
    dim = weights["model.layers.0.self_attn.q_norm.weight"].shape[0]
    queries = weights["model.layers.0.self_attn.q_proj.weight"].shape[0]
    keys = weights["model.layers.0.self_attn.k_proj.weight"].shape[0]
    kinds = ["full_attention" if (i + 1) % 6 == 0 else "sliding_attention" for i in range(layers)]
    return {
        "architectures": ["Gemma3ForCausalLM"],
        "model_type": "gemma3_text",
        "dtype": "float32",
        "vocab_size": vocab,
        "hidden_size": hidden,
        "intermediate_size": inter,
        "num_hidden_layers": layers,
        "num_attention_heads": queries // dim,
        "num_key_value_heads": keys // dim,
        "head_dim": dim,
        "query_pre_attn_scalar": dim,
        "hidden_activation": "gelu_pytorch_tanh",
        "rms_norm_eps": 1e-6,
        "max_position_embeddings": CONTEXT,
        "sliding_window": WINDOW,
        "layer_types": kinds,
        "rope_parameters": {
            "full_attention": {"rope_type": "default", "rope_theta": 1_000_000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
        },
        "attention_bias": False,
        "attention_dropout": 0.0,
        "initializer_range": 0.02,
        "tie_word_embeddings": True,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "bos_token_id": 2,
        "use_cache": True,
    }


def export(run: Path, out: Path, kinds: tuple[str, ...]) -> None:
    """Write everything for the weights of a run's folder."""
    from safetensors.numpy import load_file, save_file

    weights: Weights = {
        k: v.astype(np.float16) for k, v in load_file(run / "model.safetensors").items()
    }
    if not all(np.isfinite(v).all() for v in weights.values()):
        raise ValueError("a weight is not finite in float16")
    out.mkdir(parents=True, exist_ok=True)
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    text = json.dumps(config(weights), indent=2) + "\n"
    (out / "config.json").write_text(text, encoding="utf-8")
    for name in TOKENIZER_FILES:
        if out.resolve() != HERE.resolve():
            shutil.copyfile(HERE / name, out / name)
    for kind in kinds:
        write_gguf(out, weights, out / f"aprendiz-{kind}.gguf", kind)


def checksums(folder: Path) -> str:
    """``sha256sum`` lines of the files that make up a model, without code."""
    lines = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        listed = path.suffix in LISTED or path.name.startswith("LICENSE")
        if path.is_file() and listed and "__pycache__" not in name:
            lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n")
    return "".join(lines)


def main(argv: list[str] | None = None) -> None:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("run", type=Path, nargs="?", help="folder of a training run")
    p.add_argument("--out", type=Path, default=HERE, help="folder to write (default: this one)")
    p.add_argument("--kinds", nargs="+", default=["F16", "Q8_0"], choices=["F32", "F16", "Q8_0"])
    a = p.parse_args(argv)
    if a.run:
        export(a.run, a.out, tuple(a.kinds))
    (a.out / "SHA256SUMS").write_text(checksums(a.out), encoding="utf-8")
    for path in sorted(a.out.glob("*.gguf")):
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Logits of transformers (float32) against llama.cpp on an F32 file.

On a CPU, ggml looks GELU up in a table of float16 numbers. So the two cannot agree to the last
digit, and the difference is measured in three ways: as it is; without the feed-forward parts, the
only place where GELU is used; and between transformers and itself with GELU rounded to float16.
The second says whether everything else is the same, the third how much the table alone explains.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .gguf_file import Weights, write_gguf

POSITIONS = 2000  # at least so many are compared
SAME_TOP = 0.995  # share of positions with the same most likely token, at least
MOST_WITHOUT_GELU = 1e-3  # largest difference of a logit, feed-forward parts left out
MOST = 1e-2  # largest difference of a logit
LENGTH = 500  # tokens of one text
Logits = npt.NDArray[np.float32]


def _rounded_gelu() -> Any:
    import torch

    class RoundedGelu(torch.nn.Module):
        """tanh-GELU of a float16 input, as a float16 number, like ggml's table."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = torch.nn.functional.gelu(x.half().float(), approximate="tanh").half().float()
            return torch.where(x <= -10, torch.zeros_like(x), torch.where(x >= 10, x, y))

    return RoundedGelu()


def _by_transformers(model: Any, rows: list[list[int]]) -> Logits:
    import torch

    with torch.no_grad():
        return np.concatenate([model(torch.tensor([row])).logits[0].numpy() for row in rows])


def _by_llama_cpp(folder: Path, weights: Weights, rows: list[list[int]]) -> Logits:
    """With float32 keys and values, and without flash attention: the closest settings."""
    import llama_cpp

    size, out = LENGTH + 1, list[Logits]()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        path = Path(temporary) / "F32.gguf"
        write_gguf(folder, weights, path, "F32")
        engine = llama_cpp.Llama(
            str(path), n_ctx=size, n_batch=size, n_ubatch=size, logits_all=True,
            type_k=0, type_v=0, flash_attn=False, n_threads=1, n_threads_batch=1, verbose=False,
        )  # fmt: skip
        for row in rows:
            engine.reset()
            engine.eval(row)
            out.append(np.array(engine.scores[: len(row)]))
        engine.close()
    return np.concatenate(out)


def compare(folder: Path, documents: list[str]) -> dict[str, float]:
    """Positions, share of the same top token, and differences of logits.

    ``folder`` holds the model; the documents are read one after another, in texts of ``LENGTH``
    tokens.
    """
    import torch
    from safetensors.numpy import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = [i for d in documents for i in tokenizer(d, add_special_tokens=False)["input_ids"]]
    count = -(-POSITIONS // LENGTH)
    rows = [[2, *ids[k * LENGTH : (k + 1) * LENGTH]] for k in range(count)]
    weights: Weights = load_file(folder / "model.safetensors")
    silent = {k: np.zeros_like(v) if ".down_proj." in k else v for k, v in weights.items()}

    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    plain, cpp = _by_transformers(model, rows), _by_llama_cpp(folder, weights, rows)
    for layer in model.model.layers:
        layer.mlp.act_fn = _rounded_gelu()
    rounded = _by_transformers(model, rows)
    with torch.no_grad():
        for layer in model.model.layers:
            layer.mlp.down_proj.weight.zero_()
    without = np.abs(_by_transformers(model, rows) - _by_llama_cpp(folder, silent, rows))
    difference = np.abs(plain - cpp)
    return {
        "positions": len(plain),
        "same_top": float((plain.argmax(-1) == cpp.argmax(-1)).mean()),
        "largest_difference": float(difference.max()),
        "mean_difference": float(difference.mean()),
        "largest_without_feed_forward": float(without.max()),
        "largest_by_rounding_gelu_alone": float(np.abs(plain - rounded).max()),
    }

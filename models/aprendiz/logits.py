# SPDX-License-Identifier: MIT
"""Logits of transformers (float32) against llama.cpp on an F32 file.

ggml looks GELU up in a table of float16 numbers, on a CPU always. So two differences are measured:
against transformers as it is, and against transformers with GELU rounded in the same way. The
second says whether the weights and the graph are the same; the first is what a user sees.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

POSITIONS = 2000  # at least so many are compared
SAME_TOP = 0.995  # share of positions with the same most likely token
MOST = 1e-3  # largest difference of a logit, GELU rounded in the same way
LENGTH = 500  # tokens of one text
Logits = npt.NDArray[np.float32]


def _gelu_as_in_ggml() -> Any:
    import torch

    class TableGelu(torch.nn.Module):
        """tanh-GELU of a float16 input, as a float16 number; the identity from 10 on."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = torch.nn.functional.gelu(x.half().float(), approximate="tanh").half().float()
            return torch.where(x <= -10, torch.zeros_like(x), torch.where(x >= 10, x, y))

    return TableGelu()


def texts(ids_of: Any, documents: list[str]) -> list[list[int]]:
    """Documents one after another, in pieces of ``LENGTH`` tokens, each after <bos>."""
    ids = [i for document in documents for i in ids_of(document)]
    count = POSITIONS // LENGTH + 1
    return [[2, *ids[k * LENGTH : (k + 1) * LENGTH]] for k in range(count)]


def _difference(a: list[Logits], b: list[Logits]) -> float:
    return float(max(np.abs(x - y).max() for x, y in zip(a, b, strict=True)))


def compare(folder: Path, gguf: Path, documents: list[str]) -> dict[str, float]:
    """Positions, share of the same top token, and the two largest differences."""
    import llama_cpp
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    rows = texts(lambda t: tokenizer(t, add_special_tokens=False)["input_ids"], documents)

    def by_transformers() -> list[Logits]:
        with torch.no_grad():
            return [model(torch.tensor([row])).logits[0].numpy() for row in rows]

    plain = by_transformers()
    for layer in model.model.layers:
        layer.mlp.act_fn = _gelu_as_in_ggml()
    rounded = by_transformers()
    size = LENGTH + 1
    # 0: float32 for keys and values; float16 is the default. No flash attention: it rounds too.
    engine = llama_cpp.Llama(
        str(gguf), n_ctx=size, n_batch=size, n_ubatch=size, logits_all=True, type_k=0, type_v=0,
        flash_attn=False, n_threads=1, n_threads_batch=1, verbose=False,
    )  # fmt: skip
    cpp: list[Logits] = []
    for row in rows:
        engine.reset()
        engine.eval(row)
        cpp.append(np.array(engine.scores[: len(row)]))
    same = [(a.argmax(-1) == b.argmax(-1)) for a, b in zip(plain, cpp, strict=True)]
    return {
        "positions": sum(len(s) for s in same),
        "same_top": float(np.concatenate(same).mean()),
        "largest_difference": _difference(plain, cpp),
        "largest_difference_same_gelu": _difference(rounded, cpp),
    }

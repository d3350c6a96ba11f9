# SPDX-License-Identifier: MIT
"""Ask weights that were just trained, in plain torch: slow, and needs no export."""

from __future__ import annotations

from pathlib import Path

import torch

from .batches import BOS, END, EOS, TOKENIZER
from .net import Gemma, Shape
from .state import load_weights

QUESTIONS = (
    "Hello!",
    "What is the capital of France?",
    "¿Cuál es la capital de España?",
    "Write a short story about a fox.",
)


def load(folder: Path, length: int = 256) -> Gemma:
    """The model of a run's folder."""
    weights = load_weights(folder)
    shape = Shape(
        layers=1 + max(int(name.split(".")[2]) for name in weights if ".layers." in name),
        inter=weights["model.layers.0.mlp.gate_proj.weight"].shape[0],
    )
    model = Gemma(shape, length)
    model.load_state_dict(weights)
    return model.eval()


@torch.no_grad()
def answer(model: Gemma, question: str, limit: int = 80) -> str:
    """The most likely answer, token by token."""
    import sentencepiece

    sp = sentencepiece.SentencePieceProcessor(model_file=str(TOKENIZER))
    text = f"<start_of_turn>user\n{question}<end_of_turn>\n<start_of_turn>model\n"
    ids = [BOS, *sp.encode(text)]
    start = len(ids)
    while len(ids) < start + limit:
        token = int(model.logits(torch.tensor([ids]))[0, -1].argmax())
        if token in (END, EOS):
            break
        ids.append(token)
    return str(sp.decode(ids[start:])).strip()

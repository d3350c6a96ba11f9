"""Begin a training run from weights that were exported before.

Exported weights lack what training needs besides (the optimizer's memory, the CTC output), so a
run that still has its ``state.pt`` continues better from that. The vocabulary may have grown
since: rows of tokens that are new keep their random start.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file

from .export import TABLE
from .net import TrainingNet


def take_up(net: TrainingNet, ids: list[int], path: Path) -> int:
    """Copy the weights of an ``oido.safetensors`` file; returns how many tokens are new."""
    values = load_file(path)
    known = {token: row for row, token in enumerate(values.pop("vocabulary_ids").tolist())}
    table = net.whisper.decoder.token_embedding.weight.detach().clone()
    kept = [row for row, token in enumerate(ids) if token in known]
    source = torch.tensor([known[ids[row]] for row in kept])
    table[torch.tensor(kept)] = values[TABLE][source].float()
    values[TABLE] = table
    net.whisper.load_state_dict({name: value.float() for name, value in values.items()})
    return len(ids) - len(kept)

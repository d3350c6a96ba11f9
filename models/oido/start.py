"""Begin a training run from weights that were exported before.

Exported weights lack what training needs besides (the optimizer's memory, the CTC output), so a
run that still has its ``state.pt`` continues better from that. The vocabulary may have grown
since: rows of tokens that are new keep their random start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


def grown(saved: dict[str, Any], ids: list[int], table: torch.Tensor) -> dict[str, Any]:
    """A saved state for a vocabulary that has grown since; new rows start as in ``table``."""
    known = {token: row for row, token in enumerate(saved["ids"])}
    kept = [row for row, token in enumerate(ids) if token in known]
    source = torch.tensor([known[ids[row]] for row in kept])

    def wider(old: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
        new[torch.tensor(kept)] = old[source]
        return new

    name = f"whisper.{TABLE}"
    size = saved["net"][name].shape
    saved["net"][name] = wider(saved["net"][name], table.detach().clone())
    for part in saved["optimizer"]:
        for moments in part["state"].values():
            for key, value in moments.items():
                if value.shape == size:
                    moments[key] = wider(value, torch.zeros_like(table))
    saved["ids"] = ids
    return saved

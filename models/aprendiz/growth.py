# SPDX-License-Identifier: MIT
"""Growing a trained model into a larger one that, at first, computes exactly the same.

Layer i of the small model becomes layer 2i of the large one. Layer 2i + 1 starts as its copy, with
the two norms after its attention and its feed-forward part at -1: Gemma scales by 1 + weight, so
the copy adds nothing, but its gradients flow. A wider feed-forward part gets random rows going in
and zero columns coming out.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .net import Gemma


def _wider(old: Tensor, new: Tensor, name: str) -> Tensor:
    if old.shape == new.shape:
        return old.clone()
    if ".down_proj." in name:
        out = torch.zeros_like(new)
        out[:, : old.shape[1]] = old
    else:
        out = new.clone()
        out[: old.shape[0]] = old
    return out


@torch.no_grad()
def grow(model: Gemma, base: dict[str, Tensor]) -> None:
    """Put a smaller model's weights into this one."""
    depth = 1 + max(int(name.split(".")[2]) for name in base if ".layers." in name)
    for name, own in model.state_dict().items():
        if not name.startswith("model.layers."):
            own.copy_(base[name])
            continue
        i = int(name.split(".")[2])
        source = name.replace(f".{i}.", f".{min(i // 2, depth - 1)}.", 1)
        value = _wider(base[source].float(), own, name)
        if i % 2 and ("post_attention" in name or "post_feedforward" in name):
            value = torch.full_like(own, -1.0)
        own.copy_(value)

"""An importance matrix: which columns of a weight matrix meet large inputs on real text.

llama.cpp's quantizer weighs the error of each weight by the mean square of the input that it is
multiplied with (tools/imatrix of github.com/ggml-org/llama.cpp). Its tool that measures this is
not part of llama-cpp-python, but the quantizer's parameter is. So we measure with transformers,
on the same weights, and hand the figures over.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfhost.errors import KitError

Array = NDArray[np.float32]

# transformers' names of Gemma 3's, Llama's and Qwen's matrices: llama.cpp's.
_NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}  # fmt: skip


@dataclass(frozen=True)
class Importance:
    """Mean squares by GGUF tensor name, each of shape (columns,); `tokens` they were taken from."""

    columns: dict[str, Array]
    tokens: int

    @property
    def digest(self) -> str:
        """sha256 over names and numbers, in hex."""
        found = hashlib.sha256()
        for name in sorted(self.columns):
            found.update(name.encode())
            found.update(np.ascontiguousarray(self.columns[name], "<f4").tobytes())
        return found.hexdigest()

    def as_c(self, struct: Any) -> Any:
        """A C array of `llama_model_imatrix_data`, ended by an entry without a name."""
        array = (struct * (len(self.columns) + 1))()
        kept = []
        for entry, (name, values) in zip(array, self.columns.items(), strict=False):
            data = np.ascontiguousarray(values, np.float32)
            kept.append(data)
            entry.name = name.encode()
            entry.data = data.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
            entry.size = data.size
        array._kept = kept  # the numbers must live as long as the array that points to them
        return array


def measure(folder: Path, rows: Sequence[Sequence[int]]) -> Importance:
    """Run rows of token ids through the model in `folder`; mean squares of each matrix' input.

    Only text that will not be used to judge the result: give training text, not held-out text.
    Raises `KitError` when the folder holds no model that transformers reads.
    """
    import torch

    from selfhost.quantize.torchside import load, one_thread

    model = load(folder)
    sums: dict[str, Any] = {}
    tokens = sum(len(row) for row in rows)

    def watch(name: str) -> Any:
        def hook(_module: Any, inputs: Any) -> None:
            squares = inputs[0].detach().double().square().reshape(-1, inputs[0].shape[-1]).sum(0)
            sums[name] = sums.get(name, 0) + squares

        return hook

    hooks = []
    for path, module in model.named_modules():
        name = gguf_name(path)
        if name is not None:
            hooks.append(module.register_forward_pre_hook(watch(name)))
    if not hooks:
        raise KitError("None of this model's matrices has a name that is known here.")
    try:
        with torch.no_grad(), one_thread():
            for row in rows:
                model(torch.tensor([list(row)]))
    finally:
        for hook in hooks:
            hook.remove()
    return Importance(
        {name: (total / tokens).numpy().astype(np.float32) for name, total in sums.items()}, tokens
    )


def gguf_name(path: str) -> str | None:
    """`model.layers.3.mlp.up_proj` -> `blk.3.ffn_up.weight`; None for what is no such matrix."""
    parts = path.removeprefix("model.").split(".", 2)
    if len(parts) != 3 or parts[0] != "layers" or parts[2] not in _NAMES:
        return None
    return f"blk.{parts[1]}.{_NAMES[parts[2]]}.weight"

"""GPTQ: made by `gptqmodel` where that is installed, read by hand everywhere.

GPTQ rounds a matrix column by column and moves what each rounding lost onto the columns that are
still to come, so that the matrix' *outputs* on calibration text change least (Frantar et al.,
arXiv 2210.17323, 2022). The file keeps, per matrix: `qweight`, eight 4-bit numbers in each int32,
along the inputs; `scales` and `qzeros`, one per group of inputs and output; `g_idx`, each input's
group. Format "gptq" stores a zero point as one less than it is (gptqmodel 7.7.0).
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfhost import weights
from selfhost.errors import KitError
from selfhost.paths import shipped_models
from selfhost.quantize import torchside

Array = NDArray[np.float32]
PARTS = ("qweight", "qzeros", "scales", "g_idx")
MEND = "pip install gptqmodel==7.7.0 in an environment of its own (it brings its own torch)"


def shipped() -> Path:
    """The folder of aprendiz as gptqmodel quantized it; its README says how."""
    return shipped_models() / "aprendiz-gptq"


def available() -> bool:
    """True when gptqmodel is installed here."""
    return importlib.util.find_spec("gptqmodel") is not None


def make(source: Path, target: Path, texts: Sequence[str], *, group: int = 64) -> None:
    """Quantize the folder `source` to 4 bits with gptqmodel, looking at `texts`; write `target`.

    Takes minutes on a CPU; the first time it also compiles code. On a machine with two cores set
    GPTQMODEL_CPU_WORKERS=2, or it does not start. Raises `KitError` when it is not installed.
    """
    if not available():
        raise KitError("gptqmodel is not installed here.", MEND)
    from gptqmodel import GPTQModel, QuantizeConfig

    model = GPTQModel.load(str(source), QuantizeConfig(bits=4, group_size=group))
    model.quantize(list(texts), batch_size=4)
    model.save(str(target))


def unpack(
    qweight: NDArray[np.int32],
    qzeros: NDArray[np.int32],
    scales: NDArray[np.float16],
    g_idx: NDArray[np.int32],
) -> Array:
    """One matrix, as (outputs, inputs).

    qweight: (inputs / 8, outputs); qzeros: (groups, outputs / 8); scales: (groups, outputs);
    g_idx: (inputs,).
    """
    shifts = np.arange(0, 32, 4, dtype=np.int32)
    q = (qweight[:, None, :] >> shifts[None, :, None]) & 15  # (inputs / 8, 8, outputs)
    zeros = ((qzeros[:, :, None] >> shifts) & 15).reshape(scales.shape) + 1
    q = q.reshape(-1, qweight.shape[1])
    values = scales[g_idx].astype(np.float32) * (q - zeros[g_idx])
    return np.ascontiguousarray(values.T, np.float32)


def read(folder: Path) -> dict[str, Any]:
    """Every tensor of the folder by transformers' name, as float32 torch tensors.

    Raises `KitError` when the folder is no 4-bit GPTQ model of this format.
    """
    weights.read_safetensors(folder / "model.safetensors")
    try:
        config: Any = json.loads((folder / "quantize_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KitError(f"{folder.name} is no GPTQ model: no quantize_config.json.") from error
    if config.get("bits") != 4 or config.get("checkpoint_format") != "gptq":
        raise KitError(f"{folder.name} is not in 4-bit GPTQ format.")
    import torch
    from safetensors.torch import load_file

    parts = load_file(folder / "model.safetensors")
    found = {}
    for name, tensor in parts.items():
        stem, _, part = name.rpartition(".")
        if part == "qweight":
            packed = (parts[f"{stem}.{each}"].numpy() for each in PARTS)
            found[f"{stem}.weight"] = torch.from_numpy(unpack(*packed))
        elif part not in PARTS:
            found[name] = tensor.float()
    return found


def load(folder: Path, source: Path) -> Any:
    """The model in `source` in transformers, its weights replaced by the folder's, unpacked."""
    import torch

    model = torchside.load(source)
    state = model.state_dict()
    with torch.no_grad():
        for name, values in read(folder).items():
            state[name].copy_(values)
    return model

"""From a training run to files that others can load.

    python -m models.oido.export RUN models/oido

writes ``oido.pt``, which ``whisper.load_model("oido.pt")`` loads (a plain torch file with tensors
only; its zero rows are compressed away), and ``oido.safetensors``, the same numbers without the
unused rows of the vocabulary.
"""

from __future__ import annotations

import argparse
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from .tokens import FULL_VOCABULARY

TABLE = "decoder.token_embedding.weight"
EPOCH = (1980, 1, 1, 0, 0, 0)


def weights(state: dict[str, Any]) -> dict[str, Tensor]:
    """Whisper's parameters of a training state, in half precision."""
    prefix = "whisper."
    return {
        name.removeprefix(prefix): value.half().contiguous()
        for name, value in state["net"].items()
        if name.startswith(prefix)
    }


def expand(table: Tensor, ids: list[int]) -> Tensor:
    """The full vocabulary: rows in use in their places, zeros elsewhere."""
    full = torch.zeros(FULL_VOCABULARY, table.shape[1], dtype=table.dtype)
    full[torch.tensor(ids)] = table
    return full


def checkpoint(state: dict[str, Any]) -> dict[str, Any]:
    """What ``whisper.load_model`` expects in a file."""
    values = weights(state)
    values[TABLE] = expand(values[TABLE], state["ids"])
    return {"dims": {**state["sizes"], "n_vocab": FULL_VOCABULARY}, "model_state_dict": values}


def write_deflated(content: dict[str, Any], path: Path) -> None:
    """Save as torch does, but with compressed members and a fixed date."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    with (
        zipfile.ZipFile(io.BytesIO(buffer.getvalue())) as plain,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed,
    ):
        for member in plain.infolist():
            entry = zipfile.ZipInfo(member.filename, date_time=EPOCH)
            data = "/data/" in member.filename
            entry.compress_type = zipfile.ZIP_DEFLATED if data else zipfile.ZIP_STORED
            packed.writestr(entry, plain.read(member))


def write_safetensors(state: dict[str, Any], path: Path) -> None:
    """Save the rows in use only; ``vocabulary_ids`` says which tokens they are."""
    values = weights(state)
    values["vocabulary_ids"] = torch.tensor(state["ids"], dtype=torch.int32)
    sizes = {key: str(value) for key, value in state["sizes"].items()}
    save_file(values, path, metadata={"format": "pt", "architecture": "whisper", **sizes})
    path.chmod(0o644)  # save_file makes it private


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    state = torch.load(options.run / "state.pt", map_location="cpu", weights_only=True)
    options.out.mkdir(parents=True, exist_ok=True)
    write_deflated(checkpoint(state), options.out / "oido.pt")
    write_safetensors(state, options.out / "oido.safetensors")
    lines = [json.dumps(entry) for entry in state["progress"]["log"]]
    log = options.out / "training_log.jsonl"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ("oido.pt", "oido.safetensors", log.name):
        print(f"{name}: {(options.out / name).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

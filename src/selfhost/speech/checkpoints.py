"""Load weights without running anything that is hidden in them.

A `.pt` or `.pth` file is a zip file with a *pickle* in it, and a pickle may hold calls that run
when it is loaded. `torch.load(..., weights_only=True)` allows tensors and plain values only and
refuses the rest; safetensors cannot hold code at all.
"""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.speech.sound import package

TABLE = "decoder.token_embedding.weight"
FULL_VOCABULARY = 51_865  # of Whisper's multilingual tokenizer


def load(path: Path) -> Any:
    """What a checkpoint holds: tensors and plain values. Raises `KitError`, runs nothing."""
    path = Path(path)
    if not path.is_file():
        raise KitError(f"There is no checkpoint {path}.", "check the name and the folder")
    require_memory(path)
    if path.suffix == ".safetensors":
        return _safetensors(path)
    torch = package("torch")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise refusal(path, error) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else "damaged"
        raise KitError(
            f"{path.name} is no checkpoint that PyTorch can read ({reason}).", "fetch it again"
        ) from error


def refusal(path: Path, error: Exception) -> KitError:
    """The one sentence for a file with code in it (or with something that might be code)."""
    words = str(error)
    marker = "Unsupported global: GLOBAL "
    name = words.partition(marker)[2].split(" ")[0] if marker in words else ""
    inside = f" ({name})" if name else ""
    return KitError(
        f"{Path(path).name} was refused: it holds more than numbers{inside}, and loading it could "
        "run code of whoever made it; nothing was run.",
        "ask for the weights as .safetensors, or for a checkpoint with tensors only",
    )


def require_memory(path: Path) -> None:
    """Raise `KitError` when a packed file would not fit into this computer's free memory.

    A few kilobytes of zip can unpack to terabytes of zeros.
    """
    needed = path.stat().st_size
    if zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as packed:
                needed = sum(member.file_size for member in packed.infolist())
        except zipfile.BadZipFile:
            return  # the loader will say what is wrong
    free = package("psutil").virtual_memory().available
    if needed > free:
        raise KitError(
            f"{path.name} unpacks to {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB of memory are "
            "free.",
            "close other programs, or take a smaller model",
        )


def whisper_model(path: Path) -> Any:
    """A `whisper.Whisper` on the CPU from `.pt` or `.safetensors`. Raises `KitError`."""
    content = load(path)
    whisper = package("whisper", "openai-whisper")
    try:
        dims = whisper.model.ModelDimensions(**content["dims"])
        model = whisper.model.Whisper(dims)
        model.load_state_dict(content["model_state_dict"])
    except (KeyError, TypeError, RuntimeError, ValueError) as error:
        raise KitError(
            f"{path.name} is no Whisper checkpoint: it lacks Whisper's sizes or weights.",
            "speech models are listed by: selfhost speech models",
        ) from error
    return model.eval()


def _safetensors(path: Path) -> dict[str, Any]:
    """A Whisper checkpoint from safetensors: sizes in its header, rows in use only."""
    torch, safetensors = package("torch"), package("safetensors")
    values: dict[str, Any] = {}
    try:
        with safetensors.safe_open(str(path), "pt") as file:
            facts = file.metadata() or {}
            for name in file.keys():  # noqa: SIM118  (not a dictionary)
                values[name] = file.get_tensor(name)
    except (safetensors.SafetensorError, OSError) as error:
        raise KitError(
            f"{path.name} is no safetensors file ({error}).", "fetch it again"
        ) from error
    sizes = {key: int(value) for key, value in facts.items() if key.startswith("n_")}
    if "vocabulary_ids" in values and TABLE in values:
        rows, table = values.pop("vocabulary_ids").long(), values[TABLE]
        if len(rows) != len(table) or int(rows.max()) >= FULL_VOCABULARY or int(rows.min()) < 0:
            raise KitError(f"{path.name} names tokens that Whisper does not have.")
        full = torch.zeros(FULL_VOCABULARY, table.shape[1], dtype=table.dtype)
        full[rows] = table
        values[TABLE], sizes["n_vocab"] = full, FULL_VOCABULARY
    return {"dims": sizes, "model_state_dict": values}

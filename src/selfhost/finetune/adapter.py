"""A LoRA adapter on disk: saved as peft does, and written as GGUF for llama.cpp.

peft's files hold, for each adapted matrix W (out x in), A (rank x in) and B (out x rank); the
model then computes with W + alpha / rank * B A. A GGUF adapter holds the same two matrices under
llama.cpp's tensor names, and `adapter.lora.alpha`. There is no converter on PyPI, so it is written
with the `gguf` library; layout: llama.cpp, convert_lora_to_gguf.py (read 2026-11).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.files import replace
from selfhost.finetune.train import Trained, base_folder, quiet

NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}  # fmt: skip
_PREFIX = "base_model.model.model.layers."


def save(model: Any, out: Path, *, base: str, trained: Trained) -> None:
    """Write peft's files and a model card to the folder `out`, all of them or none.

    Raises `KitError` when they cannot be written (disk full, no permission).
    """
    with whole_folder(out) as folder:
        with quiet():
            model.save_pretrained(str(folder), safe_serialization=True)
        (folder / "README.md").write_text(
            card(
                f"{base}-help-desk-lora", base, "adapter",
                f"LoRA adapter: {trained.steps} steps, {trained.trainable:,} trainable parameters. "
                "It sorts messages to a help desk; the training data were made up for this course.",
            ),
            encoding="utf-8",
        )  # fmt: skip


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A new folder beside `out`, which takes the place of `out` at the end.

    When anything fails nothing of it stays. A failed write becomes a `KitError`.
    """
    made = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
        yield made
        if out.exists():
            old = Path(tempfile.mkdtemp(dir=out.parent, prefix=".old-"))
            replace(out, old / "x")
            replace(made, out)
            shutil.rmtree(old, ignore_errors=True)
        else:
            replace(made, out)
    except Exception as error:
        if not _is_write_error(error):
            raise
        raise cannot_write(out, error) from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


def _is_write_error(error: BaseException) -> bool:
    """Whether a file could not be written; safetensors has an exception of its own for it."""
    return isinstance(error, OSError) or "SafetensorError" in type(error).__name__


def cannot_write(path: Path, error: BaseException) -> KitError:
    """One sentence for a disk that is full or a folder that may not be written to."""
    why = getattr(error, "strerror", None) or " ".join(str(error).split())[:120]
    return KitError(
        f"{path.name} cannot be written ({why}); nothing of it was kept.",
        "free some space, or another folder",
    )


def card(name: str, base: str, relation: str, about: str, licence: str = "apache-2.0") -> str:
    """A model card whose head has the fields that the hub draws a model's tree from."""
    return (
        f"---\nlicense: {licence}\nbase_model: {base}\nbase_model_relation: {relation}\n"
        f"library_name: {'peft' if relation == 'adapter' else 'transformers'}\n---\n\n"
        f"# {name}\n\n{about}\n"
    )


def read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """(adapter_config.json, {tensor name: float32 array}) of peft's files. Raises `KitError`."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        tensors = load_file(folder / "adapter_model.safetensors")
        if config.get("peft_type") != "LORA" or int(config["r"]) < 1:
            raise ValueError("it is no LoRA adapter")
        for strange in ("use_dora", "rank_pattern", "alpha_pattern", "modules_to_save"):
            if config.get(strange):
                raise ValueError(f"{strange} is not supported")
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise KitError(
            f"{folder.name} is not a LoRA adapter as peft saves it ({error}).",
            "selfhost finetune train",
        ) from error
    return config, tensors


def scale(config: dict[str, Any]) -> float:
    """What B A is multiplied with: alpha / rank, or alpha / sqrt(rank) for rank-stabilized LoRA."""
    rank, alpha = int(config["r"]), float(config["lora_alpha"])
    return float(alpha / rank**0.5) if config.get("use_rslora") else alpha / rank


def pairs(tensors: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """{llama.cpp's tensor name: (A, B)}. Raises `KitError` for a matrix that is not known."""
    found: dict[str, dict[str, Any]] = {}
    for name, value in tensors.items():
        middle = name.removeprefix(_PREFIX)
        layer, _, rest = middle.partition(".")
        module, _, side = rest.removesuffix(".weight").rpartition(".lora_")
        if middle == name or not layer.isdigit() or module not in NAMES or side not in ("A", "B"):
            raise KitError(f"The adapter changes {name}, which cannot be written as GGUF here.")
        found.setdefault(f"blk.{layer}.{NAMES[module]}.weight", {})[side] = value
    if not found or any(len(each) != 2 for each in found.values()):
        raise KitError("The adapter lacks one of its two matrices.")
    return {name: (each["A"], each["B"]) for name, each in found.items()}


def to_gguf(folder: Path, out: Path, *, architecture: str = "gemma3") -> Path:
    """Write peft's adapter in `folder` as a GGUF adapter; returns `out`.

    Raises `KitError` for files that are no LoRA adapter, and for a disk that is full (then there
    is no `out`, or the one from before).
    """
    import gguf

    config, tensors = read(folder)
    matrices = pairs(tensors)
    base = str(config.get("base_model_name_or_path") or base_folder().name).rsplit("/", 1)[-1]
    part = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        writer = gguf.GGUFWriter(part, architecture)
        writer.add_type("adapter")
        writer.add_string("adapter.type", "lora")
        # llama.cpp multiplies with alpha / rank, so a rank-stabilized alpha is put in its terms.
        writer.add_float32("adapter.lora.alpha", scale(config) * int(config["r"]))
        writer.add_name(f"{base}-help-desk-lora")
        writer.add_license("apache-2.0")
        writer.add_base_model_count(1)
        writer.add_base_model_name(0, base)
        for name, (a, b) in sorted(matrices.items()):
            writer.add_tensor(f"{name}.lora_a", a.astype("float32"))
            writer.add_tensor(f"{name}.lora_b", b.astype("float32"))
        try:
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_tensors_to_file()
        finally:
            writer.close()
        replace(part, out)
    except OSError as error:
        raise cannot_write(out, error) from error
    finally:
        part.unlink(missing_ok=True)
    return out

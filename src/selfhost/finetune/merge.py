"""One file out of two: the adapter's matrices added to the base's weights.

Works on GGUF files, whatever model made them: each adapted tensor is read as float32, alpha / rank
* B A is added, and the result is stored in float16 (or float32, or 8 bits). Everything else,
tokenizer and template included, is copied.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.files import replace
from selfhost.finetune.adapter import cannot_write
from selfhost.weights import check_gguf

#: Called with a tensor's name and its values (float32, rows x columns); returns the new values.
Change = Callable[[str, Any], Any]
#: What the gguf library can write, with llama.cpp's number of the file type.
KINDS = {"F32": 0, "F16": 1, "Q8_0": 7}


def merge(base: Path, adapter: Path, out: Path, *, kind: str = "F16") -> Path:
    """Write base + adapter (both GGUF) to `out` (F16, F32 or Q8_0). Raises `KitError`."""
    deltas = _deltas(adapter)
    left = set(deltas)

    def change(name: str, values: Any) -> Any:
        if name not in deltas:
            return values
        left.discard(name)
        if deltas[name].shape != values.shape:
            raise KitError(f"{adapter.name} does not fit {base.name}: {name} has another shape.")
        return values + deltas[name]

    from gguf import GGUFReader

    name = _text(GGUFReader(base), "general.name") or base.stem
    parents = [name, _text(GGUFReader(adapter), "general.name") or adapter.stem]

    def missing() -> str | None:
        return f"{adapter.name} changes tensors that {base.name} lacks." if left else None

    rewrite(base, out, change, kind=kind, name=f"{name}-help-desk", parents=parents, check=missing)
    return out


def _deltas(path: Path) -> dict[str, Any]:
    from gguf import GGUFReader

    check_gguf(path)
    reader = GGUFReader(path)
    if _text(reader, "general.type") != "adapter":
        raise KitError(f"{path.name} is no GGUF adapter.", "selfhost finetune convert FOLDER FILE")
    alpha = float(reader.fields["adapter.lora.alpha"].contents())
    data = {tensor.name: tensor.data for tensor in reader.tensors}
    found = {}
    for name in data:
        if name.endswith(".lora_a"):
            a, b = data[name], data[name.removesuffix("a") + "b"]
            found[name.removesuffix(".lora_a")] = (alpha / a.shape[0]) * (b @ a)
    return found


def _text(reader: Any, key: str) -> str:
    field = reader.fields.get(key)
    return str(field.contents()) if field is not None else ""


def rewrite(
    source: Path,
    out: Path,
    change: Change = lambda _, values: values,
    *,
    kind: str = "F16",
    name: str = "",
    parents: list[str] | None = None,
    check: Callable[[], str | None] = lambda: None,
) -> Path:
    """Copy a GGUF, with changed tensors and a new name; matrices become `kind` (of `KINDS`).

    `parents`: names of the base models; None keeps what the source says. `check`: what is wrong
    after all tensors were seen, or nothing. Raises `KitError`; when it does, `out` is as it was.
    """
    import gguf

    if kind not in KINDS:
        raise KitError(f"{kind} is not possible here: {', '.join(KINDS)}.")
    check_gguf(source)
    reader = gguf.GGUFReader(source)
    architecture = _text(reader, "general.architecture")
    part = out.with_name(f".{out.name}.part")
    skip = {"general.architecture", "general.name", "general.file_type"}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        writer = gguf.GGUFWriter(part, architecture)
        for key, field in reader.fields.items():
            if key in skip or key.startswith("GGUF."):
                continue
            if parents and key.startswith("general.base_model."):
                continue
            sub = field.types[-1] if len(field.types) > 1 else None
            writer.add_key_value(key, field.contents(), field.types[0], sub)
        writer.add_name(name or _text(reader, "general.name"))
        writer.add_file_type(KINDS[kind])
        if parents:
            writer.add_base_model_count(len(parents))
            for number, parent in enumerate(parents):
                writer.add_base_model_name(number, parent)
        try:
            for tensor in reader.tensors:
                values = change(
                    tensor.name, gguf.quants.dequantize(tensor.data, tensor.tensor_type)
                )
                to = gguf.GGMLQuantizationType[kind if len(tensor.shape) > 1 else "F32"]
                packed = gguf.quants.quantize(values.astype("float32"), to)
                writer.add_tensor(tensor.name, packed, raw_dtype=to)
            if wrong := check():
                raise KitError(wrong)
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

"""The same weights in PyTorch's world: transformers, with weights rounded by two libraries.

`torchao` (PyTorch's own) and `optimum-quanto` (Hugging Face) keep the model's code and replace its
matrices by smaller ones with scales. Both are saved to disk and loaded back before anything is
measured, so that what is measured is the file.
"""

from __future__ import annotations

import importlib.util
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from selfhost import weights
from selfhost.errors import KitError
from selfhost.files import replace
from selfhost.paths import store_dir

MEND = "pip install -e '.[torch]'"


@dataclass(frozen=True)
class Variant:
    """A way to quantize: `package` is pip's name of the library, `module` Python's."""

    name: str
    package: str
    module: str


VARIANTS = {
    each.name: each
    for each in (
        Variant("float32", "transformers", "transformers"),
        Variant("torchao int8", "torchao", "torchao"),
        Variant("quanto int8", "optimum-quanto", "optimum.quanto"),
        Variant("quanto int4", "optimum-quanto", "optimum.quanto"),
        Variant("GPTQ 4-bit", "transformers", "transformers"),
    )
}


def missing(variant: str) -> str | None:
    """The package that this variant needs and that is not installed, or None."""
    wanted = VARIANTS[variant]
    for package, module in (("torch", "torch"), ("transformers", "transformers"),
                            (wanted.package, wanted.module)):  # fmt: skip
        try:
            found = importlib.util.find_spec(module) is not None
        except ModuleNotFoundError:  # the parent of a dotted name
            found = False
        if not found:
            return package
    return None


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars and no remarks of the libraries about kernels that a CPU has no use for."""
    names = ("torchao", "torch.utils._pytree", "transformers", "optimum", "torch._inductor")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def load(folder: Path) -> Any:
    """The model in `folder` by transformers, in float32, on the CPU, in evaluation mode.

    Raises `KitError` when torch or transformers is missing, or the folder holds no such model.
    """
    lacking = missing("float32")
    if lacking:
        raise KitError(f"{lacking} is not installed.", MEND)
    with quiet():
        import torch
        from transformers import AutoModelForCausalLM
        from transformers.utils import logging as theirs

        theirs.disable_progress_bar()
        theirs.set_verbosity_error()
        try:
            model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise KitError(f"transformers cannot load {folder.name}: {reason}.") from error
    return model.eval()


@contextmanager
def one_thread() -> Iterator[None]:
    """torch with one thread: for small matrices others are only waited for."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def prepare(folder: Path, variant: str) -> Path:
    """The folder of the quantized model, made once per source and library version.

    Raises `KitError` when the library is missing or refuses.
    """
    if variant == "float32":
        return folder
    if variant == "GPTQ 4-bit":
        return _shipped_gptq(folder)
    lacking = missing(variant)
    if lacking:
        raise KitError(f"{lacking} is not installed, so {variant} is left out.", MEND)
    source = weights.sha256(folder / "model.safetensors")[:16]
    stamp = version(VARIANTS[variant].package).replace("+", "_")
    target = store_dir() / "quantized" / source / f"torch-{variant.replace(' ', '-')}-{stamp}"
    if (target / "config.json").is_file():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-", suffix=".part"))
    except OSError as error:
        raise _cannot_write(target, error) from error
    try:
        with quiet():
            _save(folder, variant, part)
        if not target.is_dir():  # else somebody else was faster
            replace(part, target)
    except OSError as error:
        raise _cannot_write(target, error) from error
    except Exception as error:
        # safetensors has an exception of its own for a full disk, and no class in common.
        if type(error).__name__ != "SafetensorError":
            raise
        raise _cannot_write(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def open_variant(folder: Path, variant: str, source: Path) -> Any:
    """Load a folder of `prepare` back, whatever wrote it; `source`: the unquantized one."""
    if variant == "GPTQ 4-bit":
        from selfhost.quantize import gptq

        return gptq.load(folder, source)
    if variant == "float32":
        return load(folder)
    with quiet():
        if variant.startswith("quanto"):
            quanto = _quanto()
            return quanto.QuantizedModelForCausalLM.from_pretrained(folder).eval()
        import torchao  # noqa: F401  (registers the tensor types that the file names)
    return load(folder)


def bytes_of(folder: Path) -> int:
    """Size of the weights' files in bytes."""
    return sum(path.stat().st_size for path in folder.glob("*.safetensors"))


def _save(folder: Path, variant: str, part: Path) -> None:
    if variant.startswith("quanto"):
        quanto = _quanto()
        kind = quanto.qint8 if variant.endswith("8") else quanto.qint4
        model = quanto.QuantizedModelForCausalLM.quantize(load(folder), weights=kind)
        model.save_pretrained(part)
    else:
        import torch
        from torchao.quantization import Int8WeightOnlyConfig
        from transformers import AutoModelForCausalLM, TorchAoConfig

        AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, quantization_config=TorchAoConfig(Int8WeightOnlyConfig())
        ).save_pretrained(part)


def _quanto() -> Any:
    """optimum.quanto, with its own C++ replaced by three lines of torch.

    To unpack 4-bit numbers it compiles C++ at first use, into its installation folder: it needs a
    compiler, and a run that is stopped meanwhile leaves a lock for which every later run waits
    for ever (seen with optimum-quanto 0.2.7).
    """
    import torch
    from optimum import quanto
    from optimum.quanto.library.extensions.extension import get_extension

    def unpack(packed: Any, bits: int) -> Any:
        mask = 2**bits - 1
        return torch.cat([(packed >> shift) & mask for shift in range(0, 8, bits)])

    get_extension("quanto_cpp")._lib = SimpleNamespace(unpack=unpack)
    return quanto


def _shipped_gptq(folder: Path) -> Path:
    """GPTQ takes minutes and a library of its own, so its result is shipped, for one model."""
    from selfhost.quantize import gptq

    found = gptq.shipped()
    if folder.name != "aprendiz" or not (found / "model.safetensors").is_file():
        raise KitError(f"There is no GPTQ model of {folder.name} here.", gptq.MEND)
    return found


def _cannot_write(target: Path, error: Exception) -> KitError:
    reason = getattr(error, "strerror", None) or "the disk is full, or the file may not grow"
    return KitError(
        f"{target.name} cannot be written ({reason}).",
        "free some space, or set SELFHOST_MODELS to a folder on another disk",
    )

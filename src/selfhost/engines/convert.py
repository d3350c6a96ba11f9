"""The same weights in the form that each engine reads, made once and kept.

A conversion lies in the kit's store under the hash of the weights and the version of the library
that made it: other weights or another version are converted anew. It is made in a folder of its own
and put in place as a whole, so that a killed conversion leaves nothing that looks finished.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selfhost import paths
from selfhost.engines.base import Progress, need, package, quiet, silent
from selfhost.engines.source import Source
from selfhost.engines.telemetry import no_telemetry
from selfhost.errors import KitError

_STALE = 3600.0  # seconds after which an unfinished folder belongs to nobody
LLAMA_CPP = ("F32", "F16", "Q8_0", "Q4_K_M")


def store() -> Path:
    """Where conversions are kept; `SELFHOST_MODELS` moves it with the rest of the store."""
    return paths.store_dir() / "engines"


def clean() -> int:
    """Remove all conversions; they are made again when needed. Returns how many bytes they had.

    Raises `KitError` when a file cannot be removed (on Windows: while an engine has it open).
    """
    folder = store()
    if not folder.is_dir():
        return 0
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise KitError(
            f"A conversion cannot be removed: {error.strerror or error}.",
            "close the notebooks that use it, then selfhost engines clean",
        ) from error
    return total


def gguf(source: Source, kind: str, progress: Progress = silent) -> Path:
    """A GGUF file of the weights in F32, F16, Q8_0 or Q4_K_M. Raises `KitError`.

    F16 and Q8_0 are the shipped files. Q4_K_M comes from llama.cpp's own quantizer, which only
    `llama-cpp-python` offers to Python.
    """
    if kind not in LLAMA_CPP:
        raise KitError(f"llama.cpp gets F32, F16, Q8_0 or Q4_K_M here, not {kind!r}.")
    ready = source.folder / f"{source.name}-{kind}.gguf"
    if ready.is_file():
        return ready
    if kind == "F32":
        return _kept(source, f"gguf-F32-{_version('gguf')}", "F32.gguf", _gguf_f32, progress)
    if kind == "Q4_K_M":
        need("llama_cpp", "llama-cpp-python")
        f32 = gguf(source, "F32", progress)

        def make(_: Source, path: Path) -> None:
            _quantize(f32, path)

        return _kept(
            source, f"gguf-Q4_K_M-{_version('llama-cpp-python')}", "Q4_K_M.gguf", make, progress
        )
    raise KitError(f"{ready.name} is missing.", "selfhost models verify")


def ctranslate2(source: Source, progress: Progress = silent) -> Path:
    """A CTranslate2 folder in float32; int8 is made from it as it is loaded. Raises `KitError`."""
    need("ctranslate2", "ctranslate2")
    name = f"ctranslate2-{_version('ctranslate2')}"
    return _kept(source, name, "model", _ctranslate2, progress)


def onnx(source: Source, progress: Progress = silent) -> Path:
    """An ONNX file in float32 that ONNX Runtime and OpenVINO read. Raises `KitError`.

    This is the slow one: torch traces the model, which takes about half a minute.
    """
    need("onnxscript", "onnxscript")
    from selfhost.engines.onnx_graph import export

    name = f"onnx-{_version('torch')}-{_version('transformers')}"
    return _kept(source, name, "model.onnx", export, progress)


def _version(name: str) -> str:
    return package(name).removeprefix(f"{name} ").replace("+", "-")


def _kept(
    source: Source, name: str, file: str, make: Callable[[Source, Path], None], progress: Progress
) -> Path:
    folder = store() / source.digest[:16]
    target = folder / name
    if (target / file).exists():
        return target / file
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    progress(f"converting {source.name} to {name}", 0, 0)
    unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
    try:
        with quiet(), no_telemetry():
            make(source, unfinished / file)
        try:
            Path(unfinished).rename(target)
        except OSError:
            if not (target / file).exists():  # else another process was faster, with the same
                raise
    except OSError as error:
        raise KitError(
            f"The conversion to {name} cannot be written: {error.strerror or error}.",
            "free some disk space and run it again",
        ) from error
    except KitError:
        raise
    except Exception as error:  # whatever another version of such a library may raise
        told = (str(error).strip().splitlines() or [""])[0][:200]
        raise KitError(
            f"The conversion to {name} failed ({type(error).__name__}: {told}).",
            "python -m pip install -c constraints.txt -e . (the versions it was tested with)",
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return target / file


def _sweep(folder: Path) -> None:
    """Remove what killed conversions left."""
    for each in folder.glob(".unfinished-*"):
        if time.time() - each.stat().st_mtime > _STALE:
            shutil.rmtree(each, ignore_errors=True)


def _gguf_f32(source: Source, path: Path) -> None:
    """By the code that wrote the model's other GGUF files, which lies beside the weights."""
    from safetensors.numpy import load_file

    code = source.folder / "gguf_file.py"
    spec = importlib.util.spec_from_file_location("selfhost_engines_gguf_file", code)
    if spec is None or spec.loader is None or not code.is_file():
        raise KitError(f"{source.name} has no {code.name}, which writes its GGUF files.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tensors = load_file(source.folder / "model.safetensors")
    module.write_gguf(source.folder, tensors, path, "F32")


def _quantize(f32: Path, path: Path) -> None:
    import llama_cpp

    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M
    params.nthread = 1
    with _no_output():
        status = llama_cpp.llama_model_quantize(os.fsencode(f32), os.fsencode(path), params)
    if status != 0:
        raise KitError(f"llama.cpp's quantizer gave up with status {status}.")


def _no_output() -> Any:
    """llama.cpp's own tool for keeping the C library's notes off stdout and stderr."""
    from llama_cpp._utils import suppress_stdout_stderr

    return suppress_stdout_stderr(disable=False)


def _ctranslate2(source: Source, path: Path) -> None:
    import ctranslate2
    from transformers.utils import logging

    logging.disable_progress_bar()
    converter = ctranslate2.converters.TransformersConverter(str(source.folder))
    converter.convert(str(path))

"""The engines by name, what they need, and which of them can run here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata, util
from typing import Any

from selfhost.engines.base import Engine, Progress, silent
from selfhost.engines.ct2 import CTranslate2
from selfhost.engines.graphs import OnnxRuntime, OpenVino
from selfhost.engines.hf import Transformers
from selfhost.engines.http import Http, given
from selfhost.engines.llama import LlamaCpp
from selfhost.engines.source import Source, shipped
from selfhost.errors import KitError

REFERENCE = "transformers"


@dataclass(frozen=True)
class Known:
    """An engine in one of its conditions. `base` is the one that it differs from in one thing."""

    name: str
    about: str
    packages: Mapping[str, str]  # module: name for pip
    base: str
    make: Callable[[Source, Progress], Engine]

    @property
    def missing(self) -> list[str]:
        """Packages that are not installed."""
        return [pip for module, pip in self.packages.items() if util.find_spec(module) is None]

    @property
    def version(self) -> str:
        """Of the engine's own package."""
        name = next(iter(self.packages.values()))
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            return ""


_TORCH = {"transformers": "transformers", "torch": "torch"}
_LLAMA = {"xllamacpp": "xllamacpp"}
_CT2 = {"ctranslate2": "ctranslate2", **_TORCH}
_ORT = {"onnxruntime": "onnxruntime", "onnxscript": "onnxscript", **_TORCH}
_OV = {"openvino": "openvino", "onnxscript": "onnxscript", **_TORCH}


def _known() -> list[Known]:
    def llama(kind: str, cache: str = "f32", name: str = "") -> Callable[..., Engine]:
        return lambda s, p: LlamaCpp(s, kind=kind, cache=cache, name=name, progress=p)

    return [
        Known("transformers", "the reference: float32, eager attention", _TORCH, "",
              lambda s, _: Transformers(s)),
        Known("transformers/single", "one prompt at a time instead of sixteen", _TORCH,
              "transformers", lambda s, _: Transformers(s, batch=1, name="transformers/single")),
        Known("transformers/sdpa", "another attention kernel", _TORCH, "transformers",
              lambda s, _: Transformers(s, attention="sdpa", name="transformers/sdpa")),
        Known("transformers/bfloat16", "weights and arithmetic in bfloat16", _TORCH,
              "transformers",
              lambda s, _: Transformers(s, dtype="bfloat16", name="transformers/bfloat16")),
        Known("llama.cpp/F32", "weights and cache in float32", _LLAMA, "transformers",
              llama("F32")),
        Known("llama.cpp/F32/kv16", "cache in float16, llama.cpp's default", _LLAMA,
              "llama.cpp/F32", llama("F32", "f16", "llama.cpp/F32/kv16")),
        Known("llama.cpp/F16", "weights in float16", _LLAMA, "llama.cpp/F32", llama("F16")),
        Known("llama.cpp/Q8_0", "weights in 8 bits", _LLAMA, "llama.cpp/F32", llama("Q8_0")),
        Known("llama.cpp/Q4_K_M", "weights in 4 to 6 bits",
              {**_LLAMA, "llama_cpp": "llama-cpp-python"}, "llama.cpp/F32", llama("Q4_K_M")),
        Known("ctranslate2/float32", "float32", _CT2, "transformers",
              lambda s, p: CTranslate2(s, progress=p)),
        Known("ctranslate2/int8", "matrices in 8 bits", _CT2, "ctranslate2/float32",
              lambda s, p: CTranslate2(s, compute="int8", progress=p)),
        Known("onnxruntime", "float32", _ORT, "transformers",
              lambda s, p: OnnxRuntime(s, progress=p)),
        Known("openvino/f32", "float32", _OV, "transformers",
              lambda s, p: OpenVino(s, progress=p)),
        Known("openvino/default", "the precision that OpenVINO chooses by itself", _OV,
              "openvino/f32", lambda s, p: OpenVino(s, precision=None, progress=p)),
    ]  # fmt: skip


KNOWN: dict[str, Known] = {each.name: each for each in _known()}
ENDPOINT = {
    "endpoint/pinned": "the endpoint over HTTP, every setting sent",
    "endpoint/defaults": "the endpoint over HTTP, nothing sent but the length",
}
FIVE = ("transformers", "llama.cpp/F32", "ctranslate2/float32", "onnxruntime", "openvino/f32")


def available() -> dict[str, Known]:
    """The engines in process that can run here, by name."""
    return {name: each for name, each in KNOWN.items() if not each.missing}


def open_engine(
    name: str, source: Source | None = None, *, at: Any = None, progress: Progress = silent
) -> Engine:
    """An engine, ready to answer.

    `name`: one of `KNOWN`; `endpoint/pinned` or `endpoint/defaults` (of `at`, or else the
    endpoint that `selfhost.endpoint` finds); or `NAME=URL` for any server, pinned, and
    `NAME/defaults=URL` with its own defaults. Raises `KitError`.
    """
    model = source or shipped()
    label, _, url = name.partition("=")
    if url:
        return Http(given(url), model, pinned=not label.endswith("/defaults"), name=label)
    if name in ENDPOINT:
        if at is None:
            from selfhost.endpoint import endpoint

            at = endpoint()
        return Http(at, model, pinned=name == "endpoint/pinned", name=name)
    if name not in KNOWN:
        raise KitError(f"There is no engine {name!r}.", "selfhost engines list")
    known = KNOWN[name]
    if known.missing:
        raise KitError(
            f"{name} needs {' and '.join(known.missing)}, not installed here.",
            f"python -m pip install {' '.join(known.missing)}",
        )
    try:
        return known.make(model, progress)
    except KitError:
        raise
    except Exception as error:  # each library has its own exceptions for a broken file
        told = (str(error).strip().splitlines() or [""])[0][:200]
        raise KitError(
            f"{name} cannot be loaded ({type(error).__name__}: {told}).",
            "selfhost engines clean, then again: the weights are converted anew",
        ) from error

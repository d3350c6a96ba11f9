"""One store of quantized files for the whole folder: what one test made, others read."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
F16 = ROOT / "models" / "aprendiz" / "aprendiz-F16.gguf"
KINDS = ("F32", "F16", "BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0", "IQ4_XS", "Q3_K_M",
         "Q2_K")  # fmt: skip


def need_llama_cpp() -> None:
    if importlib.util.find_spec("llama_cpp") is None:
        pytest.skip("llama-cpp-python is not installed (make build-lowlevel)")


@pytest.fixture(scope="module")
def files(store):
    """The shipped model in all eleven types, really quantized: {type: Made}."""
    need_llama_cpp()
    from selfhost.quantize.convert import quantize

    return {kind: quantize(F16, kind) for kind in KINDS}

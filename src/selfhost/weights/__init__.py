"""Model files: which ones the kit knows, where they are, fetching, verifying, reading headers.

>>> from selfhost import weights
>>> weights.find("aprendiz")            # the GGUF on this machine, or None
>>> weights.fetch("smollm2:135m")       # download with resume and sha256 check
>>> weights.read_gguf(path).architecture

One module per subject: `manifest` (known models), `download` and `hub` (fetching), `adopt` (files
from a USB stick), `hashes`, `gguf_check` (is this header sound?), `gguf_header` (what is in
it?), `safetensors_header` (both, for the other format).
"""

from selfhost.weights.adopt import adopt
from selfhost.weights.download import fetch
from selfhost.weights.gguf_check import check_gguf
from selfhost.weights.gguf_header import (
    GGUFInfo,
    GGUFTensors,
    TensorInfo,
    read_gguf,
    read_tensors,
)
from selfhost.weights.hashes import sha256, verify
from selfhost.weights.manifest import (
    KnownModel,
    destination,
    find,
    known,
    lookup,
    normalise,
    shipped_sums,
)
from selfhost.weights.safetensors_header import SafetensorsInfo, read_safetensors

__all__ = [
    "GGUFInfo",
    "GGUFTensors",
    "KnownModel",
    "SafetensorsInfo",
    "TensorInfo",
    "adopt",
    "check_gguf",
    "destination",
    "fetch",
    "find",
    "known",
    "lookup",
    "normalise",
    "read_gguf",
    "read_safetensors",
    "read_tensors",
    "sha256",
    "shipped_sums",
    "verify",
]

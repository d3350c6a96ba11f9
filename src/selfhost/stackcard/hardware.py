"""This machine, without anything that tells whose it is."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from selfhost.stackcard.card import UNKNOWN, Hardware, Software

# The instruction sets that change which code a matrix product runs through.
_SETS = [
    "sse4_2",
    "avx",
    "avx2",
    "f16c",
    "fma",
    "bmi2",
    "avx_vnni",
    "avx512f",
    "avx512bw",
    "avx512vl",
    "avx512_vnni",
    "avx512_bf16",
    "avx512_fp16",
    "amx_tile",
    "amx_int8",
    "amx_bf16",
    "neon",
    "asimd",
    "asimddp",
    "i8mm",
    "sve",
    "sve2",
    "bf16",
    "fphp",
]
# Packages whose version can change an output.
PACKAGES = [
    "xllamacpp",
    "llama-cpp-python",
    "torch",
    "transformers",
    "tokenizers",
    "ctranslate2",
    "onnxruntime",
    "openvino",
    "numpy",
    "ollama",
    "openai",
]


def instruction_sets() -> list[str]:
    """What the processor offers, of the sets that matter here; empty where nothing tells."""
    flags = _linux_flags() if sys.platform == "linux" else _sysctl_flags()
    return [name for name in _SETS if name in flags]


def _linux_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    for line in text.splitlines():
        if line.startswith(("flags", "Features")):
            return set(line.split(":", 1)[1].split())
    return set()


def _sysctl_flags() -> set[str]:
    if sys.platform != "darwin":
        return set()
    told = _output(["sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"])
    if platform.machine() == "arm64":
        return {"neon", "asimd", "asimddp", "fphp"}  # every Apple M processor has these
    renamed = {"avx1.0": "avx", "sse4.2": "sse4_2"}
    return {renamed.get(flag, flag) for flag in told.lower().split()}


def cpu_name() -> str:
    """The processor's model as its maker names it."""
    if sys.platform == "linux":
        try:
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
                if line.startswith(("model name", "Model")):
                    return line.split(":", 1)[1].strip()
        except OSError:
            pass
    if sys.platform == "darwin":
        return _output(["sysctl", "-n", "machdep.cpu.brand_string"]).strip() or UNKNOWN
    return platform.processor() or platform.machine() or UNKNOWN


def gpus() -> tuple[list[str], str]:
    """Names of NVIDIA GPUs and the driver's version; an empty list where there is none."""
    told = _output(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"])
    rows = [line.rsplit(",", 1) for line in told.splitlines() if "," in line]
    names = [row[0].strip() for row in rows]
    return names, rows[0][1].strip() if rows else UNKNOWN


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def hardware() -> Hardware:
    """Processor, instruction sets, memory, GPUs."""
    import psutil

    names, driver = gpus()
    return Hardware(
        cpu=cpu_name(),
        cores=os.cpu_count() or UNKNOWN,
        instruction_sets=instruction_sets(),
        ram_gib=round(psutil.virtual_memory().total / 2**30, 1),
        gpus=names,
        gpu_driver=driver,
    )


def software() -> Software:
    """System, Python, and the packages whose version can change an output."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return Software(
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages=found,
    )

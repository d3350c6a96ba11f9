"""Checks of the computer itself: Python, memory, disk, processor, compiler, folders, proxy."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import struct
import sys
from contextlib import suppress
from pathlib import Path

from selfhost.console import size
from selfhost.doctor.lessons import needing
from selfhost.doctor.machine import Check, Machine

GB = 10**9
OLDEST, NEWEST = (3, 11), (3, 13)
# What the embedded endpoint's engine is built for (xllamacpp's wheels, its system info).
X86_NEEDS = ("avx2", "fma", "f16c", "bmi2")


def python(machine: Machine, version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Check:
    """A version the kit's packages exist for, 64 bits, and which environment."""
    words = ".".join(map(str, version))
    place = Path(sys.prefix).name
    kind = "environment" if sys.prefix != sys.base_prefix else "no virtual environment"
    bits = struct.calcsize("P") * 8
    detail = f"{words}, {bits} bits, {kind} {place}"
    if not OLDEST <= version[:2] <= NEWEST:
        how = machine.install(
            "python3.12 python3.12-venv",
            fedora="python3.12",
            mac="python@3.12",
            windows="Python.Python.3.12",
        )
        return Check("Python", "fail", f"{detail}; the kit needs 3.11 to 3.13", how)
    if bits != 64:
        return Check("Python", "fail", detail, "install a 64-bit Python")
    return Check("Python", "ok", detail)


def memory(machine: Machine, total: int | None = None, available: int | None = None) -> Check:
    """Bytes of memory in all and free now; a container's limit counts."""
    if total is None or available is None:
        import psutil

        found = psutil.virtual_memory()
        total, available = found.total, found.available
        with suppress(OSError, ValueError):
            limit = int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="utf-8"))
            used = int(Path("/sys/fs/cgroup/memory.current").read_text(encoding="utf-8"))
            if limit < total:
                total, available = limit, min(available, max(limit - used, 0))
    detail = f"{size(total)}, {size(available)} free"
    if available < GB:
        return Check("memory", "fail", f"{detail}; the notebooks need 1 GB", "close other programs")
    if available < 3 * GB:
        mend = "close other programs before the notebooks that load torch"
        return Check("memory", "warn", f"{detail}; some notebooks need 3 GB", mend)
    return Check("memory", "ok", detail)


def disk(machine: Machine, free: int | None = None) -> Check:
    """Room where the kit lies, and where fetched models would."""
    place = machine.root
    if free is None:
        free = shutil.disk_usage(place).free
        store = machine.store
        while not store.exists() and store != store.parent:
            store = store.parent
        other = shutil.disk_usage(store).free
        if other < free:
            free, place = other, store
    # No paths in good news: the table is stored in notebook 00, and shared when somebody is stuck.
    detail = f"{size(free)} free {'here' if place == machine.root else 'where models are kept'}"
    mend = "free some space, or set SELFHOST_MODELS to a folder on another disk"
    if free < GB:
        return Check("disk", "fail", f"{detail}; 1 GB is the least", mend)
    if free < 5 * GB:
        return Check("disk", "warn", f"{detail}; the speech packages alone need 2 GB", mend)
    return Check("disk", "ok", detail)


def processor(machine: Machine, arch: str = platform.machine().lower()) -> Check:
    """Cores, and the instructions that the engine is built for."""
    count = os.cpu_count() or 1
    with suppress(AttributeError):  # what this process may use, e.g. in a container
        count = len(os.sched_getaffinity(0))
    cores = f"{count} core{'s' if count != 1 else ''}"
    if arch in ("arm64", "aarch64"):
        return Check("processor", "ok", f"{cores}, {arch}")
    if arch not in ("x86_64", "amd64"):
        return Check(
            "processor", "fail", f"{cores}, {arch}: the engine has no build for it", _ELSEWHERE
        )
    flags = cpu_flags(machine)
    if flags is None:
        return Check("processor", "ok", f"{cores}, x86-64 (its features cannot be read here)")
    missing = [name for name in X86_NEEDS if name not in flags]
    if missing:
        lacks = ", ".join(name.upper() for name in missing)
        detail = f"{cores}, x86-64 without {lacks}: the embedded endpoint cannot run"
        return Check("processor", "fail", detail, _ELSEWHERE)
    extra = [name for name in ("avx512f", "avx512_vnni", "amx_tile") if name in flags]
    return Check("processor", "ok", f"{cores}, x86-64 with {', '.join(['avx2', 'fma', *extra])}")


_ELSEWHERE = "use a model server on another computer: set SELFHOST_ENDPOINT=http://HOST:PORT"


def cpu_flags(machine: Machine) -> frozenset[str] | None:
    """Feature names as Linux writes them; None where the system does not tell."""
    if machine.mac:
        text = machine.ask("sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features")
        return frozenset(text.lower().split()) if text else None
    if machine.windows:
        return _windows_flags()
    try:
        for line in machine.cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("flags"):
                return frozenset(line.partition(":")[2].split())
    except OSError:
        return None
    return None


def _windows_flags() -> frozenset[str] | None:
    """Windows tells of AVX2 only; every processor with it has the others as well."""
    kernel = getattr(getattr(ctypes, "windll", None), "kernel32", None)
    if kernel is None:
        return None
    return frozenset(X86_NEEDS if kernel.IsProcessorFeaturePresent(40) else ())


def compiler(machine: Machine, built: str | None = None) -> Check:
    """A C++ compiler, needed only to build llama-cpp-python; `built` is its version if there."""
    name, wanted = "compiler", needing(machine.root, "compiler")
    found = _find_compiler(machine)
    if built:
        return Check(name, "ok", f"llama-cpp-python {built} is built; {found or 'no compiler'}")
    if found:
        detail = f"{found}; llama-cpp-python is not built yet"
        return Check(name, "warn", detail, "python kit.py wheel", wanted)
    if machine.windows:
        mend = "winget install Microsoft.VisualStudio.2022.BuildTools (with C++)"
    elif machine.mac:
        mend = "xcode-select --install"
    else:
        mend = machine.install(
            "build-essential cmake", fedora="gcc-c++ cmake", arch="base-devel cmake"
        )
    return Check(name, "warn", "none, so llama-cpp-python cannot be built", mend, wanted)


def _find_compiler(machine: Machine) -> str | None:
    if machine.mac:
        # /usr/bin/cc is there without the tools, and asks in a window to install them.
        return "Xcode tools" if machine.ask("xcode-select", "-p") else None
    if machine.windows and not machine.which("cl", "clang", "gcc"):
        base = machine.env.get("ProgramFiles(x86)", "C:\\Program Files (x86)")
        where = Path(base) / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
        tools = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"
        path = machine.ask(
            str(where),
            "-latest",
            "-products",
            "*",
            "-requires",
            tools,
            "-property",
            "installationPath",
        )
        return "Visual Studio build tools" if path else None
    program = machine.which("c++", "g++", "clang++", "cl")
    return Path(program).name if program else None


def folder(machine: Machine) -> Check:
    """May the checkout be written to, and does its path work everywhere?"""
    root = machine.root
    if not os.access(root, os.W_OK):
        mend = "copy the folder to a place of your own and open it there"
        return Check("folder", "warn", f"{root} is read-only, so changes cannot be saved", mend)
    if machine.windows and len(str(root)) > 120:
        mend = "move the folder to a short path such as C:\\kit"
        return Check("folder", "warn", f"its path has {len(str(root))} characters", mend)
    if "onedrive" in str(root).lower():
        mend = "move the folder out of OneDrive"
        return Check("folder", "warn", f"{root} is synchronised while notebooks run", mend)
    return Check("folder", "ok", f"its path has {len(str(root))} characters, and can be written")


def proxy(machine: Machine) -> Check:
    """A proxy must not be asked for this computer's own ports."""
    names = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
    used = next((machine.env[name] for name in names if machine.env.get(name)), None)
    if used is None:
        return Check("proxy", "ok", "none set")
    listed = machine.env.get("NO_PROXY") or machine.env.get("no_proxy") or ""
    hosts = {host.strip() for host in listed.split(",")}
    if "*" in hosts or {"127.0.0.1", "localhost"} <= hosts:
        return Check("proxy", "ok", "set, and left out for this computer")
    mend = "set NO_PROXY=127.0.0.1,localhost"
    return Check("proxy", "warn", "clients would ask it for the endpoint's own port", mend)

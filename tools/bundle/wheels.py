"""Packages for one kind of laptop, as wheels; what is source only is built here or named."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from selfhost.errors import KitError
from tools.bundle.targets import Target, pins
from tools.house import pips
from tools.house.places import ROOT, child_environment, say, wheel_cache

LOCKS = ("constraints.txt", "constraints-litellm.txt")
BUILDERS = ["hatchling==1.33.0", "editables", "setuptools", "wheel"]
# torch's CUDA libraries: not for the CPU build of torch, and gigabytes.
_CUDA = re.compile(r"^(nvidia|cuda)-")


@dataclass
class Found:
    """Names of the wheels that a kind of laptop needs, and what could not be had."""

    names: set[str] = field(default_factory=set)
    missing: dict[str, str] = field(default_factory=dict)


def collect(target: Target, folder: Path) -> Found:
    """Fetch every package of the locks for `target` into `folder`; wheels that are there stay.

    Raises KitError without a network or with a full disk.
    """
    found = Found()
    for lock in LOCKS:
        _collect(_wanted(lock, target), target, folder, found)
    # What builds the kit's own wheel on the laptop; these may choose their own companions.
    done, lost = _download(BUILDERS, target, folder, companions=True)
    found.names |= done
    if lost:
        found.missing[lost] = "no wheel for this kind of laptop in the index"
    _lowlevel(target, folder, found)
    return found


def _wanted(lock: str, target: Target) -> list[str]:
    return [
        pin for pin in pins(ROOT / lock, target)
        if not pin.startswith("llama-cpp-python") and not _CUDA.match(pin)
    ]  # fmt: skip


def _collect(wanted: list[str], target: Target, folder: Path, found: Found) -> None:
    """All in one run of pip; a package without a wheel is taken out and the rest tried again."""
    todo = list(wanted)
    while todo:
        done, lost = _download(todo, target, folder)
        if not lost:
            found.names |= done
            return
        todo = [pin for pin in todo if pin != lost]
        name = None if _is_torch(lost) else _built_here(lost, target, folder)
        if name:
            found.names.add(name)
        else:
            found.missing[lost] = "no wheel for this kind of laptop in the index"


def _is_torch(pin: str) -> bool:
    return pin.partition("==")[0] in ("torch", "triton")


def _download(
    todo: list[str], target: Target, folder: Path, *, companions: bool = False
) -> tuple[set[str], str | None]:
    """(names of the wheels, None), or (nothing, the requirement that has no wheel).

    With `companions` also what they need themselves, in any version.
    """
    command = [sys.executable, "-m", "pip", "download", "--dest", str(folder)]
    command += [] if companions else ["--no-deps"]
    command += ["--no-input", "--progress-bar", "off", *target.pip_options(), *todo]
    answer = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", errors="replace",
        env=child_environment(), cwd=ROOT,
    )  # fmt: skip
    words = answer.stdout + answer.stderr
    if answer.returncode == 0:
        saved = re.findall(r"(?:Saved|File was already downloaded) (.+?\.whl)", words)
        return {re.split(r"[\\/]", name)[-1] for name in saved}, None
    lost = re.search(r"No matching distribution found for (\S+)", words)
    # Without a network pip finds no version of anything: that is another sentence.
    if lost and "(from versions: none)" not in words.split("No matching")[0][-400:]:
        return set(), lost[1]
    if lost and _is_source_only(lost[1]):
        return set(), lost[1]
    raise pips.explain(words, answer.returncode)


def _is_source_only(pin: str) -> bool:
    """True if the index has this version, as source."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--quiet"]
    command += ["--ignore-installed", "--report", "-", pin]
    answer = subprocess.run(
        command, capture_output=True, text=True, env=child_environment(), cwd=ROOT
    )
    return answer.returncode == 0


def _built_here(pin: str, target: Target, folder: Path) -> str | None:
    """Build from source: what is plain Python then serves every kind of laptop."""
    name = pin.partition("==")[0].replace("-", "_")
    there = sorted(folder.glob(f"{name}-{pin.partition('==')[2]}-*-none-any.whl"))
    if there:
        return there[0].name
    say(f"  building {pin} (source only)")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", scratch, pin]
        answer = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", errors="replace",
            env=child_environment(), cwd=ROOT,
        )  # fmt: skip
        built = next(iter(Path(scratch).glob("*.whl")), None)
        if answer.returncode or built is None:
            return None
        if not built.name.endswith("-none-any.whl") and not target.is_here:
            return None
        built.replace(folder / built.name)
        return built.name


def _lowlevel(target: Target, folder: Path, found: Found) -> None:
    """llama-cpp-python, compiled on this machine, for laptops of its kind."""
    pin = next(p for p in pins(ROOT / LOCKS[0], target) if p.startswith("llama-cpp-python"))
    built = sorted(wheel_cache().glob(f"llama_cpp_python-{pin.partition('==')[2]}-*.whl"))
    here = target.is_here or target.platform == Target(*_here()).platform
    if not built or not here:
        found.missing[pin] = (
            "compiled on each kind of laptop (make wheel there); only lessons 09 and 15 use it"
        )
        return
    place = folder / built[0].name
    if not place.exists():
        fresh = place.with_suffix(".new")
        fresh.write_bytes(built[0].read_bytes())
        fresh.replace(place)
    found.names.add(place.name)


def _here() -> tuple[str, str]:
    from tools.house.room import target

    platform, _, python = target().rpartition("-")
    return platform, python


def require(found: Found, target: Target) -> None:
    """Without these nothing runs. Raises KitError."""
    for name in ("xllamacpp", "fastapi", "jupyterlab"):
        if not any(wheel.lower().startswith(name) for wheel in found.names):
            raise KitError(
                f"There is no {name} for {target.name}, and without it the kit does not run.",
                "leave this kind of laptop out of TARGETS",
            )

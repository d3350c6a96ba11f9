"""Packages for one kind of laptop, as wheels; what is source only is built here or named."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.bundle.proof import BUILDERS
from tools.bundle.targets import NEWEST, OLDEST, Target, pins
from tools.house import pips
from tools.house.places import ROOT, child_environment, say, wheel_cache
from tools.house.room import target as this_laptop

LOCKS = ("constraints.txt", "constraints-litellm.txt")
NO_WHEEL = "no wheel for this kind of laptop in the index"
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
        late = _wanted(lock, target, NEWEST)
        _collect(late, target, folder, found)
        # Where an early 3.11 needs another version, both are there.
        early = [pin for pin in _wanted(lock, target, OLDEST) if pin not in late]
        _collect(early, target, folder, found, OLDEST)
    _torch(target, folder, found)
    # What builds the kit's own wheel on the laptop; these may choose their own companions.
    done, lost = _download(BUILDERS, target, folder, companions=True)
    found.names |= done
    if lost:
        found.missing[lost] = NO_WHEEL
    _lowlevel(target, folder, found)
    return found


def _wanted(lock: str, target: Target, patch: int) -> list[str]:
    return [
        pin for pin in pins(ROOT / lock, target, patch)
        if not pin.startswith(("llama-cpp-python", "torch==")) and not _CUDA.match(pin)
    ]  # fmt: skip


def _torch(target: Target, folder: Path, found: Found) -> None:
    """On Linux the CPU build and no other: the public index's wants 3 GB of CUDA libraries."""
    pin = next(pin for pin in pins(ROOT / LOCKS[0], target) if pin.startswith("torch=="))
    linux, index = target.platform.startswith("linux"), os.environ.get("SELFHOST_TORCH_INDEX")
    more = ["--extra-index-url", index] if linux and index else []
    done, lost = _download([pin + "+cpu" if linux else pin], target, folder, more=more)
    found.names |= done
    if lost:
        found.missing[lost] = (
            "its CPU build is not in the index that pip uses here: give SELFHOST_TORCH_INDEX the "
            "address that the “Get started” page of pytorch.org shows for Linux, pip, CPU"
            if linux else NO_WHEEL
        )  # fmt: skip


def _collect(
    wanted: list[str], target: Target, folder: Path, found: Found, patch: int = NEWEST
) -> None:
    """All in one run of pip; a package without a wheel is taken out and the rest tried again."""
    todo = list(wanted)
    while todo:
        done, lost = _download(todo, target, folder, patch=patch)
        if not lost:
            found.names |= done
            return
        todo = [pin for pin in todo if pin != lost]
        name = None if lost.startswith("triton") else _built_here(lost, target, folder)
        if name:
            found.names.add(name)
        else:
            found.missing[lost] = NO_WHEEL


def _download(
    todo: list[str], target: Target, folder: Path, *,
    companions: bool = False, patch: int = NEWEST, more: Sequence[str] = (),
) -> tuple[set[str], str | None]:  # fmt: skip
    """(names of the wheels, None), or (nothing, the requirement that has no wheel).

    With `companions` also what they need themselves, in any version; `more` options for pip.
    """
    if not todo:
        return set(), None
    command = [sys.executable, "-m", "pip", "download", "--dest", str(folder), *more]
    command += [] if companions else ["--no-deps"]
    command += ["--no-input", "--progress-bar", "off", *target.pip_options(patch), *todo]
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
    here = target.platform == this_laptop().rpartition("-")[0]  # the wheel fits every Python
    if not built or not here:
        found.missing[pin] = (
            "compiled on each kind of laptop (make wheel there); only notebooks 09, 14, 15 and "
            "lab 3 use it"
        )
        return
    place = folder / built[0].name
    if not place.exists():
        fresh = place.with_suffix(".new")
        fresh.write_bytes(built[0].read_bytes())
        fresh.replace(place)
    found.names.add(place.name)


def licence(wheel: Path) -> str:
    """What a wheel's own description says of its licence, in at most 80 characters."""
    try:
        with zipfile.ZipFile(wheel) as file:
            name = next(n for n in file.namelist() if n.endswith(".dist-info/METADATA"))
            about = email.message_from_bytes(file.read(name))
    except (OSError, zipfile.BadZipFile, StopIteration):
        return "not said"
    named = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier", []) if "License ::" in c]
    said = about.get("License-Expression") or ", ".join(named) or about.get("License") or ""
    return said.strip().partition("\n")[0][:80] or "not said"

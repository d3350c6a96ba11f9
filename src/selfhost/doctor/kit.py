"""Checks of the kit: its packages, its models, its endpoint, the kernel of its notebooks."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from selfhost.doctor.lessons import needing
from selfhost.doctor.machine import Check, Machine
from selfhost.endpoint import status as endpoint_status
from selfhost.endpoint.http import Unreachable, ask
from selfhost.errors import KitError
from selfhost.net import is_free

SETUP = "python kit.py lab"
SPEECH = 'pip install -e ".[speech]" in the kit\'s environment'


def wanted_packages(root: Path) -> dict[str, list[tuple[str, str]]]:
    """{group: [(package, version)]} from pyproject.toml; "" is the group everyone needs."""
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    except (OSError, ValueError, KeyError):
        return {}
    groups = {"": project.get("dependencies", []), **project.get("optional-dependencies", {})}
    return {
        group: [(m[1], m[2]) for line in lines if (m := re.match(r"([\w.-]+).*==([^\s;]+)", line))]
        for group, lines in groups.items()
    }


def version_of(package: str) -> str | None:
    """The installed version; None if it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def packages(machine: Machine) -> list[Check]:
    """One line per group of packages: complete, and the versions that were checked?"""
    checks = []
    groups = wanted_packages(machine.root)
    for group, label, need, mend in (
        ("", "packages", None, SETUP),
        ("lab", "packages: notebooks", None, SETUP),
        ("torch", "packages: torch", "torch", SETUP),
        ("speech", "packages: speech", "speech", SPEECH),
    ):
        if group in groups:
            checks.append(_group(machine, label, groups[group], need, mend))
    return checks


def _group(
    machine: Machine, label: str, wanted: list[tuple[str, str]], need: str | None, mend: str
) -> Check:
    found = {name: version_of(name) for name, _ in wanted}
    missing = [name for name, version in found.items() if version is None]
    other = [
        f"{name} {found[name]} (checked with {version})"
        for name, version in wanted
        # `2.13.0+cpu` is the same release as 2.13.0.
        if found[name] and str(found[name]).partition("+")[0] != version
    ]
    if missing:
        lessons = needing(machine.root, need) if need else ()
        words = ", ".join(missing[:4]) + ("…" if len(missing) > 4 else "")
        status = "fail" if need is None else "warn"
        return Check(label, status, f"missing: {words}", mend, lessons)
    if other:
        words = ", ".join(other[:2]) + ("…" if len(other) > 2 else "")
        return Check(label, "warn", words, mend)
    return Check(label, "ok", f"{len(wanted)} installed, in the versions of this kit")


def models(machine: Machine) -> Check:
    """The shipped models: every file there, and with the sha256 of its list?"""
    from selfhost import weights

    folders = sorted((machine.root / "models").glob("*/SHA256SUMS"))
    count, mend = 0, "git checkout -- models"
    for listing in folders:
        for name, expected in weights.shipped_sums(listing.parent).items():
            path = listing.parent / name
            label = f"models/{listing.parent.name}/{name}"
            if not path.is_file():
                return Check("shipped models", "fail", f"{label} is missing", mend)
            try:
                same = weights.sha256(path) == expected
            except KitError as error:
                return Check("shipped models", "fail", error.message, mend)
            if not same:
                with path.open("rb") as file:
                    pointer = file.read(40).startswith(b"version https://git-lfs")
                mend = "git lfs pull" if pointer else mend
                detail = f"{label} is not the file it should be (sha256 differs)"
                return Check("shipped models", "fail", detail, mend)
            count += 1
    if not count:
        return Check("shipped models", "fail", f"none in {machine.root / 'models'}", mend)
    names = ", ".join(listing.parent.name for listing in folders)
    return Check("shipped models", "ok", f"{names}: {count} files, sha256 right")


def endpoint(machine: Machine) -> Check:
    """Does this user's embedded endpoint run? Not running is fine: notebooks start it."""
    found = endpoint_status()
    if not found.running:
        if version_of("xllamacpp") is None:
            return Check("endpoint", "fail", "its engine, xllamacpp, is not installed", SETUP)
        engine = f"xllamacpp {version_of('xllamacpp')}"
        return Check("endpoint", "ok", f"starts when a notebook needs it ({engine})")
    if found.info is None:
        detail = f"process {found.pid} runs at {found.url} but does not answer"
        return Check("endpoint", "warn", detail, "selfhost endpoint stop")
    return Check("endpoint", "ok", f"runs at {found.url} (process {found.pid})")


def ports(machine: Machine) -> Check:
    """Is Ollama's port free, or who answers there?"""
    if is_free(machine.port):
        return Check("ports", "ok", f"{machine.port} is free")
    who = who_answers(f"http://127.0.0.1:{machine.port}")
    if who:
        return Check("ports", "ok", f"{machine.port}: {who} answers")
    detail = f"{machine.port} is taken by another program; the endpoint will use another port"
    return Check("ports", "warn", detail, f"end the program that uses port {machine.port}")


def who_answers(url: str) -> str | None:
    """ "the kit's endpoint", "Ollama", or None."""
    for path, key, name in (
        ("/selfhost/info", "kit", "the kit's endpoint"),
        ("/api/version", "version", "Ollama"),
    ):
        try:
            status, answer = ask(f"{url}{path}", timeout=0.8)
        except Unreachable:
            return None
        if status == 200 and isinstance(answer, dict) and key in answer:
            return name
    return None


def kernel(machine: Machine, prefix: Path = Path(sys.prefix)) -> Check:
    """Does JupyterLab find the Python of this environment?"""
    spec = prefix / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    if spec.is_file():
        return Check("notebook kernel", "ok", f"python3 in {prefix.name}")
    return Check("notebook kernel", "fail", f"no python3 kernel in {prefix}", SETUP)

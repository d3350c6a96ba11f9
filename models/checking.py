# SPDX-License-Identifier: MIT
"""What the checks of all shipped models share: how a check fails, is reported, and which files.

python -m models.checking sums models/oido     # write SHA256SUMS after a release
"""

from __future__ import annotations

import argparse
import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SUMS = "SHA256SUMS"
TORCH = (".pt", ".pth")
# Files that only Python's pickle (or something that runs it) can read.
PICKLED = (".pkl", ".pickle", ".ckpt", ".bin", ".joblib")
LISTED = {*TORCH, ".safetensors", ".json", ".jsonl", ".wav"}


class Failed(Exception):
    """A check found a difference; the text says which."""


class Skipped(Exception):
    """A check cannot run here; the text says why."""


Check = Callable[[], str]


def need(condition: bool, text: str) -> None:
    """Raise Failed unless the condition holds."""
    if not condition:
        raise Failed(text)


def run(checks: dict[str, Check]) -> int:
    """Run all checks and print a line for each; returns how many failed."""
    failed = 0
    for name, check in checks.items():
        try:
            print(f"ok      {name}: {check()}", flush=True)
        except Skipped as reason:
            print(f"skipped {name}: {reason}", flush=True)
        except Failed as error:
            failed += 1
            print(f"FAILED  {name}: {error}", flush=True)
    return failed


def digest(path: Path) -> str:
    """sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_sums(folder: Path) -> str:
    """Every file is the one that SHA256SUMS lists."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    for line in lines:
        wanted, name = line.split("  ", 1)
        need((folder / name).is_file(), f"{name} is listed in {SUMS} and is not there")
        need(digest(folder / name) == wanted, f"{name} is not the file that {SUMS} lists")
    return f"{len(lines)} files"


def write_sums(folder: Path) -> int:
    """List weights, settings, logs, results and recordings; returns how many files."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in LISTED)
    names = [path.relative_to(folder).as_posix() for path in paths]
    lines = [f"{digest(path)}  {name}\n" for path, name in zip(paths, names, strict=True)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
    return len(lines)


def load_tensors(path: Path) -> Any:
    """Read a torch file without letting it run code.

    Raises Failed where the file asks for anything but tensors and plain containers.
    """
    import pickle

    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise Failed(f"{path.name} holds more than tensors: {error}") from None


def check_no_pickle(root: Path = HERE) -> str:
    """All weights load without pickle: safetensors, GGUF, or torch files with tensors only."""
    from safetensors import safe_open

    seen = 0
    for path in sorted(root.rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        need(path.suffix not in PICKLED, f"{path.relative_to(root)} is of a kind that runs code")
        if path.suffix in TORCH:
            need(zipfile.is_zipfile(path), f"{path.name} is a torch file of the old kind")
            load_tensors(path)
            seen += 1
        elif path.suffix == ".safetensors":
            with safe_open(path, "pt") as file:
                need(len(file.keys()) > 0, f"{path.name} is empty")
            seen += 1
    return f"{seen} files of weights"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("sums",))
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    print(f"{options.folder / SUMS}: {write_sums(options.folder)} files")


if __name__ == "__main__":
    main()

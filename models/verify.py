# SPDX-License-Identifier: MIT
"""Check that all shipped models are what their cards say.

    python -m models.verify                      # everything; minutes
    python -m models.verify --quick              # without scoring again
    python -m models.verify --only oido voz

`make models-verify` runs this. A line for each check; the exit status is the number that failed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .checking import Check, check_no_pickle, need, run

HERE = Path(__file__).resolve().parent
MODELS = ("aprendiz", "oido", "voz")
MOST_BYTES = 80_000_000
WEIGHTS = (".gguf", ".safetensors", ".pt", ".pth")
CLASS = "reproducible"


def check_size() -> str:
    """All weights together are small enough for git."""
    size = sum(path.stat().st_size for path in HERE.rglob("*") if path.suffix in WEIGHTS)
    need(size <= MOST_BYTES, f"{size:,} bytes of weights, more than {MOST_BYTES:,}")
    return f"{size:,} bytes of weights"


def check_class(name: str) -> str:
    """The audit finds the class that the card claims."""
    from selfhost.openness.audit import audit

    found = audit(HERE / name).spectrum.name
    need(found == CLASS, f"the audit says {found}, the card {CLASS}")
    return CLASS


def checks(names: list[str], *, quick: bool, threads: int) -> dict[str, Check]:
    """Checks of the named models and of what they share."""
    from importlib import import_module

    found: dict[str, Check] = {"no pickle": check_no_pickle, "size": check_size}
    for name in names:
        found[f"{name}: openness"] = lambda name=name: check_class(name)  # type: ignore[misc]
        own = import_module(f"models.{name}.verify").checks(quick=quick, threads=threads)
        found |= {f"{name}: {what}": check for what, check in own.items()}
    return found


def main(argv: list[str] | None = None) -> int:
    """The command line; the exit status is the number of failed checks."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--quick", action="store_true", help="do not score again")
    p.add_argument("--only", nargs="+", choices=MODELS, default=list(MODELS))
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args(argv)
    return run(checks(a.only, quick=a.quick, threads=a.threads))


if __name__ == "__main__":
    raise SystemExit(main())

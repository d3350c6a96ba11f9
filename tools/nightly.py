"""`make nightly`: what is too long or too large for `make check`, one after the other.

Each step says in a line what it shows, runs as its own program, and keeps its whole output in
build/nightly/. A step that cannot run here says why. Ends with a table and writes
build/nightly.json; fails when a step failed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from selfhost.errors import KitError
from tools.house.places import BUILD, ROOT, say
from tools.run import program

PYTHON = sys.executable
OUT = BUILD / "nightly"
OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL")


@dataclass
class Done:
    """A step after it ran: "ok", "failed" or "not run" with the reason."""

    name: str
    status: str
    seconds: float = 0.0
    why: str = ""


class NotPreparedError(Exception):
    """What a step needs first went wrong; names the log that says how."""


def classroom(place: Path) -> list[str]:
    """Two students on JupyterHub, in Chromium."""
    prepare([PYTHON, "-m", "tools.hub", "--prepare", "yes"], "hub-install")
    return [PYTHON, "-m", "pytest", "-q", "tests/deploy/test_jupyterhub.py", "-rs"]


def frontends(place: Path) -> list[str]:
    """Open WebUI before the endpoint, in Chromium (2.4 GB once)."""
    return [PYTHON, "-m", "tools.frontends_check"]


def models(place: Path) -> list[str]:
    """The shipped weights against their cards: hashes, logits, scores, word error rates."""
    return [PYTHON, "-m", "models.verify"]


def offline(place: Path) -> list[str]:
    """A bundle, a fresh clone, no network at all: to a passing check."""
    folder = BUILD / "bundle"
    prepare([PYTHON, "-m", "tools.bundle", "--out", str(folder)], "bundle")
    prepare(["git", "clone", "--quiet", str(ROOT), str(place / "kit")], "clone")
    env = ["env", f"SELFHOST_ROOM={folder}", f"XDG_CACHE_HOME={place / 'cache'}"]
    make = ["make", "-C", str(place / "kit"), "check"]
    return [PYTHON, "-m", "tools.noroute", *env, *make]


# What each step does first, and the command that decides; it may use a folder that goes afterwards.
STEPS = {"classroom": classroom, "frontends": frontends, "models": models, "offline": offline}


def run(command: list[str], name: str) -> int:
    """Run a program with its output in build/nightly/NAME.log; its exit status."""
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / f"{name}.log").open("wb") as log:
        # Our own make's settings (ONLY=…) are not those of a make that a step calls.
        env = {key: value for key, value in os.environ.items() if key not in OF_MAKE}
        env |= {"PYTHONUNBUFFERED": "1"}
        return subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, env=env).returncode


def prepare(command: list[str], name: str) -> None:
    """Run what a step needs first. Raises `NotPreparedError`."""
    if run(command, name) != 0:
        raise NotPreparedError(f"{name} failed: see build/nightly/{name}.log")


def step(name: str) -> Done:
    """One step, with a line before and after."""
    say(f"{name}: {(STEPS[name].__doc__ or '').strip()}")
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="selfhost-", ignore_cleanup_errors=True) as place:
            status = run(STEPS[name](Path(place)), name)
    except KitError as error:
        say(f"  not run: {error.message}")
        return Done(name, "not run", why=error.message)
    except NotPreparedError as error:
        say(f"  FAILED: {error}")
        return Done(name, "failed", round(time.monotonic() - began, 1), str(error))
    seconds = round(time.monotonic() - began, 1)
    log = (OUT / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
    last = next((line.strip() for line in reversed(log) if line.strip()), "")
    say(f"  {'ok' if status == 0 else 'FAILED'} after {seconds:.0f} s: {last[:150]}")
    return Done(name, "ok" if status == 0 else "failed", seconds, last[:300])


def main(arguments: list[str] | None = None) -> int:
    """Run the steps asked for (all: none named); 1 if one failed."""
    parser = argparse.ArgumentParser(prog="make nightly", description=__doc__)
    parser.add_argument("--only", default="", help=f"of: {' '.join(STEPS)}")
    asked = parser.parse_args(arguments).only.replace(",", " ").split()
    unknown = [name for name in asked if name not in STEPS]
    if unknown:
        raise KitError(f"There is no step {unknown[0]} (there are: {', '.join(STEPS)}).")
    shutil.rmtree(OUT, ignore_errors=True)
    done = [step(name) for name in asked or STEPS]
    fresh = BUILD / "nightly.new"
    fresh.write_text(json.dumps([asdict(each) for each in done], indent=1), encoding="utf-8")
    fresh.replace(BUILD / "nightly.json")
    for each in done:
        say(f"{each.name:10} {each.status:8} {each.seconds:7.0f} s  {each.why}")
    return 1 if any(each.status == "failed" for each in done) else 0


if __name__ == "__main__":
    program(main)

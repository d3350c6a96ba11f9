"""Which self-checks of the labs have passed on this computer: kept in one file, sent nowhere.

`selfhost.checks` notes each check that is run in a notebook. Solutions do not count, and neither do
checks outside of a notebook (tests, scripts).
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from selfhost.files import write_atomically
from selfhost.paths import kit_root, run_dir

# `check("1a", "the licences", …)` in a lab's cell: what is to be passed.
_CHECK = re.compile(r"""\bcheck\(\s*["']([^"']+)["'],\s*["']([^"']+)["']""")


@dataclass(frozen=True)
class LabProgress:
    """One lab: its checks in order as (key, title), and which of them have passed."""

    lab: str
    title: str
    checks: tuple[tuple[str, str], ...]
    passed: frozenset[str]
    tries: int

    @property
    def following(self) -> tuple[str, str] | None:
        """The first check that has not passed yet; None when all have."""
        return next((each for each in self.checks if each[0] not in self.passed), None)


def place() -> Path:
    """The file; `SELFHOST_RUN` moves it."""
    return run_dir() / "progress.json"


def note(lab: str, key: str, passed: bool) -> None:
    """Remember the outcome of one check. Never in a reader's way: what fails is left out."""
    if not _in_a_lab():
        return
    with suppress(OSError, Timeout, ValueError):
        path = place()
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=2):
            kept = read()
            found = kept.setdefault(lab, {}).setdefault(key, {"passed": None, "tries": 0})
            found["tries"] += 1
            if passed and not found["passed"]:
                found["passed"] = datetime.now().astimezone().isoformat(timespec="seconds")
            write_atomically(path, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def _in_a_lab() -> bool:
    """Whether this is a notebook's kernel, in another folder than that of the solutions."""
    shell = sys.modules.get("IPython")
    running = shell is not None and shell.get_ipython() is not None
    return running and "solutions" not in Path.cwd().parts


def read() -> dict[str, dict[str, dict[str, Any]]]:
    """lab -> key -> {"passed": when or None, "tries": number}; empty when nothing was noted."""
    try:
        kept = json.loads(place().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def forget() -> bool:
    """Remove what was noted; whether there was something."""
    there = place().exists()
    place().unlink(missing_ok=True)
    return there


def labs(root: Path | None = None) -> list[LabProgress]:
    """Every lab of this checkout with what has passed."""
    kept = read()
    found: list[LabProgress] = []
    for path in sorted(((root or kit_root()) / "labs").glob("lab[0-9]*_*.ipynb")):
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
            title = notebook["metadata"]["kit"]["title"]
        except (OSError, ValueError, KeyError):
            continue  # a reader's own notebook
        code = [c["source"] for c in notebook["cells"] if c["cell_type"] == "code"]
        text = "\n".join(each if isinstance(each, str) else "".join(each) for each in code)
        name = f"Lab {path.name.removeprefix('lab').partition('_')[0]}"
        if any(lab.lab == name for lab in found):
            continue  # a copy under a name of the reader's own
        noted = kept.get(name, {})
        passed = frozenset(key for key, outcome in noted.items() if outcome.get("passed"))
        tries = sum(int(outcome.get("tries", 0)) for outcome in noted.values())
        checks = tuple(dict(_CHECK.findall(text)).items())
        found.append(LabProgress(name, title, checks, passed, tries))
    return found

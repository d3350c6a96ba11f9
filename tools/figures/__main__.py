"""`make figures`: draw the slides' figures into slides/figures/, with their words in alt.json.

Figures of what was measured draw from slides/data/; `--measure` makes these measurements anew on
this machine (some minutes), the others only draw.
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.files import write_atomically
from tools.figures import style
from tools.run import program

OUT = style.ROOT / "slides" / "figures"
MODULES = ("openness", "inside", "hardware", "engines", "numbers", "media", "chance")


def registry() -> dict[str, Callable[[], tuple[Any, str]]]:
    """Name of every figure -> the function that draws it and says it in words."""
    found: dict[str, Callable[[], tuple[Any, str]]] = {}
    for module in MODULES:
        found |= importlib.import_module(f"tools.figures.{module}").FIGURES
    return found


def draw(names: list[str], out: Path = OUT) -> dict[str, str]:
    """Draw the named figures (all if empty); name -> its words."""
    import matplotlib as mpl

    known = registry()
    unknown = set(names) - set(known)
    if unknown:
        raise KitError(f"There is no figure {', '.join(unknown)}.", f"one of: {', '.join(known)}")
    style.use_fonts(style.ROOT / "build" / "fonts")
    out.mkdir(parents=True, exist_ok=True)
    table = out / "alt.json"
    words = json.loads(table.read_text(encoding="utf-8")) if table.exists() else {}
    for name in names or known:
        with mpl.rc_context(style.STYLE):
            fig, alt = known[name]()
            style.save(fig, out / f"{name}.svg")
        words[name] = " ".join(alt.split())
    words = {name: words[name] for name in known if name in words}
    write_atomically(table, json.dumps(words, indent=1, ensure_ascii=False) + "\n")
    return words


def main(arguments: list[str] | None = None) -> int:
    """Draw, and say how many."""
    parser = argparse.ArgumentParser(prog="tools.figures", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these figures")
    parser.add_argument("--measure", action="store_true", help="make the measurements anew first")
    asked = parser.parse_args(arguments)
    if asked.measure:
        from tools.figures import measure

        measure.run(asked.names)
    draw(asked.names)
    print(f"{len(asked.names) or len(registry())} figures in slides/figures/")
    return 0


if __name__ == "__main__":
    program(main)

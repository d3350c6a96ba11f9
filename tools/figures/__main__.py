"""`make figures`: draw the slides' figures into slides/figures/, with their words in alt.json.

The Spanish ones go into slides/figures/es/; all of them, since each holds words or numbers. Their
words are translated in slides/es/figures.yaml. Figures of what was measured draw from slides/data/;
`--measure` makes these measurements anew on this machine (some minutes), the others only draw.
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
from tools.figures import layout, style, words
from tools.run import program

OUT = style.ROOT / "slides" / "figures"
MODULES = ("openness", "inside", "hardware", "engines", "numbers", "media", "chance")


def registry() -> dict[str, Callable[[], tuple[Any, str]]]:
    """Name of every figure -> the function that draws it and says it in words."""
    found: dict[str, Callable[[], tuple[Any, str]]] = {}
    for module in MODULES:
        found |= importlib.import_module(f"tools.figures.{module}").FIGURES
    return found


def draw(names: list[str], out: Path = OUT, language: str = "en") -> dict[str, str]:
    """Draw the named figures (all if empty); name -> what it shows, in words.

    Other languages than English go into a folder of that name. Raises `KitError` where words are
    missing in that language, are no longer said, or have no room.
    """
    import matplotlib as mpl

    known = registry()
    unknown = set(names) - set(known)
    if unknown:
        raise KitError(f"There is no figure {', '.join(unknown)}.", f"one of: {', '.join(known)}")
    style.use_fonts(style.ROOT / "build" / "fonts")
    out = out if language == "en" else out / language
    out.mkdir(parents=True, exist_ok=True)
    table = out / "alt.json"
    told = json.loads(table.read_text(encoding="utf-8")) if table.exists() else {}
    catalogue, used = words.catalogue(language), set()
    for name in names or known:
        with mpl.rc_context(style.STYLE), words.drawing(name, language, catalogue) as now:
            fig, alt = known[name]()
            wrong = layout.problems(fig)
            for text in (*(t.get_text() for t in layout.shown(fig)), alt):
                words.refuse_unsaid(text)
            style.save(fig, out / f"{name}.svg")
        if wrong:
            raise KitError(f"Figure {name} ({language}): {'; '.join(wrong)}.", "fewer words")
        used |= now.used
        told[name] = " ".join(alt.split())
    if not names:
        _refuse_stale(catalogue, used, set(known))
    told = {name: told[name] for name in known if name in told}
    write_atomically(table, json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return told


def _refuse_stale(
    catalogue: dict[str, dict[words.Key, str]], used: set[Any], figures: set[str]
) -> None:
    shared = {text for text, _ in catalogue.get(words.SHARED, {})}
    spoken = {text for section, (text, _) in used if section == words.SHARED}
    stale = sorted((shared - spoken) | (set(catalogue) - figures - {words.SHARED}))
    if stale:
        raise KitError(f"No figure says: {'; '.join(stale)}.", "take it out of figures.yaml")


def main(arguments: list[str] | None = None) -> int:
    """Draw, and say how many."""
    parser = argparse.ArgumentParser(prog="tools.figures", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these figures")
    parser.add_argument("--language", choices=(*words.LANGUAGES, "all"), default="all")
    parser.add_argument("--measure", action="store_true", help="make the measurements anew first")
    asked = parser.parse_args(arguments)
    if asked.measure:
        from tools.figures import measure

        measure.run(asked.names)
    languages = words.LANGUAGES if asked.language == "all" else (asked.language,)
    for language in languages:
        draw(asked.names, language=language)
    count = len(asked.names) or len(registry())
    print(f"{count} figures in slides/figures/ ({', '.join(languages)})")
    return 0


if __name__ == "__main__":
    program(main)

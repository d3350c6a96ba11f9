"""`make report NB=14 MODEL=… REPEATS=…`: run a notebook with other parameters.

Leaves the executed notebook and a page of HTML under `build/reports/`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from tools.run import program

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "build" / "reports"


def find(name: str) -> Path:
    """The one notebook or solution whose name starts with `name`."""
    found = [*ROOT.glob(f"notebooks/{name}*.ipynb"), *ROOT.glob(f"solutions/{name}*.ipynb")]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted(path.stem for path in ROOT.glob("notebooks/*.ipynb")))
    raise KitError(
        f"{len(found) or 'No'} notebooks have a name that starts with {name} ({known}).",
        "python kit.py report NB=14",
    )


def value_of(text: str) -> Any:
    """`5`, `0.7`, `true`, `[1, 2]` as JSON reads them; anything else is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def parameters(pairs: list[str], known: dict[str, Any], name: str) -> dict[str, Any]:
    """REPEATS=5 -> {"repeats": 5}, checked against the notebook's `parameters` cell.

    Capitals do not matter: the notebook may call it `REPEATS` or `repeats`.
    MODEL also tells the endpoint which model to serve, so it may be given to every notebook.
    """
    chosen: dict[str, Any] = {}
    spelled = {name.lower(): name for name in known}
    for pair in pairs:
        key, _, text = pair.partition("=")
        if key.lower() in spelled:
            chosen[spelled[key.lower()]] = value_of(text)
        elif key.lower() != "model":
            has = ", ".join(known) or "none"
            raise KitError(
                f"{name} has no parameter {key} (it has: {has}).",
                f"leave {key}= out",
            )
    return chosen


def file_name(stem: str, chosen: dict[str, Any]) -> str:
    """A name that tells the runs apart: 14_determinism-model-aprendiz-repeats-5."""
    parts = [f"{key}-{value}" for key, value in chosen.items()]
    return re.sub(r"[^\w.-]+", "_", "-".join([stem, *parts]))[:120]


def main(arguments: list[str] | None = None) -> int:
    """Run, and write notebook and page."""
    parser = argparse.ArgumentParser(prog="tools.report", description=__doc__)
    parser.add_argument("notebook")
    parser.add_argument("pairs", nargs="*", metavar="NAME=VALUE")
    asked = parser.parse_args(arguments)
    path = find(asked.notebook)

    import papermill
    from papermill.exceptions import PapermillExecutionError

    known = papermill.inspect_notebook(str(path))
    chosen = parameters(asked.pairs, known, path.stem)
    REPORTS.mkdir(parents=True, exist_ok=True)
    target = REPORTS / (file_name(path.stem, chosen) + ".ipynb")
    said = ", ".join(f"{key} = {value!r}" for key, value in chosen.items()) or "as they are"
    print(f"Running {path.stem} (parameters: {said})", flush=True)
    failure: str | None = None
    try:
        papermill.execute_notebook(
            str(path), str(target), parameters=chosen, cwd=str(path.parent), kernel_name="python3",
            progress_bar=sys.stderr.isatty(),
        )  # fmt: skip
    except PapermillExecutionError as error:
        failure = f"{error.ename}: {error.evalue}"
    page = write_page(target)
    for file in (target, page):
        print(file.relative_to(ROOT).as_posix())
    if failure:
        raise KitError(f"A cell failed: {failure}", f"look at {page.relative_to(ROOT).as_posix()}")
    return 0


def write_page(notebook: Path) -> Path:
    """The executed notebook as one HTML file."""
    from nbconvert import HTMLExporter

    body, _ = HTMLExporter(embed_images=True).from_filename(str(notebook))
    page = notebook.with_suffix(".html")
    page.write_text(body, encoding="utf-8", newline="\n")
    return page


if __name__ == "__main__":
    program(main)

"""The lab as handed out runs to its end without an error, and the solution passes every check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from selfhost.paths import kit_root

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def run(path: Path) -> list[str]:
    """Execute a notebook as a student would, top to bottom; what it printed, cell by cell."""
    import nbclient
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    ).execute()
    return [printed(cell) for cell in notebook.cells if cell.cell_type == "code"]


def printed(cell: Any) -> str:
    return "".join(o.get("text", "") for o in cell["outputs"] if o["output_type"] == "stream")


def test_the_lab_with_nothing_filled_in_gives_hints_only() -> None:
    said = run(kit_root() / "labs" / "lab1_audit_a_model.ipynb")
    assert "0 of 7 checks passed; open: 1, 2, 3, 4, 5, 6, 7" in said[-1]
    hints = [line for text in said for line in text.splitlines() if line.startswith("✘")]
    assert len(hints) == 7
    assert not any("Traceback" in text or "Error" in text for text in said)


def test_the_solution_passes_every_check() -> None:
    path = kit_root() / "solutions" / "lab1_audit_a_model.ipynb"
    stored = json.loads(path.read_text(encoding="utf-8"))
    last = [c for c in stored["cells"] if c["cell_type"] == "code"][-1]
    assert "7 of 7 checks passed" in "".join(last["outputs"][0]["text"])
    assert "7 of 7 checks passed" in run(path)[-1]

"""A lab as it is handed out runs to its end: what is missing is said, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.course.assemble import assemble
from tools.course.execute import execute
from tools.course.normalise import dumps
from tools.course.source import load, source_paths

ROOT = Path(__file__).resolve().parents[2]
LABS = [path for path in source_paths(ROOT) if path.parent.name == "labs"]


@pytest.mark.slow
@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_an_empty_lab_runs_without_an_error(path: Path) -> None:
    lab = execute(assemble(load(path, ROOT), "lab", ROOT), ROOT / "labs", ROOT)
    assert all(cell.execution_count for cell in lab.cells if cell.cell_type == "code")
    assert '"name": "stderr"' not in dumps(lab)

"""pytest plugin: what became of each notebook's cells, written to the file in `--nbcount`.

nbval makes one test of each code cell. Of each we note whether it was executed, whether its
output was *compared* (it has stored output of a kind that nbval compares, and no tag says that
the output follows from the model, the machine or time), or why it was skipped. The notes travel
with pytest's reports, so they arrive from the worker processes of pytest-xdist too.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

NOT_COMPARED = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}
# What a notebook may need that an installation can lack, and the module that shows it is there.
MODULES = {"speech": "whisper", "compiler": "llama_cpp"}


def is_compared(cell: Any, options: dict[str, Any]) -> bool:
    """True if nbval holds this cell's output against the stored one."""
    if not options.get("check") or cell.execution_count is None:
        return False
    return any(
        output.output_type == "stream" or set(output.get("data", {})) - NOT_COMPARED
        for output in cell.outputs
    )


def missing(notebook: Any) -> str | None:
    """Why a notebook cannot run in this installation; None if it can."""
    for need in notebook.metadata.get("kit", {}).get("needs", []):
        module = MODULES.get(need)
        if module and importlib.util.find_spec(module) is None:
            return f"needs {need}: the module {module} is not installed"
    return None


def skip_reason(cell: Any) -> str:
    """Why a cell that is tagged `nbval-skip` is skipped, in its author's words if there are any."""
    return cell.metadata.get("kit", {}).get("skip") or "tagged nbval-skip"


def _is_cell(item: pytest.Item) -> bool:
    return hasattr(item, "cell") and hasattr(item, "cell_num")


class Counter:
    """Collects the notes in the process that prints the summary."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.notebooks: dict[str, dict[str, Any]] = defaultdict(
            lambda: {
                "executed": 0, "compared": 0, "skipped": 0, "failed": 0, "seconds": 0.0,
                "reasons": [], "failures": [],
            }
        )  # fmt: skip
        self.tests = {"passed": 0, "failed": 0, "skipped": 0}
        self.reasons: list[str] = []
        self.collected: set[str] = set()
        self.durations: dict[str, float] = defaultdict(float)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A whole file that was skipped, or that could not be read."""
        if report.passed or report.nodeid in self.collected:
            return
        self.collected.add(report.nodeid)  # each worker process reports it
        self.tests["failed" if report.failed else "skipped"] += 1
        why = report.longrepr
        reason = str(why[2]) if isinstance(why, tuple | list) else "could not be imported"
        self.reasons.append(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of one test."""
        note = dict(report.user_properties).get("notebook")
        if isinstance(note, dict):
            self._cell(report, note)
        else:
            self.durations[report.nodeid.split("::")[0]] += report.duration
        if report.when == "call" or report.outcome != "passed":
            outcome = report.outcome
            if outcome == "skipped" and hasattr(report, "wasxfail"):
                outcome = "failed" if isinstance(note, dict) else "skipped"
            self.tests[outcome] += 1
            if outcome == "skipped" and not isinstance(note, dict):
                why = report.longrepr
                reason = str(why[2]) if isinstance(why, tuple | list) else "expected to fail"
                self.reasons.append(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")

    def _cell(self, report: pytest.TestReport, note: dict[str, Any]) -> None:
        notebook = self.notebooks[note["file"]]
        notebook["seconds"] += report.duration
        if report.outcome == "skipped" and not hasattr(report, "wasxfail"):
            notebook["skipped"] += 1
            if note["reason"] not in notebook["reasons"]:
                notebook["reasons"].append(note["reason"])
        elif report.failed or hasattr(report, "wasxfail"):
            notebook["failed"] += 1
            if len(notebook["failures"]) < 1:  # later cells fail because an earlier one did
                notebook["failures"].append(f"cell {note['cell']}: {_last_line(report)}")
        if report.when == "call" and report.outcome in ("passed", "failed"):
            notebook["executed"] += 1
            notebook["compared"] += bool(note["compared"])

    def pytest_sessionfinish(self) -> None:
        """Write what was counted."""
        self.target.parent.mkdir(parents=True, exist_ok=True)
        result = {
            "notebooks": dict(sorted(self.notebooks.items())),
            "tests": self.tests,
            "reasons": self.reasons,
            "durations": dict(sorted(self.durations.items())),
        }
        self.target.write_text(json.dumps(result, indent=1), encoding="utf-8")


def _last_line(report: pytest.TestReport) -> str:
    text = re.sub(r"\x1b\[[0-9;]*m", "", report.longreprtext)  # colours
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "failed"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--nbcount FILE`."""
    parser.addoption("--nbcount", metavar="FILE", help="write counts of tests and cells to FILE")


def pytest_configure(config: pytest.Config) -> None:
    """Count in the controlling process only; workers pass their notes on."""
    target = config.getoption("--nbcount")
    if target and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Counter(Path(target)), "nbcount-counter")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Note what a cell is before it runs, and skip notebooks that lack what they need."""
    if _is_cell(item):
        cell, options = item.cell, item.options  # type: ignore[attr-defined]
        lacking = missing(item.parent.nb)  # type: ignore[union-attr]
        note = {
            "file": item.path.stem,
            "cell": item.cell_num,  # type: ignore[attr-defined]
            "compared": is_compared(cell, options),
            "reason": lacking or skip_reason(cell),
        }
        item.user_properties.append(("notebook", note))
        if lacking:
            pytest.skip(lacking)
    return (yield)

"""Run a notebook top to bottom in a fresh kernel, as a reader without a network would."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from selfhost import KitError

CELL_SECONDS = 300
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute(notebook: Any, folder: Path, root: Path) -> Any:
    """Run all cells in `folder` and return the notebook with their outputs.

    The endpoint is the embedded one, with run-time files of this run's own, so that neither
    this user's Ollama nor an endpoint left open changes what is stored. KitError names the
    first cell that fails.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kit-run-", ignore_cleanup_errors=True) as scratch:
        started = [0]  # a kernel may die before it says which cell it is at

        def note(cell: Any, cell_index: int) -> None:
            started.append(cell_index)

        client = NotebookClient(
            notebook,
            on_cell_start=note,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            coalesce_streams=True,
            record_timing=False,
        )
        log = Path(scratch) / "kernel.log"  # what engines print beside the notebook
        try:
            with log.open("wb") as stderr:
                _run(client, env=environment(Path(scratch), root), stderr=stderr)
        except CellExecutionError as error:
            where = started[-1] + 1
            what = _ANSI.sub("", f"{error.ename}: {error.evalue}").strip()
            raise KitError(
                f"Cell {where} fails: {what}", "run that cell in JupyterLab, mend the source"
            ) from None
        except (CellTimeoutError, DeadKernelError) as error:
            where = started[-1] + 1
            lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            reason = f"{str(error).splitlines()[0]} {lines[-1] if lines else ''}".strip()
            raise KitError(
                f"Cell {where} stopped the run: {reason}",
                "mend the source",
            ) from None
    return notebook


def _run(client: Any, **options: Any) -> None:
    """Execute; KeyboardInterrupt after Ctrl-C.

    nbclient 0.11.0 answers Ctrl-C by ending the kernel, and then stumbles over its absence in
    one of several ways. The future of that ending tells that it was asked for.
    """
    try:
        client.execute(**options)
    except Exception:
        if hasattr(client, "_async_cleanup_kernel_future"):
            raise KeyboardInterrupt from None
        raise


def environment(scratch: Path, root: Path) -> dict[str, str]:
    """The kernel's environment: this Python's commands first, no settings of this user."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("SELFHOST_", "OLLAMA_", "OPENAI_", "JPY_"))
    }
    scripts = str(Path(sys.executable).parent)
    return kept | {
        "PATH": scripts + os.pathsep + kept.get("PATH", ""),
        "SELFHOST_ROOT": str(root),
        "SELFHOST_RUN": str(scratch / "run"),
        "SELFHOST_MODELS": str(scratch / "models"),
        "SELFHOST_ENGINE": "embedded",
        "IPYTHONDIR": str(scratch / "ipython"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONIOENCODING": "utf-8",
    }

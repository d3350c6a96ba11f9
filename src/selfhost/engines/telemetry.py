"""Importing OpenVINO sends an event to its makers unless told not to. Here it is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_telemetry() -> Iterator[None]:
    """Opt out of OpenVINO's telemetry: `import openvino` sends an event unless told not to.

    (openvino 2026.4.1, `openvino/tools/ovc/__init__.py`: `telemetry.send_event("ov", "import",
    ...)`; without a consent file it counts as consent.) With its telemetry package out of sight
    OpenVINO takes the stub that it brings: nothing is sent, and nothing is written to the home
    folder. Once OpenVINO is imported the package may be seen again: nobody asks for it any more.
    """
    name = "openvino_telemetry"
    if name in sys.modules or "openvino" in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say "not here"
    try:
        yield
    finally:
        sys.modules.pop(name, None)

"""What every table of measurements must say: the machine, the load on it, and the date."""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import version

from selfhost.stackcard.hardware import cpu_name

PACKAGES = ("xllamacpp", "fastapi", "uvicorn", "ollama", "openai", "httpx")


def heading() -> str:
    """One line of Markdown: date, processor, cores, load, Python and package versions."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{datetime.date.today()}, {cpu_name()}, {os.cpu_count()} cores{load}, "
        f"{platform.system()}, Python {platform.python_version()}, {packages}"
    )

"""What `make check-frontends` saw when it last ran for the course: a picture, and requests.

For readers without Open WebUI. It is shown as what it is: made on that day, by that command.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

COMMAND = "python kit.py check-frontends RECORD=yes"


@dataclass(frozen=True)
class Seen:
    """`requests`: per profile (see `openwebui.PROFILES`) what one question made it send.

    `answers`: what the page showed after the question, per profile. `seconds`: per profile, from
    the start of the process to the first answer of its /health.
    """

    date: str
    version: str
    machine: str
    question: str
    requests: dict[str, list[dict[str, Any]]]
    answers: dict[str, str]
    seconds: dict[str, float]

    def words(self) -> str:
        """Where this comes from, in one line."""
        return (
            f"Recorded on {self.date} with Open WebUI {self.version} and aprendiz ({self.machine}) "
            f"by: {COMMAND}"
        )


@cache
def seen() -> Seen:
    """The committed record."""
    text = _folder().joinpath("open-webui.json").read_text(encoding="utf-8")
    return Seen(**json.loads(text))


def picture() -> bytes:
    """The committed picture (PNG) of Open WebUI's page."""
    return _folder().joinpath("open-webui.png").read_bytes()


def _folder() -> Any:
    return files("selfhost").joinpath("data", "frontends")

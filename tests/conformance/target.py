"""Where the conformance tests connect."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """Where the clients connect, and with which model."""

    url: str
    model: str
    ours: bool  # False: a real Ollama, which has no /selfhost routes

    @property
    def v1(self) -> str:
        return self.url + "/v1"

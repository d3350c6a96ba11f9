"""What the routes share: settings, models, engines, and who is being answered."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from selfhost.server.catalog import Catalog
from selfhost.server.live import Activity
from selfhost.server.registry import Registry
from selfhost.server.settings import Settings

KEPT_REQUESTS = 200


@dataclass
class State:
    """One per server, at `app.state.selfhost`."""

    settings: Settings
    catalog: Catalog
    registry: Registry
    activity: Activity = field(default_factory=Activity)
    requests: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_REQUESTS))
    leases: dict[int, Any] = field(default_factory=dict)  # pid -> psutil.Process
    leased: bool = False  # whether there ever was a lease
    started: float = field(default_factory=time.time)


def new_state(settings: Settings) -> State:
    """A state without any model loaded."""
    return State(settings, Catalog(settings.models_dir), Registry(settings))


def wants_reproducible(request: Request, body: Any) -> bool:
    """Whether a request asks for reproducible mode: header, field, or Ollama's options."""
    if request.headers.get("x-selfhost-reproducible", "").lower() in ("1", "true", "yes"):
        return True
    options = getattr(body, "options", None)
    inner = getattr(options, "reproducible", None) if not callable(options) else None
    return bool(body.reproducible or inner)

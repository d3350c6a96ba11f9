"""Is the outside reachable? Asked only with `--network`: the course itself runs without."""

from __future__ import annotations

import os
import time
from urllib.parse import urlsplit

from selfhost.doctor.lessons import needing
from selfhost.doctor.machine import Check, Machine
from selfhost.endpoint.http import Unreachable, ask

PLACES = (
    ("model hub", lambda env: env.get("HF_ENDPOINT", "https://huggingface.co")),
    ("Ollama's library", lambda env: "https://ollama.com"),
)
TIMEOUT = 4.0  # seconds for each place; all are asked at once


def reach(machine: Machine, label: str, url: str) -> Check:
    """Any HTTP answer counts as reached."""
    host = urlsplit(url).netloc or url
    lessons = needing(machine.root, "network")
    begin = time.monotonic()
    try:
        status, _ = ask(url, timeout=TIMEOUT)
    except Unreachable as error:
        detail = f"{host} cannot be reached ({str(error)[:80]})"
        mend = "join a network, or go on without: the course runs offline"
        return Check(f"network: {label}", "warn", detail, mend, lessons)
    took = time.monotonic() - begin
    if status >= 400 and status not in (401, 403, 404, 405):
        return Check(
            f"network: {label}", "warn", f"{host} answers with {status}", "try again later", lessons
        )
    return Check(f"network: {label}", "ok", f"{host} answers in {took:.1f} s")


def places(machine: Machine) -> list[tuple[str, str]]:
    """(label, address) of everything to reach from here."""
    env = machine.env or os.environ
    return [(label, where(env)) for label, where in PLACES]

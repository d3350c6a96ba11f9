"""What the environment asks for, and what `Endpoint.export()` writes into it.

Exported values look like settings of the user. So that a later `endpoint()` in the same process
(or in a shell cell) does not take them for such, the export leaves a note of what was there.
"""

from __future__ import annotations

import json
import os
from urllib.parse import urlsplit

from selfhost.errors import KitError

ENGINES = ("embedded", "ollama", "openai")
DEFAULT_PORT = 11434  # Ollama's, so that clients with their defaults find the embedded endpoint
_NOTE = "SELFHOST_EXPORTED"


def setting(name: str) -> str | None:
    """An environment variable as the user set it; None if unset, empty or only exported by us."""
    value = os.environ.get(name)
    note = _note()
    if value is not None and note["set"].get(name) == value:
        value = note["before"].get(name)
    return value.strip() or None if value is not None else None


def engine() -> str | None:
    """`SELFHOST_ENGINE`, checked."""
    asked = setting("SELFHOST_ENGINE")
    if asked is None or asked in ENGINES:
        return asked
    raise KitError(
        f"SELFHOST_ENGINE is {asked!r}, and it can be {', '.join(ENGINES)}.",
        "unset SELFHOST_ENGINE",
    )


def port() -> int | None:
    """`SELFHOST_PORT`, checked."""
    asked = setting("SELFHOST_PORT")
    if asked is None:
        return None
    if asked.isdecimal() and 0 < int(asked) < 65536:
        return int(asked)
    raise KitError(f"SELFHOST_PORT is {asked!r}, not a port number.", "unset SELFHOST_PORT")


def base_url(address: str) -> str:
    """An address as people write it -> scheme://host:port[/path], without `/v1`.

    `0.0.0.0` and `::` (what a server listens on) become loopback (where a client connects).
    """
    text = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(text)
        host, number = parts.hostname or "127.0.0.1", parts.port
    except ValueError:
        raise KitError(
            f"{address!r} is not an address like http://127.0.0.1:{DEFAULT_PORT}."
        ) from None
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    host = f"[{host}]" if ":" in host else host
    if number is None:
        number = {"https": 443}.get(parts.scheme, 80 if "://" in address else DEFAULT_PORT)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    place = host if number == default else f"{host}:{number}"
    path = parts.path.rstrip("/").removesuffix("/v1").rstrip("/")
    return f"{parts.scheme}://{place}{path}"


def ollama_url() -> str:
    """Where an Ollama would answer: `OLLAMA_HOST` in any form Ollama takes, or its default."""
    return base_url(setting("OLLAMA_HOST") or f"127.0.0.1:{DEFAULT_PORT}")


def export(values: dict[str, str]) -> None:
    """Put `values` into `os.environ`, and note what they replaced."""
    note = _note()
    for name, value in values.items():
        current = os.environ.get(name)
        if name not in note["set"] or current != note["set"][name]:
            note["before"][name] = current
        note["set"][name] = value
        os.environ[name] = value
    os.environ[_NOTE] = json.dumps(note)


def bypass_proxies(hosts: tuple[str, ...] = ("127.0.0.1", "localhost")) -> None:
    """Keep HTTP clients from asking a proxy for this machine's own ports."""
    if not any(os.environ.get(name) for name in _PROXIES):
        return
    for name in ("NO_PROXY", "no_proxy"):
        listed = [each for each in os.environ.get(name, "").split(",") if each.strip()]
        os.environ[name] = ",".join([*listed, *(host for host in hosts if host not in listed)])


_PROXIES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy")


def _note() -> dict[str, dict[str, str | None]]:
    try:
        note = json.loads(os.environ.get(_NOTE, ""))
    except ValueError:
        note = None
    if isinstance(note, dict) and isinstance(note.get("set"), dict):
        return {"set": note["set"], "before": note.get("before") or {}}
    return {"set": {}, "before": {}}

"""Checks of programs that lessons talk about: Ollama, Open WebUI, Jan, and the speech tools.

None of them is needed for the rest of the course, so what is missing is a `warn`.
"""

from __future__ import annotations

import re
from pathlib import Path

from selfhost.doctor.lessons import needing
from selfhost.doctor.machine import Check, Machine
from selfhost.endpoint.http import Unreachable, ask
from selfhost.frontends.places import OPEN_WEBUI, Home

# From this version on Ollama's repeat_penalty is 1.0 as in the course; before, 1.1 (commit
# 6a261db7d, 12 Aug 2026): the same request gives another text.
_SAME_DEFAULTS = (0, 32, 10)


def ollama(machine: Machine) -> Check:
    """Installed? running? which version, which models?"""
    program = _ollama_program(machine)
    answer = _get(f"http://127.0.0.1:{machine.port}", "/api/version")
    info = _get(f"http://127.0.0.1:{machine.port}", "/selfhost/info")
    if answer and "version" in answer and not info:
        return _running(machine, str(answer["version"]))
    if program is None:
        mend = "optional; install it from https://ollama.com/download"
        return Check(
            "Ollama", "warn", "not installed; the kit's own endpoint is used", mend, ("05",)
        )
    said = machine.ask(program, "--version") or ""
    found = re.search(r"\d+\.\d+\.\d+\S*", said)
    version = found[0] if found else "(version unknown)"
    return Check("Ollama", "warn", f"{version} installed, not running", "ollama serve")


def _running(machine: Machine, version: str) -> Check:
    tags = _get(f"http://127.0.0.1:{machine.port}", "/api/tags") or {}
    names = [str(each.get("name", "?")) for each in tags.get("models") or []]
    listed = ", ".join(names[:4]) + ("…" if len(names) > 4 else "") if names else "no model"
    detail = f"{version} runs; {listed}"
    number = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    if number and number < _SAME_DEFAULTS:
        mend = "update it from https://ollama.com/download"
        return Check("Ollama", "warn", f"{detail}; before 0.32.10 its defaults differ", mend)
    if not any(name.startswith("gemma3:1b") for name in names):
        return Check("Ollama", "warn", f"{detail}; no gemma3:1b", "ollama pull gemma3:1b")
    return Check("Ollama", "ok", detail)


def _ollama_program(machine: Machine) -> str | None:
    found = machine.which("ollama")
    if found:
        return found
    places = [machine.applications / "Ollama.app" / "Contents" / "Resources" / "ollama"]
    if machine.windows and machine.env.get("LOCALAPPDATA"):
        places = [Path(machine.env["LOCALAPPDATA"]) / "Programs" / "Ollama" / "ollama.exe"]
    return next((str(place) for place in places if place.is_file()), None)


def open_webui(machine: Machine) -> Check:
    """Running on its port, installed by the kit, or on the PATH?"""
    health = _get(f"http://127.0.0.1:{machine.webui_port}", "/health")
    if health and health.get("status") is True:
        return Check("Open WebUI", "ok", f"runs on port {machine.webui_port}")
    root = machine.frontends / OPEN_WEBUI
    if Home(root, root / "data").stamp.is_file() or machine.which("open-webui"):
        return Check("Open WebUI", "ok", "installed, not running")
    mend = "optional, 2.4 GB in an environment of its own: selfhost frontends install open-webui"
    return Check("Open WebUI", "warn", "not found", mend, ("06",))


def jan(machine: Machine) -> Check:
    """Jan's program, or its server on port 1337?"""
    if _get(f"http://127.0.0.1:{machine.jan_port}", "/v1/models") is not None:
        return Check("Jan", "ok", f"its server runs on port {machine.jan_port}")
    places = [machine.applications / "Jan.app"]
    if machine.windows:
        local = Path(machine.env.get("LOCALAPPDATA", ""))
        places = [local / "Programs" / name / "Jan.exe" for name in ("jan", "Jan")]
    found = machine.which("jan", "Jan") or next((str(p) for p in places if p.exists()), None)
    if found is None:
        found = next((str(path) for path in machine.home.glob("[Jj]an*.AppImage")), None)
    if found:
        return Check("Jan", "ok", "installed")
    return Check("Jan", "warn", "not found", "optional; install it from https://jan.ai", ("07",))


def speech(machine: Machine) -> list[Check]:
    """ffmpeg reads sound files for Whisper; espeak-ng and flite speak."""
    lessons = needing(machine.root, "speech")
    wanted = [
        ("ffmpeg", ("ffmpeg",), machine.install("ffmpeg", windows="Gyan.FFmpeg")),
        (
            "espeak-ng",
            ("espeak-ng",),
            machine.install("espeak-ng", windows="eSpeak-NG.eSpeak-NG"),
        ),
        ("flite", ("flite",), machine.install("flite")),
    ]
    checks = []
    for name, programs, mend in wanted:
        found = machine.which(*programs)
        if found:
            checks.append(Check(name, "ok", "installed"))
        else:
            checks.append(Check(name, "warn", "not installed", mend, lessons))
    return checks


def _get(base: str, path: str) -> dict | None:
    try:
        status, answer = ask(base + path, timeout=0.8)
    except Unreachable:
        return None
    return answer if status == 200 and isinstance(answer, dict) else None

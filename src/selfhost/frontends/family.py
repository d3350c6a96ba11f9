"""A process and its children: started, recognised, ended as a whole."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import Any


def is_process(pid: int, created: float) -> bool:
    """Whether the process with this number is still the one that was started then."""
    import psutil

    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - created) < 2 and process.status() != "zombie"
    except psutil.Error:
        return False


def created(process: Any) -> float:
    """When a child was made, in seconds since 1970; 0 if it is gone already."""
    import psutil

    try:
        return float(psutil.Process(process.pid).create_time())
    except psutil.Error:
        return 0.0


def spawn(command: list[str], env: dict[str, str], folder: Path, log: Path) -> Any:
    """Start `command` in `folder`, its output in `log`, out of reach of this terminal's Ctrl-C."""
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        options = {"creationflags": flags}
    with log.open("wb") as sink:
        return subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=sink,
            stderr=subprocess.STDOUT, **options,
        )  # fmt: skip


def end(pid: int, created: float, seconds: float = 10.0) -> None:
    """End a process and its children: asked first, made to after `seconds`."""
    import psutil

    if not is_process(pid, created):
        return
    try:
        parent = psutil.Process(pid)
        family = [*parent.children(recursive=True), parent]
    except psutil.Error:
        return
    for each in family:
        with contextlib.suppress(psutil.Error):
            each.terminate()
    _, alive = psutil.wait_procs(family, timeout=seconds)
    for each in alive:
        with contextlib.suppress(psutil.Error):
            each.kill()
    psutil.wait_procs(alive, timeout=5)


def listens(pid: int, port: int) -> bool:
    """Whether this process or a child of it is the one that listens on `port`.

    True also where the system does not tell: then who answers there is taken for ours.
    """
    import psutil

    try:
        parent = psutil.Process(pid)
        for each in (parent, *parent.children(recursive=True)):
            for connection in each.net_connections(kind="tcp"):
                if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                    return True
    except psutil.AccessDenied:
        return True
    except psutil.Error:
        return False
    return False

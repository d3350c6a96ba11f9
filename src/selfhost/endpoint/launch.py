"""Start `python -m selfhost.server` as a child that outlives the cell but not its users."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from selfhost.endpoint import state as records
from selfhost.endpoint.settings import DEFAULT_PORT
from selfhost.endpoint.settings import port as asked_port
from selfhost.endpoint.state import State
from selfhost.errors import KitError
from selfhost.net import is_free
from selfhost.paths import kit_root, run_dir, store_dir

_PATIENCE = 60.0  # seconds for a start; it takes one, but a room's laptops are busy ones

# Runs for a moment, starts the server and ends: so the server is nobody's child. A notebook's
# kernel ends its children when it is restarted (on Windows all of them, ipykernel's
# `_process_children`), and other notebooks use the server, too.
_BETWEEN = """
import subprocess, sys
with open(sys.argv[1], "ab") as output:
    server = subprocess.Popen(
        sys.argv[3:], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        creationflags=int(sys.argv[2]),
    )
print(server.pid)
server.returncode = 0  # nobody waits for it here
"""


def launch(model: str, lease: int | None, previous: State | None = None) -> State:
    """Start a server for `model` and wait until it answers; the caller holds the lock.

    `lease` is the process for which it runs; None lets it run until it is stopped. The port of
    a `previous` server is taken again if it is free, so that clients of that one work again.

    Raises `KitError` with the last line of the log if it does not come up.
    """
    number = _choose_port(previous)
    try:
        return _launch(model, lease, number)
    except KitError:
        # Another user may have taken the port since it was looked at; any other reason stands.
        if asked_port() is not None or number == 0 or is_free(number):
            raise
        return _launch(model, lease, 0)


def _launch(model: str, lease: int | None, number: int) -> State:
    instance = uuid.uuid4().hex
    ready = records.ready_file(instance)
    log = records.log_file()
    begin = _open_log(log)
    command = [sys.executable, "-m", "selfhost.server", "--host", "127.0.0.1"]
    command += ["--port", str(number), "--ready-file", str(ready), "--preload", model]
    command += [] if lease is None else ["--lease", str(lease)]
    pid = _spawn(command, log)
    try:
        answer = _wait_ready(pid, ready, log, begin)
        state = _state_of(answer, instance)
        records.save(state)
    except BaseException:  # Ctrl-C too: leave no half-started server behind
        _end(pid)
        raise
    finally:
        with suppress(OSError):
            ready.unlink(missing_ok=True)
    return state


def _spawn(command: list[str], log: Path) -> int:
    """Start `command` detached from this process; returns its process number."""
    flags = 0
    options: dict[str, Any] = {"start_new_session": True}  # out of reach of the notebook's Ctrl-C
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        options = {"creationflags": flags}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _BETWEEN, str(log.absolute()), str(flags), *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=run_dir(),  # not the notebook's folder, which someone may want to delete
            env=_environment(),
            check=True,
            timeout=_PATIENCE,
            **options,
        )
        return int(done.stdout)
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode("utf-8", "replace").split("\n")
        reason = next((line for line in reversed(lines) if line.strip()), "no reason given")
        raise KitError(
            f"The embedded endpoint cannot be started: {reason.strip()}", "selfhost doctor"
        ) from error
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise KitError(
            f"The embedded endpoint cannot be started ({type(error).__name__}: {error}).",
            "selfhost doctor",
        ) from error


def _end(pid: int) -> None:
    """End a server that did not come up, with what it may have started."""
    import psutil

    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in [*process.children(recursive=True), process]:
            with suppress(psutil.Error):
                each.terminate()


def _choose_port(previous: State | None) -> int:
    asked = asked_port()
    if asked is not None:
        if not is_free(asked):
            raise KitError(
                f"Port {asked} (SELFHOST_PORT) is taken by another program.",
                "set SELFHOST_PORT to another number, or unset it",
            )
        return asked
    candidates = []
    if previous and previous.port >= 1024:
        candidates = [previous.port]
        # A killed process keeps its port until the last of its threads has ended: milliseconds,
        # on a busy machine seconds. Clients made before use that port: it is worth the wait.
        for _ in range(60):
            if records.is_gone(previous.pid) and is_free(previous.port):
                break
            time.sleep(0.05)
    for number in [*candidates, DEFAULT_PORT]:
        if is_free(number):
            return number
    return 0  # any free one


def _environment() -> dict[str, str]:
    """The child's environment: absolute folders, since it runs in another one."""
    # A key in the environment is for a server elsewhere; this one must not ask for it.
    inherited = {name: value for name, value in os.environ.items() if name != "SELFHOST_API_KEY"}
    return {
        **inherited,
        "SELFHOST_ROOT": str(kit_root().absolute()),
        "SELFHOST_MODELS": str(store_dir().absolute()),
        "SELFHOST_RUN": str(run_dir().absolute()),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def _open_log(log: Path) -> int:
    """Begin a new part of the log; returns where it starts. Old logs do not pile up."""
    with suppress(OSError):
        if log.stat().st_size < 1 << 20:
            return log.stat().st_size
        log.write_bytes(b"")
    return 0


def _wait_ready(pid: int, ready: Path, log: Path, begin: int) -> dict[str, Any]:
    limit = time.monotonic() + _PATIENCE
    while time.monotonic() < limit:
        with suppress(OSError, ValueError):
            answer = json.loads(ready.read_text(encoding="utf-8"))
            if isinstance(answer, dict) and "port" in answer:
                return answer
        if records.is_gone(pid):
            raise KitError(
                f"The embedded endpoint did not start: {_last_line(log, begin)}",
                f"selfhost doctor; the whole log is {log}",
            )
        time.sleep(0.02)
    raise KitError(
        f"The embedded endpoint did not answer within {_PATIENCE:.0f} seconds: "
        f"{_last_line(log, begin)}",
        f"close other programs and run it again; the log is {log}",
    )


def _last_line(log: Path, begin: int) -> str:
    with suppress(OSError), log.open("rb") as file:
        file.seek(begin)
        lines = file.read()[-20_000:].decode("utf-8", "replace").splitlines()
        said = [line.strip() for line in lines if line.strip()]
        if said:
            return said[-1][:300]
    return "it printed nothing."


def _state_of(answer: dict[str, Any], instance: str) -> State:
    # The server's own word for its process: on Windows the child is a launcher of it.
    pid, number = int(answer["pid"]), int(answer["port"])
    return State(
        pid=pid,
        port=number,
        url=f"http://127.0.0.1:{number}",
        instance=instance,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )

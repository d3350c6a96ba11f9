"""Run pip so that a person sees what happens, and its failures become one sentence."""

from __future__ import annotations

import queue
import re
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from selfhost.errors import KitError
from tools.house.places import BUILD, ROOT, child_environment, say

LOG = BUILD / "setup.log"
HEARTBEAT = 20  # seconds of silence after which we say that it still goes on

SHOWN = re.compile(r"^\s*(Downloading |Building wheel for \S+ .*started|Installing collected)")
FAILURES = (
    (
        r"No space left on device|Errno 28|not enough space|disk full|disk quota",
        "The disk is full.",
        "free some space, then the same command again: it goes on where it stopped",
    ),
    (
        r"NewConnectionError|Temporary failure in name resolution|Failed to establish|"
        r"Network is unreachable|ConnectTimeout|ReadTimeout|Connection refused|getaddrinfo|"
        r"ProxyError|RemoteDisconnected|No route to host|ConnectionReset|SSLError|"
        r"\(from versions: none\)",
        "The packages could not be fetched: there is no network, or it lets nothing through.",
        "the same command again where there is a network: it goes on where it stopped",
    ),
    (
        r"Permission denied|Read-only file system|Errno 13|Errno 30|Access is denied",
        "pip may not write into the environment.",
        "copy the kit to a folder of your own and run the same command there",
    ),
    (
        r"ResolutionImpossible|conflicting dependencies",
        "The locked versions do not fit together on this Python.",
        "Python 3.12, or `python kit.py clean ALL=yes` and the same command again",
    ),
)


def explain(text: str, exit_status: int) -> KitError:
    """The sentence for a failed pip run, found in what it printed."""
    for pattern, message, mend in FAILURES:
        if re.search(pattern, text, re.IGNORECASE):
            return KitError(message, mend)
    lines = [line.strip() for line in text.splitlines() if re.match(r"\s*ERROR", line)]
    because = re.sub(r"\w+://\S+", "(address)", lines[-1]) if lines else f"exit {exit_status}"
    return KitError(
        f"pip failed: {because} (whole log: {LOG.relative_to(ROOT).as_posix()}).",
        "the same command again",
    )


def shown(line: str) -> str | None:
    """What of a line of pip's output is worth showing; None if nothing is.

    Of two hundred downloads only those that take long: at least 3 MB.
    """
    if not SHOWN.match(line):
        return None
    line = line.strip()
    if line.startswith("Downloading "):
        match = re.match(r"Downloading (?:\S*/)?([^/\s]+) \(([0-9.]+) (MB|GB)\)", line)
        if match is None or (match[3] == "MB" and float(match[2]) < 3):
            return None
        return f"  downloading {match[1].split('-')[0]} ({match[2]} {match[3]})"
    if line.startswith("Installing collected"):
        return f"  installing {line.count(',') + 1} packages"
    return f"  building {line.split()[3]}"


def run(python: Path, arguments: Sequence[str], label: str) -> None:
    """`python -m pip ARGUMENTS`, all output into the log, the telling lines onto the screen.

    Raises KitError if pip fails; ends pip if we are interrupted.
    """
    say(label)
    command = [str(python), "-m", "pip", *arguments]
    LOG.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n== {label}\n")
        process = subprocess.Popen(
            command, cwd=ROOT, env={**child_environment(), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        try:
            output = _follow(process, log, started)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if process.returncode:
        raise explain(output, process.returncode)


def _follow(process: subprocess.Popen[str], log, started: float) -> str:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Pass the output on until pip ends; a word now and then when it is silent."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    kept: list[str] = []
    while True:
        try:
            line = lines.get(timeout=HEARTBEAT)
        except queue.Empty:
            say(f"  still at it ({time.monotonic() - started:.0f} s)")
            continue
        if line is None:
            break
        log.write(line)
        kept.append(line)
        text = shown(line)
        if text:
            say(text)
    process.wait()
    return "".join(kept)

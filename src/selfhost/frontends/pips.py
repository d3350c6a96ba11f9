"""Run pip for a front end: everything into a log, the telling lines to the reader."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from selfhost.errors import KitError

Say = Callable[[str], None]
HEARTBEAT = 20  # seconds of silence after which we say that it still goes on
_BIG = re.compile(r"\s*Downloading (?:\S*/)?([^/\s]+) \(([0-9.]+) (MB|GB)\)")
_FAILURES = (
    (
        r"ensurepip",
        "This Python cannot make an environment for {name}: its venv module is a package of its "
        "own here.",
        "sudo apt install python3-venv (Debian, Ubuntu), then: selfhost frontends install {name}",
    ),
    (
        r"No space left on device|Errno 28|not enough space|disk full|disk quota",
        "The disk is full; what was installed of {name} has been removed again.",
        "free some space, then: selfhost frontends install {name}",
    ),
    (
        r"NewConnectionError|Temporary failure in name resolution|Failed to establish|"
        r"Network is unreachable|ConnectTimeout|ReadTimeout|Connection refused|getaddrinfo|"
        r"ProxyError|RemoteDisconnected|No route to host|ConnectionReset|SSLError|"
        r"\(from versions: none\)",
        "The packages of {name} could not be fetched: there is no network, or it lets nothing "
        "through.",
        "selfhost frontends install {name}, where there is a network",
    ),
    (
        r"Permission denied|Read-only file system|Errno 13|Errno 30|Access is denied",
        "{name} may not be installed there.",
        "set SELFHOST_FRONTENDS to a folder of your own",
    ),
)


def explain(name: str, text: str, log: Path) -> KitError:
    """The sentence for a failed installation, found in what was printed."""
    for pattern, message, mend in _FAILURES:
        if re.search(pattern, text, re.IGNORECASE):
            return KitError(message.format(name=name), mend.format(name=name))
    lines = [line.strip() for line in text.splitlines() if re.match(r"\s*ERROR", line)]
    because = re.sub(r"\w+://\S+", "(address)", lines[-1]) if lines else "no reason given"
    return KitError(
        f"{name} was not installed: {because}", f"read {log}, then: selfhost frontends install "
        f"{name}"
    )  # fmt: skip


def environment() -> dict[str, str]:
    """pip's environment: this user's pip settings, none of a surrounding Python environment."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_TARGET", "PIP_USER", "PIP_PREFIX")
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    return {
        **kept,
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def run(name: str, command: Sequence[str], log: Path, say: Say) -> str:
    """Run `command`; returns what it printed. Raises `KitError` if it fails.

    Ctrl-C ends it, too: nothing is left running.
    """
    last = time.monotonic()
    printed: list[str] = []
    with log.open("a", encoding="utf-8") as sink:
        process = subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=environment(), text=True, encoding="utf-8",
            errors="replace",
        )  # fmt: skip
        try:
            assert process.stdout is not None
            for line in process.stdout:
                sink.write(line)
                printed.append(line)
                text = telling(line)
                if text is None and time.monotonic() - last > HEARTBEAT:
                    text = "  still at it"
                if text:
                    say(text)
                    last = time.monotonic()
            process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    output = "".join(printed)
    if process.returncode:
        raise explain(name, output, log)
    return output


def telling(line: str) -> str | None:
    """What of a line of pip's output a person wants to see: large downloads, and the end."""
    found = _BIG.match(line)
    if found and (found[3] == "GB" or float(found[2]) >= 10):
        return f"  downloading {found[1].split('-')[0]} ({found[2]} {found[3]})"
    if line.startswith("Installing collected packages"):
        return f"  installing {line.count(',') + 1} packages"
    return None

"""`make lab`: hold an endpoint open and run JupyterLab on the first notebook."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from selfhost.errors import KitError
from tools.run import program

ROOT = Path(__file__).resolve().parents[1]
FIRST_NOTEBOOK = "notebooks/00_start_here.ipynb"
PORTS = range(8888, 8988)


def is_free(port: int) -> bool:
    """True if JupyterLab could listen on this port of loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        if os.name != "nt":  # as servers do: a port in TIME_WAIT is free
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(asked: str | None) -> int:
    """The port asked for, or the first free one; KitError if it is taken or no number."""
    free = (port for port in PORTS if is_free(port))
    if asked is None:
        found = next(free, None)
        if found is None:
            raise KitError("Ports 8888 to 8987 are all taken.", "make lab PORT=9999")
        return found
    if not asked.isdecimal() or not 1024 <= int(asked) <= 65535:
        raise KitError(f"PORT={asked} is no port from 1024 to 65535.", "make lab PORT=8899")
    if not is_free(int(asked)):
        other = next((port for port in free if port != int(asked)), 9999)
        raise KitError(f"Port {asked} is taken by another program.", f"make lab PORT={other}")
    return int(asked)


def jupyter_command(port: int, browser: bool) -> list[str]:
    """JupyterLab on loopback, with the checkout as its root folder."""
    command = [
        sys.executable, "-m", "jupyterlab", FIRST_NOTEBOOK,
        f"--ServerApp.root_dir={ROOT}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "-y",
    ]  # fmt: skip
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # containers; Jupyter listens on loopback only
    return command


def main(arguments: list[str] | None = None) -> int:
    """Run until JupyterLab ends; its exit status."""
    parser = argparse.ArgumentParser(prog="tools.lab", description=__doc__)
    parser.add_argument("--port")
    parser.add_argument("--browser", default="yes")
    asked = parser.parse_args(arguments)
    if not (ROOT / FIRST_NOTEBOOK).is_file():
        raise KitError(f"{FIRST_NOTEBOOK} is not there.", "make notebooks")
    port = choose_port(asked.port)
    browser = asked.browser.lower() not in ("no", "0", "false", "off")

    from selfhost.endpoint import endpoint

    with endpoint() as at:
        # Not exported: notebooks find this same endpoint by themselves, and start a new one if
        # it should be gone.
        print(at.describe(), flush=True)
        print(
            f"JupyterLab on http://127.0.0.1:{port}/ (the address with its token follows; "
            "Ctrl-C ends it)",
            flush=True,
        )
        process = subprocess.Popen(jupyter_command(port, browser), cwd=ROOT)
        # Ctrl-C reaches both of us: JupyterLab puts its kernels away, and we wait for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        status = process.wait()
    return 0 if status in (-signal.SIGINT, -signal.SIGTERM) else status


if __name__ == "__main__":
    program(main)

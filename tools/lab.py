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
PORTS = range(8888, 8988)  # 8888 is Jupyter's own choice


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


def check_port(asked: str) -> int:
    """The port asked for; KitError if it is taken or no number."""
    if not asked.isdecimal() or not 1024 <= int(asked) <= 65535:
        raise KitError(f"PORT={asked} is no port from 1024 to 65535.", "make lab PORT=8899")
    if not is_free(int(asked)):
        other = next((port for port in PORTS if port != int(asked) and is_free(port)), 9999)
        raise KitError(f"Port {asked} is taken by another program.", f"make lab PORT={other}")
    return int(asked)


def jupyter_command(port: int | None, browser: bool) -> list[str]:
    """JupyterLab on loopback, with the checkout as its root folder.

    Without a port JupyterLab takes the first free one from 8888 by itself: two that start at the
    same moment both find it free, and only the one that listens knows.
    """
    command = [
        sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}",
        f"--ServerApp.port={port or PORTS[0]}", f"--ServerApp.port_retries={0 if port else 99}",
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
    port = check_port(asked.port) if asked.port else None
    browser = asked.browser.lower() not in ("no", "0", "false", "off")

    from selfhost.endpoint import endpoint

    with endpoint() as at:
        # Not exported: notebooks find this same endpoint by themselves, and start a new one if
        # it should be gone.
        print(at.describe(), flush=True)
        print("Starting JupyterLab; its address follows, Ctrl-C ends it.", flush=True)
        process = subprocess.Popen(jupyter_command(port, browser), cwd=ROOT)
        # Ctrl-C reaches both of us: JupyterLab puts its kernels away, and we wait for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        status = process.wait()
    return 0 if status in (-signal.SIGINT, -signal.SIGTERM) else status


if __name__ == "__main__":
    program(main)

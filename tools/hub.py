"""`make hub`: JupyterHub for a class on this machine; installs what it needs beside the kit."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from selfhost.errors import KitError
from tools.house.places import child_environment, say
from tools.run import program

ROOT = Path(__file__).resolve().parents[1]
HUB = ROOT / "deploy" / "jupyterhub"
PROXY = HUB / "node_modules" / "configurable-http-proxy"


def prepare() -> None:
    """Have the hub, its proxy and the sandbox. Raises KitError for what a person must install."""
    if sys.platform != "linux":
        raise KitError(
            "The class's server keeps students apart with Linux namespaces.", "a Linux machine"
        )
    for name, package in (("bwrap", "bubblewrap"), ("node", "nodejs"), ("npm", "npm")):
        if shutil.which(name) is None:
            raise KitError(f"{package} is not installed.", f"sudo apt install {package}")
    if importlib.util.find_spec("jupyterhub") is None:
        say("Installing JupyterHub (once)")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--editable", ".[hub]"]
        command += ["--constraint", "constraints.txt"]
        if subprocess.run(command, cwd=ROOT, env=child_environment()).returncode:
            raise KitError("JupyterHub could not be installed.", "make hub, with a network")
    if not PROXY.is_dir():
        say("Installing JupyterHub's proxy from npm (once)")
        if subprocess.run(["npm", "ci", "--ignore-scripts", "--silent"], cwd=HUB).returncode:
            raise KitError("npm could not install the hub's proxy.", "make hub, with a network")


def main(arguments: list[str] | None = None) -> int:
    """Run the hub until it is stopped; its exit status."""
    parser = argparse.ArgumentParser(prog="make hub", description=__doc__)
    parser.add_argument("--port", default="8000")
    parser.add_argument("--lan", choices=("yes", "no"), default="no")
    parser.add_argument("--teachers", default="")
    parser.add_argument("--prepare", choices=("yes", "no"), default="no")
    asked = parser.parse_args(arguments)
    prepare()
    if asked.prepare == "yes":
        return 0
    env = os.environ | {
        "WORKSHOP_PORT": asked.port, "WORKSHOP_LAN": asked.lan, "WORKSHOP_TEACHERS": asked.teachers,
    }  # fmt: skip
    say(f"The class's server: http://127.0.0.1:{asked.port} (Ctrl-C ends it)")
    command = [sys.executable, "-m", "jupyterhub", "-f", str(HUB / "jupyterhub_config.py")]
    return subprocess.run(command, env=env).returncode


if __name__ == "__main__":
    program(main)

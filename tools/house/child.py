"""Programs of ours, started inside the environment."""

from __future__ import annotations

import os
import signal
import subprocess

from tools.house import environment
from tools.house.line import Asked
from tools.house.places import ROOT, child_environment


def start(env: environment.Environment, *arguments: str, **variables: str) -> int:
    """Run a program of ours in the environment; Ctrl-C is the program's to answer."""
    scripts = str(env.python.parent)
    settings = {**child_environment(), "PATH": scripts + os.pathsep + os.environ.get("PATH", "")}
    command = [str(env.python), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env={**settings, **variables})
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the child has got it too: wait until it has put things away


def options(asked: Asked, *names: str) -> list[str]:
    """Settings that were given as options of our programs: `NB=09` as `--nb 09`."""
    pairs = [(name, asked.values[name]) for name in names if asked.values.get(name)]
    return [
        part for name, value in pairs for part in ("--" + name.lower().replace("_", "-"), value)
    ]

"""Run a command where there is no network at all: a Linux network namespace with loopback only.

    python -m tools.noroute make check

A proof that something works offline, not a promise: a forgotten download fails here at once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from selfhost.errors import KitError
from tools.run import program

# A new namespace's loopback is down. These are the numbers of linux/sockios.h and linux/if.h.
UP = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    ask = struct.pack("16sH14s", b"lo", 0, b"")
    flags = struct.unpack("16sH14s", fcntl.ioctl(s, 0x8913, ask))[1]
    fcntl.ioctl(s, 0x8914, struct.pack("16sH14s", b"lo", flags | 0x1 | 0x40, b""))
os.execvp(sys.argv[1], sys.argv[1:])
"""


def command(arguments: list[str]) -> list[str]:
    """The command line that runs `arguments` without any route. Raises KitError."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        raise KitError("Only Linux can take the network away from one program.", "a Linux machine")
    own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *own, "--net", sys.executable, "-c", UP, *arguments]


def main() -> int:
    """Run the command; its exit status."""
    if len(sys.argv) < 2:
        raise KitError("Which command?", "python -m tools.noroute make check")
    return subprocess.run(command(sys.argv[1:])).returncode


if __name__ == "__main__":
    program(main)

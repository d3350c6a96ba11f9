"""Run a program no longer than another process lives: `python -m selfhost.frontends.keeper`.

A notebook's front end must not outlive the notebook, however that one ends (a kernel that is
killed tidies nothing up). So not the notebook starts it but this, which watches the notebook.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from types import FrameType

from selfhost.frontends.family import created, end, is_process


def command(words: list[str], lease: int) -> list[str]:
    """`words`, to be ended soon after process `lease`."""
    return [sys.executable, "-m", "selfhost.frontends.keeper", str(lease), *words]


def main(words: list[str] | None = None) -> int:
    """Start `words[1:]`, wait for it or for the end of process `words[0]`; its exit status."""
    import psutil

    given = sys.argv[1:] if words is None else words
    lease = int(given[0])
    try:
        since = psutil.Process(lease).create_time()
    except psutil.Error:
        return 1
    child = subprocess.Popen(given[1:], stdin=subprocess.DEVNULL)
    born = created(child)

    def leave(_signal: int, _frame: FrameType | None) -> None:
        end(child.pid, born)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, leave)
    while child.poll() is None:
        if not is_process(lease, since):
            end(child.pid, born)
        time.sleep(0.5)
    return child.wait()


if __name__ == "__main__":
    raise SystemExit(main())

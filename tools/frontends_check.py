"""Use Open WebUI in Chromium, end to end: `python kit.py check-frontends`.

Installs it first if it is not here (2.4 GB, five minutes, once), then about ten minutes on two
cores. With `--record`, the picture and the requests that were seen become those that notebook 06
shows to readers without Open WebUI; look at the picture before you commit it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from selfhost import KitError, frontends
from selfhost.frontends.places import OPEN_WEBUI
from tools.house.places import BUILD, ROOT, say

SEEN = BUILD / "frontends"
KEPT = ROOT / "src" / "selfhost" / "data" / "frontends"
FILES = ("open-webui.png", "open-webui.json")


def main(argv: Sequence[str] | None = None) -> int:
    """Returns pytest's exit status, or 1 when something is missing."""
    parser = argparse.ArgumentParser("python -m tools.frontends_check", description=__doc__)
    parser.add_argument("--record", nargs="?", const="yes", default="no", metavar="yes|no",
                        help="keep the picture and the requests for notebook 06")  # fmt: skip
    parser.add_argument("--only", metavar="WORDS", help="run only tests whose name holds WORDS")
    args = parser.parse_args(argv)
    try:
        there = frontends.installed(OPEN_WEBUI)
        if there is None:
            say("Open WebUI is not here: installing it (2.4 GB, about five minutes, once).")
            there = frontends.install(OPEN_WEBUI, say=say)
    except KitError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    say(f"Open WebUI {there.version}, torch {there.torch}: about ten minutes on two cores.")
    command = [sys.executable, "-m", "pytest", "tests/frontends", "-rs", "-q"]
    command += ["-k", args.only] if args.only else []
    status = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "SELFHOST_FRONTENDS_CHECK": "1"}, check=False
    ).returncode
    if status == 0 and args.record not in ("no", "0"):
        KEPT.mkdir(exist_ok=True)
        for name in FILES:
            shutil.copyfile(SEEN / name, KEPT / name)
        say(f"Kept in {KEPT.relative_to(ROOT).as_posix()}: {', '.join(FILES)}. Look at them.")
        say("Then: python -m tools.course build --force 06")
    say(f"Pictures: {SEEN.relative_to(ROOT).as_posix()}")
    return status


if __name__ == "__main__":
    raise SystemExit(main())

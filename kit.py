"""The kit's one script: `python kit.py lab`, `python kit.py check`, `python kit.py help`.

It needs nothing but Python 3.11 to 3.13: it makes the environment in which the rest runs. The
Makefile calls it, and Windows users call it themselves (`py kit.py lab`). The syntax of this file
is old on purpose, so that an old Python reaches the sentence that says so.
"""

import os
import struct
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)
ROOT = os.path.dirname(os.path.abspath(__file__))


def fits(version):
    """True if the kit's packages exist for this version of Python."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def another_python():
    """A Python of a fitting version on this machine, as a command; None if there is none."""
    probe = "import sys, ensurepip; sys.stdout.write('%d.%d' % sys.version_info[:2])"
    commands = [["python3." + minor] for minor in ("12", "13", "11")] + [["python3"]]
    if os.name == "nt":
        commands = [["py", "-3." + minor] for minor in ("12", "13", "11")]
    for command in commands:
        try:
            child = subprocess.Popen(
                command + ["-c", probe], stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            answer = child.communicate()[0].decode("ascii", "replace")
        except OSError:
            continue
        if child.returncode == 0 and fits([int(part) for part in answer.split(".")]):
            return command
    return None


def main(arguments):
    """Run one command; the exit status."""
    if not fits(sys.version_info):
        here = "%d.%d" % tuple(sys.version_info[:2])
        command = another_python()
        if command is None:
            sys.stderr.write(
                "The kit needs Python 3.11, 3.12 or 3.13, and this is Python " + here + ". "
                "Try: install Python 3.12, then run the same command with it.\n"
            )
            return 1
        sys.stderr.write("This is Python " + here + "; going on with " + " ".join(command) + ".\n")
        return subprocess.call(command + [os.path.abspath(__file__)] + arguments)
    if struct.calcsize("P") * 8 != 64:
        sys.stderr.write(
            "This is a 32-bit Python, for which the kit's packages do not exist. "
            "Try: install a 64-bit Python 3.12, then run the same command with it.\n"
        )
        return 1
    sys.path[:0] = [ROOT, os.path.join(ROOT, "src")]
    from tools.house.commands import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

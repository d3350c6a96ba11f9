"""Build llama-cpp-python in the background, once per user, and do without it if need be.

It comes as source only and takes minutes to compile, and the endpoint does not need it: only
lessons about the low-level library do. So it is built beside the other installations by a process
of its own, its wheel is kept in this user's cache, and without a compiler we go on.

`python -m tools.house.wheel PYTHON FOLDER` is that process: PYTHON is the environment's
interpreter and FOLDER its folder, where `selfhost-lowlevel.json` says how it went.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tools.house.lock import held
from tools.house.places import BUILD, ROOT, WINDOWS, child_environment, say, wheel_cache

LOG = BUILD / "llama-cpp-python.log"
# No image models here, so their part of llama.cpp is not built. For the CPU family (AVX2 on x86)
# instead of this very CPU, so that a cached wheel works on every machine that shares the home.
CMAKE_ARGS = "-DLLAVA_BUILD=OFF -DGGML_NATIVE=OFF"


def wanted() -> str:
    """The requirement, as pyproject.toml pins it."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    match = re.search(r'"(llama-cpp-python==[^"]+)"', text)
    assert match is not None, "pyproject.toml pins llama-cpp-python"
    return match[1]


def compiler() -> str | None:
    """A C++ compiler of this machine, or None."""
    if WINDOWS:
        folder = os.environ.get("PROGRAMFILES(X86)", r"C:\Program Files (x86)")
        finder = Path(folder) / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
        if shutil.which("cl"):
            return "cl"
        if not finder.is_file():
            return None
        tools = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"
        command = [str(finder), "-products", "*", "-requires", tools, "-property", "instanceId"]
        found = subprocess.run(command, capture_output=True, text=True).stdout.strip()
        return "Visual Studio" if found else None
    asked = os.environ.get("CXX")
    if asked and shutil.which(asked):
        return asked
    return next((name for name in ("c++", "g++", "clang++") if shutil.which(name)), None)


def cached() -> Path | None:
    """The wheel, if this user has built it before."""
    stem = wanted().replace("-", "_").replace("==", "-")
    return next(iter(sorted(wheel_cache().glob(stem + "-*.whl"))), None)


class Builder:
    """The background build for one environment."""

    def __init__(self, python: Path, folder: Path) -> None:
        self.python, self.folder = python, folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def _state_file(self) -> Path:
        return self.folder / "selfhost-lowlevel.json"

    def state(self) -> dict[str, str]:
        """How the last build went: `{"state": "installed" | "failed", "for": requirement …}`."""
        try:
            return json.loads(self._state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def note(self, state: str, **more: object) -> None:
        """Write down how it went."""
        text = json.dumps({"state": state, "for": wanted(), **more})
        temporary = self._state_file.with_suffix(".new")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(self._state_file)

    def start(self) -> None:
        """Start the build unless it is done, has failed before, or cannot work."""
        if os.environ.get("SELFHOST_LOWLEVEL", "").lower() == "no" or self.process is not None:
            return
        last = self.state()
        if last.get("for") == wanted():
            if last["state"] in ("installed", "failed"):
                return
            if last["state"] == "no compiler" and compiler() is None:
                return
        if cached() is None and compiler() is None and not _pip_has_it(self.python):
            self.note("no compiler")
            say(
                "  no C++ compiler here: going on without llama-cpp-python, which the endpoint\n"
                "  does not need (`selfhost doctor` says which notebooks do)"
            )
            return
        say(f"  building llama-cpp-python in the background (log: build/{LOG.name})")
        LOG.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tools.house.wheel", str(self.python), str(self.folder)]
        env = {**child_environment(), "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
        with LOG.open("ab") as sink:
            # A group of its own: Ctrl-C in the terminal is for us to pass on, or not.
            if sys.platform == "win32":
                self.process = subprocess.Popen(
                    command, cwd=ROOT, env=env, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL,
                    creationflags=subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW,
                )  # fmt: skip
            else:
                self.process = subprocess.Popen(
                    command, cwd=ROOT, env=env, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )  # fmt: skip

    def wait(self) -> None:
        """Wait for the build, with a word every half minute; what fails is only told."""
        if self.process is None:
            return
        started = time.monotonic()
        try:
            while True:
                try:
                    self.process.wait(30)
                    break
                except subprocess.TimeoutExpired:
                    seconds = time.monotonic() - started
                    say(f"  still building llama-cpp-python ({seconds:.0f} s; about ten minutes)")
        except BaseException:
            self.stop()
            raise
        if self.state().get("state") == "installed":
            say("  llama-cpp-python is installed")
        else:
            say(
                f"  llama-cpp-python could not be built (log: build/{LOG.name}); going on without "
                "it. Try: python kit.py wheel"
            )

    def stop(self) -> None:
        """End the build and the compilers it has started."""
        if self.process is None or self.process.poll() is not None:
            return
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                command = ["taskkill", "/F", "/T", "/PID", str(self.process.pid)]
                subprocess.run(command, capture_output=True)
            else:
                os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def _pip_has_it(python: Path) -> bool:
    """True if pip's own cache holds a wheel that it has built for this user."""
    command = [str(python), "-m", "pip", "cache", "list", "llama_cpp_python"]
    answer = subprocess.run(command, capture_output=True, text=True)
    return wanted().partition("==")[2] in answer.stdout


def build(python: Path) -> Path:
    """Build the wheel into the cache (pip's own cache is used first); its path.

    Raises subprocess.CalledProcessError if pip fails; what it printed is in the log.
    """
    cache = wheel_cache()
    with held(cache / "build.lock", say, "building llama-cpp-python"):
        ready = cached()
        if ready is not None:
            return ready
        unfinished = cache / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        env = child_environment()
        env["CMAKE_ARGS"] = " ".join(filter(None, [env.get("CMAKE_ARGS"), CMAKE_ARGS]))
        if shutil.which("ninja"):
            env.setdefault("CMAKE_GENERATOR", "Ninja")
        command = [str(python), "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(unfinished)]
        subprocess.run([*command, wanted()], check=True, env=env, cwd=ROOT)
        built = next(unfinished.glob("*.whl"))
        built.replace(cache / built.name)
        shutil.rmtree(unfinished, ignore_errors=True)
        return cache / built.name


def main(python: Path, folder: Path) -> int:
    """Build, then install when nobody else is installing."""
    builder = Builder(python, folder)
    started = time.monotonic()
    try:
        wheel = build(python)
        with held(BUILD / "setup.lock", say, "setting up the kit"):
            if builder.state().get("state") == "installed":
                return 0  # another run of ours was quicker
            command = [str(python), "-m", "pip", "install", "--constraint", "constraints.txt"]
            subprocess.run([*command, str(wheel)], check=True, cwd=ROOT, env=child_environment())
    except (subprocess.CalledProcessError, OSError, StopIteration) as error:
        print(error, flush=True)
        builder.note("failed", because=str(error))
        return 1
    builder.note("installed", seconds=round(time.monotonic() - started, 1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), Path(sys.argv[2])))

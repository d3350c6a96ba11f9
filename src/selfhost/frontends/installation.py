"""Install Open WebUI into an environment of its own, whole or not at all.

pip and not uv does it: pip is here already, and a university's pip settings (mirror, certificate,
proxy, a folder of wheels) are then obeyed, which uv does not read. It costs a few minutes, once
(figures: course notebook 06).

torch comes first and by itself, so that nothing else decides which build of it comes: on Linux
the public index has the CUDA build, with gigabytes of libraries that a front end never uses.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from filelock import FileLock, Timeout

from selfhost.console import say as say_on_stderr
from selfhost.errors import KitError
from selfhost.files import write_atomically
from selfhost.frontends import pips
from selfhost.frontends.pips import Say
from selfhost.frontends.places import LLAMA_CPP, OPEN_WEBUI, Home, home

# The release whose settings and requests the course was written with (on PyPI in 2026-11).
VERSION = "0.12.4"
PACKAGE = OPEN_WEBUI
TORCH = "2.13.0"  # the kit's own, so that a wheel in pip's cache serves both
PYTHONS = ((3, 12), (3, 11))  # what its metadata allows: >=3.11,<3.13
NEEDED = 4_000_000_000  # bytes on disk: 2.4 GB stay (measured on Linux), the rest while unpacking


@dataclass(frozen=True)
class Installed:
    """What the stamp says. `bytes` is the size on disk, `seconds` how long it took."""

    name: str
    version: str
    torch: str
    python: str
    bytes: int
    seconds: float
    date: str
    folder: str


def installed(name: str = PACKAGE) -> Installed | None:
    """What is installed, None if nothing (or only half of it) is."""
    at = home(name)
    if name == LLAMA_CPP:
        return _comes_with_the_engine(at)
    try:
        return Installed(**json.loads(at.stamp.read_text(encoding="utf-8")), folder=str(at.root))
    except (OSError, ValueError, TypeError):
        return None


def _comes_with_the_engine(at: Home) -> Installed | None:
    """llama.cpp's web UI is part of `xllamacpp`, which is here unless the kit is half installed."""
    try:
        version = metadata.version("xllamacpp")
    except metadata.PackageNotFoundError:
        return None
    python = platform.python_version()
    return Installed(LLAMA_CPP, version, "", python, 0, 0.0, "", str(at.root))


def install(
    name: str = PACKAGE,
    *,
    say: Say = say_on_stderr,
    needed: int = NEEDED,
    any_torch: bool = False,
) -> Installed:
    """Install `name` unless it is there. `needed` bytes must be free on the disk.

    Raises `KitError`; whatever goes wrong, a half-made environment is removed again. One that a
    power cut left behind has no stamp, and is removed at the next try.
    """
    at = home(name)
    if name == LLAMA_CPP:
        there = installed(name)
        if there is None:
            raise KitError("The engine xllamacpp is not installed.", "python kit.py doctor")
        return there
    _make_folder(at.root)
    try:
        with FileLock(at.root / "install.lock", timeout=0):
            there = installed(name)
            if there is not None and there.version == VERSION and at.python.exists():
                return there
            return _install(name, at, say, needed, any_torch)
    except Timeout:
        raise KitError(
            f"{name} is just being installed by another command.", "wait for it to end"
        ) from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KitError(
            f"{folder} cannot be made: {error.strerror or error}.",
            "set SELFHOST_FRONTENDS to a folder of your own",
        ) from None


def _install(name: str, at: Home, say: Say, needed: int, any_torch: bool) -> Installed:
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        raise KitError(
            "Open WebUI needs torch, which is no longer built for Macs with an Intel processor.",
            "Jan (notebook 07), or Open WebUI in Docker",
        )
    interpreter = find_python()
    free = shutil.disk_usage(at.root).free
    if free < needed:
        raise KitError(
            f"The disk has {free / 1e9:.1f} GB free, and {name} needs {needed / 1e9:.1f} GB.",
            f"free some space (or set SELFHOST_FRONTENDS), then: selfhost frontends install {name}",
        )
    begin = time.monotonic()
    shutil.rmtree(at.env, ignore_errors=True)
    at.setup_log.write_text("", encoding="utf-8")
    try:
        found = _fill(name, at, interpreter, say, any_torch)
        result = Installed(
            name=name,
            version=found[PACKAGE],
            torch=found["torch"],
            python=found["python"],
            bytes=sum(f.lstat().st_size for f in at.env.rglob("*") if not f.is_dir()),
            seconds=round(time.monotonic() - begin, 1),
            date=datetime.now(UTC).date().isoformat(),
            folder=str(at.root),
        )
        fields = {key: value for key, value in asdict(result).items() if key != "folder"}
        write_atomically(at.stamp, json.dumps(fields, indent=1) + "\n")
    except BaseException as error:  # Ctrl-C too: whole or not at all
        shutil.rmtree(at.env, ignore_errors=True)
        if isinstance(error, OSError):
            raise pips.explain(name, str(error), at.setup_log) from None
        raise
    return result


def _fill(name: str, at: Home, interpreter: list[str], say: Say, any_torch: bool) -> dict[str, str]:
    say(f"Installing {name} {VERSION} into {at.root.name}/env (once; some minutes, about 3 GB).")
    pips.run(name, [*interpreter, "-m", "venv", str(at.env)], at.setup_log, say)
    pip = [str(at.python), "-m", "pip", "install", "--no-compile"]
    index = os.environ.get("SELFHOST_TORCH_INDEX")
    extra = ["--extra-index-url", index] if index else []
    if not any_torch and not cpu_torch(pip, extra):
        raise KitError(
            "pip finds only torch's CUDA build here: about 3 GB more to download, for nothing.",
            "set SELFHOST_TORCH_INDEX to the address that the “Get started” page of pytorch.org "
            f"shows for Linux, pip, CPU (or: selfhost frontends install {name} --any-torch)",
        )
    say("1. torch, the CPU build")
    pips.run(name, [*pip, f"torch=={TORCH}", *extra], at.setup_log, say)
    say("2. everything else (240 packages)")
    pinned = at.env / "constraints.txt"
    pinned.write_text(f"torch=={_versions(at)['torch']}\n", encoding="utf-8")
    pips.run(
        name, [*pip, f"{PACKAGE}=={VERSION}", "--constraint", str(pinned), *extra],
        at.setup_log, say,
    )  # fmt: skip
    pips.run(name, [str(at.python), "-m", "pip", "check"], at.setup_log, say)
    return _versions(at)


def cpu_torch(pip: list[str], extra: list[str]) -> bool:
    """Whether pip would take a CPU build of torch; asked without downloading it.

    Only Linux has another one by default.
    """
    if sys.platform != "linux":
        return True
    answer = subprocess.run(
        [*pip, "--dry-run", "--no-deps", "--retries", "1", "--quiet", "--report", "-",
         f"torch=={TORCH}", *extra],
        capture_output=True, text=True, encoding="utf-8", errors="replace",
        env=pips.environment(), check=False,
    )  # fmt: skip
    if answer.returncode:  # no network: the installation itself will say so
        return True
    return "+cpu" in answer.stdout


_VERSIONS = """
import json, platform
from importlib.metadata import PackageNotFoundError, version
found = {"python": platform.python_version()}
for name in ("torch", "open-webui"):
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        found[name] = ""
print(json.dumps(found))
"""


def _versions(at: Home) -> dict[str, str]:
    answer = subprocess.run(
        [str(at.python), "-c", _VERSIONS], capture_output=True, text=True, check=True,
        env=pips.environment(),
    )  # fmt: skip
    found: dict[str, str] = json.loads(answer.stdout)
    return found


def find_python() -> list[str]:
    """A command that starts a Python which Open WebUI takes: this one, or another that is here.

    Raises `KitError` when there is none.
    """
    if sys.version_info[:2] in PYTHONS:
        return [sys.executable]
    for major, minor in PYTHONS:
        for command in (
            [f"python{major}.{minor}"],
            ["py", f"-{major}.{minor}"] if sys.platform == "win32" else [],
        ):
            if command and shutil.which(command[0]):
                code = f"import sys; sys.exit(sys.version_info[:2] != ({major}, {minor}))"
                done = subprocess.run([*command, "-c", code], capture_output=True, check=False)
                if done.returncode == 0:
                    return command
    raise KitError(
        f"Open WebUI {VERSION} needs Python 3.11 or 3.12, and this is {platform.python_version()}.",
        "install Python 3.12 beside it, then the same command again",
    )


def remove(name: str = PACKAGE, *, data: bool = False) -> int:
    """Delete the environment (with `data`: chats and settings, too); returns the bytes freed.

    Raises `KitError` while it runs.
    """
    from selfhost.frontends.process import running

    if running(name) is not None:
        raise KitError(f"{name} runs.", f"selfhost frontends stop {name}")
    at = home(name)
    if name == LLAMA_CPP:
        raise KitError(f"{name}'s page is part of the engine, so it is left alone.")
    folders = [at.env, *([at.data] if data else [])]
    freed = sum(
        f.lstat().st_size for folder in folders for f in folder.rglob("*") if not f.is_dir()
    )
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return freed

"""Make the environment that everything runs in, and know when there is nothing to do.

A set-up has two levels: `lab` (what a student needs) and `check` (that, plus the tools that test
and build the course). What is installed stands in a stamp file that is written last, so an
interrupted set-up is simply continued by the next run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from selfhost.errors import KitError
from tools.house import pips, places, room
from tools.house.lock import held
from tools.house.places import BUILD, ROOT, child_environment, say, venv_python
from tools.house.wheel import Builder

STUDENT = ("lab", "torch", "engines", "speech")
NEED_TORCH = {"torch", "engines", "speech"}
EXTRAS = {"lab": STUDENT, "check": (*STUDENT, "site", "dev")}
TORCH = "torch==2.13.0"
GIGABYTES_NEEDED = {"lab": 4.5, "check": 5.5, "cuda": 11.0}
INPUTS = ("pyproject.toml", "constraints.txt", "constraints-litellm.txt")
# Python compiles a module when it is first imported; most of the 20,000 never are.
INSTALL = ("install", "--no-compile")
LITELLM = ROOT / ".venv-litellm"


@dataclass(frozen=True)
class Environment:
    """An environment of the kit: its interpreter and the folder it lies in."""

    python: Path
    folder: Path
    here: bool = False

    @property
    def stamp(self) -> Path:
        """The file that says what is installed."""
        return self.folder / "selfhost-setup.json"


def chosen(here: bool) -> Environment:
    """The environment to use: this Python's own with `--here`, else `.venv` in the checkout."""
    if here:
        return Environment(Path(sys.executable), Path(sys.prefix), here=True)
    folder = Path(os.environ.get("SELFHOST_VENV") or ROOT / ".venv")
    return Environment(venv_python(folder), folder)


def key() -> str:
    """Changes when a new set-up is due: versions asked for, Python, and where the kit lies."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    digest.update(f"{sys.version_info[:3]} {sys.platform} {ROOT}".encode())
    return digest.hexdigest()


def is_current(env: Environment, level: str) -> bool:
    """True if nothing has to be installed."""
    try:
        stamp = json.loads(env.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    levels = stamp.get("levels", [])
    wanted = level in levels or (level == "lab" and "check" in levels)
    return bool(wanted and stamp.get("key") == key() and env.python.exists())


def ensure(level: str, *, here: bool = False, wait_for_wheel: bool = False) -> Environment:
    """An environment that has everything of `level`; installs what is missing.

    llama-cpp-python is built beside the other installations. With `wait_for_wheel` we wait for
    it; otherwise it goes on in the background and installs itself.
    """
    env = chosen(here)
    builder = Builder(env.python, env.folder)
    if not is_current(env, level):
        with held(BUILD / "setup.lock", say, "setting up the kit") as waited:
            if waited and is_current(env, level):
                say("The other run has set everything up.")
            else:
                _set_up(env, level, builder)
    builder.start()
    if wait_for_wheel:
        builder.wait()
    return env


def _set_up(env: Environment, level: str, builder: Builder) -> None:
    say(f"Setting up the kit in {env.folder.name} (once; a few minutes).")
    # After an update only the difference is installed.
    check_disk(1.0 if env.stamp.exists() else GIGABYTES_NEEDED[level], env.folder)
    try:
        room.prepare()
        if not env.here:
            make_venv(env)
        if torch_exists():
            install_torch(env)
        else:
            say("  torch is no longer built for Intel Macs: going on without it")
        builder.start()
        install_rest(env, level)
        if level == "check":
            install_litellm()
    except BaseException:
        builder.stop()
        raise
    _write_stamp(env, level)
    room.report(places.room(), "set up")
    say("The kit is set up.")


def _write_stamp(env: Environment, level: str) -> None:
    stamp = {"key": key(), "levels": [level], "python": sys.version.split()[0]}
    temporary = env.stamp.with_suffix(".new")
    temporary.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    temporary.replace(env.stamp)


def check_disk(needed: float, folder: Path) -> None:
    """Raise KitError if `needed` GB are not free where `folder` is, or is going to be."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free / 1e9
    if free < needed:
        raise KitError(
            f"The disk has {free:.1f} GB free, and the set-up needs {needed:.0f} GB.",
            "free some space, then the same command again",
        )


def make_venv(env: Environment) -> None:
    """Create `.venv` with this Python, anew if it belongs to another one or was moved."""
    if env.python.exists() and _belongs_here(env):
        return
    if env.folder.exists():
        say(f"  {env.folder.name} was made elsewhere or by another Python: making it anew")
        shutil.rmtree(env.folder)
    say(f"  making {env.folder.name} with Python {sys.version.split()[0]}")
    answer = subprocess.run(
        [sys.executable, "-m", "venv", str(env.folder)],
        capture_output=True, text=True, encoding="utf-8", errors="replace",
        env=child_environment(),
    )  # fmt: skip
    if answer.returncode == 0:
        (env.folder / "selfhost-root.txt").write_text(str(ROOT), encoding="utf-8")
        return
    words = answer.stdout + answer.stderr
    with contextlib.suppress(OSError):
        shutil.rmtree(env.folder)
    if "ensurepip" in words:
        minor = ".".join(map(str, sys.version_info[:2]))
        raise KitError(
            "This Python cannot make an environment: its venv module is a package of its own here.",
            f"sudo apt install python{minor}-venv (Debian, Ubuntu), then the same command again",
        )
    raise pips.explain(words, answer.returncode)


def _belongs_here(env: Environment) -> bool:
    """True if the environment runs, with our Python's version, and was made at this place."""
    note = env.folder / "selfhost-root.txt"
    if note.is_file() and note.read_text(encoding="utf-8") != str(ROOT):
        return False
    code = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([str(env.python), "-c", code], capture_output=True, text=True)
    except OSError:
        return False
    return answer.stdout.strip() == ".".join(map(str, sys.version_info[:2]))


def constraints(env: Environment) -> list[str]:
    """pip's options for the locked versions; conda keeps the versions that it has chosen."""
    in_conda = env.here and os.environ.get("CONDA_PREFIX") == sys.prefix
    return [] if in_conda else ["--constraint", "constraints.txt"]


def torch_exists() -> bool:
    """False on Macs with an Intel processor, for which torch is no longer built."""
    return not (sys.platform == "darwin" and platform.machine() == "x86_64")


def has_torch(env: Environment) -> bool:
    """True if this environment has the torch we want, whichever build."""
    code = "from importlib.metadata import version as v; print(v('torch').split('+')[0])"
    answer = subprocess.run([str(env.python), "-c", code], capture_output=True, text=True)
    return answer.stdout.strip() == TORCH.partition("==")[2]


def install_torch(env: Environment) -> None:
    """torch first and by itself, so that nothing else decides which build of it comes.

    On Linux the build of the public index brings the CUDA libraries. `SELFHOST_TORCH_INDEX` names
    an index that has the CPU build; where pip is already set up to find one, nothing is needed.
    """
    if has_torch(env):
        return
    index = os.environ.get("SELFHOST_TORCH_INDEX")
    arguments = [*INSTALL, TORCH, *constraints(env)]
    if index:
        arguments += ["--extra-index-url", index]
    elif sys.platform == "linux" and not _cpu_build_found(env):
        say(
            "  pip finds only torch's CUDA build here: about 3 GB more to download. For the CPU\n"
            "  build press Ctrl-C, set SELFHOST_TORCH_INDEX to the address that the “Get started”\n"
            "  page of pytorch.org shows for Linux, pip, CPU, and run the same command again."
        )
        check_disk(GIGABYTES_NEEDED["cuda"], env.folder)
    pips.run(env.python, arguments, f"1. {TORCH} (about 200 MB)")


def _cpu_build_found(env: Environment) -> bool:
    """Ask pip, without downloading, whether the torch it would take is a CPU build."""
    arguments = ["install", "--dry-run", "--no-deps", "--retries", "1"]
    arguments += ["--quiet", "--report", "-", TORCH]
    answer = subprocess.run(
        [str(env.python), "-m", "pip", *arguments],
        capture_output=True, text=True, encoding="utf-8", errors="replace",
        env=child_environment(),
    )  # fmt: skip
    return "+cpu" in answer.stdout


def install_rest(env: Environment, level: str) -> None:
    """The kit itself (editable: the course is meant to be changed) and what it needs."""
    extras = [name for name in EXTRAS[level] if name not in NEED_TORCH or torch_exists()]
    arguments = [*INSTALL, "--editable", f".[{','.join(extras)}]", *constraints(env)]
    pips.run(env.python, arguments, "2. everything else")
    if "speech" in extras:
        mend_torchaudio(env)


TORCHAUDIO = """
import importlib.util, pathlib
spec = importlib.util.find_spec("torchaudio")
try:
    if spec:
        import torchaudio
except OSError:
    for folder in spec.submodule_search_locations:
        for kind in ("so", "pyd", "dylib"):
            for file in pathlib.Path(folder, "lib").glob("*." + kind):
                file.unlink()
                print(file.name)
"""


def mend_torchaudio(env: Environment) -> None:
    """Let torchaudio load beside a CPU build of torch.

    Its published build is linked against CUDA and fails on import without it. Coqui TTS uses the
    parts that are plain Python: without the compiled files these load and work.
    """
    answer = subprocess.run(
        [str(env.python), "-c", TORCHAUDIO],
        capture_output=True, text=True, encoding="utf-8", errors="replace",
        env=child_environment(),
    )  # fmt: skip
    if answer.stdout.strip():
        say("  torchaudio was built for CUDA: its compiled parts, which nothing uses, are removed")
    if answer.returncode != 0:
        raise pips.explain(answer.stdout + answer.stderr, answer.returncode)


def install_litellm() -> None:
    """LiteLLM's own environment (it still asks for openai < 3); only the tests drive it."""
    python = venv_python(LITELLM)
    env = Environment(python, LITELLM)
    make_venv(env)
    lock = ROOT / "constraints-litellm.txt"
    arguments = [*INSTALL, "litellm", "--constraint", lock.name]
    pips.run(python, arguments, f"3. LiteLLM, in {LITELLM.name}")

"""The set-up with the real pip and venv: first run, nothing to do, and what goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.house.small_kit import SmallKit, empty_wheel


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> SmallKit:
    """A kit that is set up; tests that use it leave it so."""
    kit = SmallKit(tmp_path_factory.mktemp("ready"))
    answer = kit.run("lab")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "Setting up the kit" in answer.stdout and "The kit is set up." in answer.stdout
    assert "the lab runs with" in answer.stdout
    return kit


@pytest.fixture
def stale(ready: SmallKit) -> SmallKit:
    """The same kit after an update: a set-up is due."""
    path = ready.root / "constraints.txt"
    path.write_text(path.read_text(encoding="utf-8") + "# newer\n", encoding="utf-8")
    ready.stamp.unlink(missing_ok=True)
    return ready


@pytest.fixture
def fresh(ready: SmallKit) -> Iterator[SmallKit]:
    """The same kit before anything is known about llama-cpp-python."""
    state = ready.root / ".venv" / "selfhost-lowlevel.json"
    state.unlink(missing_ok=True)
    yield ready
    state.unlink(missing_ok=True)


def one_sentence(answer: subprocess.CompletedProcess[str], *words: str) -> None:
    """A failure for people: exit 1, one line on stderr with these words, no traceback."""
    assert answer.returncode == 1, answer.stdout + answer.stderr
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 1, answer.stderr
    assert "Traceback" not in answer.stdout
    for word in words:
        assert word in lines[0]


def test_second_run_installs_nothing(ready: SmallKit) -> None:
    before = ready.log
    answer = ready.run("lab")
    assert answer.returncode == 0
    assert "Setting up" not in answer.stdout and "the lab runs with" in answer.stdout
    assert ready.log == before


def test_torchaudio_that_was_built_for_cuda_is_mended(ready: SmallKit) -> None:
    site = next((ready.root / ".venv").glob("[Ll]ib*/**/site-packages"))
    package = site / "torchaudio"
    (package / "lib").mkdir(parents=True)
    compiled = package / "lib" / "_torchaudio.so"
    compiled.write_bytes(b"linked against CUDA")
    check = "import pathlib\nif list(pathlib.Path(__file__).parent.glob('lib/*.so')):"
    (package / "__init__.py").write_text(check + "\n    raise OSError('libc10_cuda.so')\n", "utf-8")
    try:
        ready.stamp.unlink()
        answer = ready.run("lab")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert "torchaudio was built for CUDA" in answer.stdout
        assert not compiled.exists()
    finally:
        shutil.rmtree(package)


def test_lab_runs_in_the_environment(ready: SmallKit) -> None:
    line = next(x for x in ready.run("lab").stdout.splitlines() if "the lab runs with" in x)
    assert Path(line.partition("with ")[2]).parents[1] == ready.root / ".venv"


def test_changed_versions_are_installed(stale: SmallKit) -> None:
    assert "Setting up the kit" in stale.run("lab").stdout
    assert "Setting up the kit" not in stale.run("lab").stdout


def test_no_network_is_a_sentence_and_the_next_run_works(stale: SmallKit) -> None:
    nobody = {"PIP_NO_INDEX": "", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1"}
    stale.uninstall("torch")
    answer = stale.run("lab", PIP_FIND_LINKS="", **nobody)
    one_sentence(answer, "no network", "the same command again")
    assert not stale.stamp.exists()
    assert stale.run("lab").returncode == 0


def test_two_at_once_wait_for_each_other(stale: SmallKit) -> None:
    before = stale.log.count("== 2.")
    both = [stale.start("lab"), stale.start("lab")]
    outputs = [process.communicate(timeout=150)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert stale.log.count("== 2.") == before + 1  # everything was installed once
    assert sum("waiting for it" in output for output in outputs) == 1
    assert sum("The other run has set everything up." in output for output in outputs) == 1


def _runs(process: psutil.Process) -> bool:
    """True unless it has ended (a container may leave its entry in the table)."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one child on Windows")
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_interrupted_set_up_is_continued(stale: SmallKit, how: str) -> None:
    process = stale.start("lab")
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("2. everything else"):
            break
    children = psutil.Process(process.pid).children(recursive=True)
    # A terminal sends Ctrl-C to the whole group; kill -9 comes from outside, to one process.
    if how == "SIGINT":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.kill()
    _, err = process.communicate(timeout=60)
    if how == "SIGINT":
        assert process.returncode == 130
        assert err.strip().splitlines()[-1].startswith("Stopped.")
        assert "Traceback" not in err
        assert not [child for child in children if _runs(child)]
    assert not stale.stamp.exists()
    answer = stale.run("lab")
    assert answer.returncode == 0, answer.stderr
    assert stale.stamp.exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    kit = SmallKit(tmp_path)
    kit.write("build", "a file where the set-up wants a folder")
    one_sentence(kit.run("lab"), "cannot be written", "copy the kit")


def test_an_environment_that_cannot_be_made(tmp_path: Path) -> None:
    kit = SmallKit(tmp_path)
    kit.write(".venv", "a file where the environment should be")
    one_sentence(kit.run("lab"))


def test_here_uses_the_current_environment(ready: SmallKit, tmp_path: Path) -> None:
    python = ready.root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    kit = SmallKit(tmp_path)
    answer = subprocess.run(
        [str(python), str(kit.root / "kit.py"), "lab", "--here"],
        env=kit.environment(), capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert not (kit.root / ".venv").exists()
    assert str(ready.root / ".venv") in answer.stdout.split("the lab runs with")[1]
    ready.stamp.unlink()  # the other kit has stamped this environment
    assert ready.run("lab").returncode == 0


def lowlevel(kit: SmallKit) -> dict[str, str]:
    path = kit.root / ".venv" / "selfhost-lowlevel.json"
    return json.loads(path.read_text(encoding="utf-8"))


def wait_for_lowlevel(kit: SmallKit, seconds: float = 90) -> dict[str, str]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (kit.root / ".venv" / "selfhost-lowlevel.json").exists():
            return lowlevel(kit)
        time.sleep(0.2)
    raise AssertionError("the background build came to no end")


def without_compiler(tmp_path: Path) -> str:
    """A PATH on which there is Python and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    if os.name == "nt":
        return str(folder)
    (folder / "python3").symlink_to(sys.executable)
    return str(folder)


def test_without_a_compiler_we_go_on(fresh: SmallKit, tmp_path: Path) -> None:
    path = without_compiler(tmp_path)
    answer = fresh.run("lab", SELFHOST_LOWLEVEL="yes", PATH=path, CXX="")
    assert answer.returncode == 0, answer.stderr
    assert "no C++ compiler here" in answer.stdout
    assert lowlevel(fresh)["state"] == "no compiler"
    assert "compiler" not in fresh.run("lab", SELFHOST_LOWLEVEL="yes", PATH=path, CXX="").stdout


def test_a_cached_wheel_is_installed(fresh: SmallKit) -> None:
    wheel = empty_wheel(fresh.cache / "wheels", "llama-cpp-python", "0.3.36")
    answer = fresh.run("wheel", SELFHOST_LOWLEVEL="yes")
    assert answer.returncode == 0, answer.stderr
    assert "llama-cpp-python is installed" in answer.stdout
    assert lowlevel(fresh)["state"] == "installed"
    again = fresh.run("lab", SELFHOST_LOWLEVEL="yes")
    assert "building" not in again.stdout
    wheel.unlink()
    fresh.uninstall("llama-cpp-python")


def test_a_failed_build_is_told_and_not_repeated(fresh: SmallKit) -> None:
    if not any(map(shutil.which, ("c++", "g++", "clang++", "cl"))):
        pytest.skip("no C++ compiler here, so no build is tried")
    # pip finds no source of the library in the local folder.
    answer = fresh.run("wheel", SELFHOST_LOWLEVEL="yes")
    assert answer.returncode == 0, answer.stderr
    assert "could not be built" in answer.stdout
    assert wait_for_lowlevel(fresh)["state"] == "failed"
    assert "building" not in fresh.run("lab", SELFHOST_LOWLEVEL="yes").stdout


def test_a_moved_checkout_is_set_up_anew(ready: SmallKit) -> None:
    moved = ready.root.with_name("moved")
    ready.root.rename(moved)
    ready.root = moved
    answer = ready.run("lab")
    assert answer.returncode == 0, answer.stderr
    assert "making it anew" in answer.stdout
    assert str(moved) in answer.stdout.split("the lab runs with")[1]

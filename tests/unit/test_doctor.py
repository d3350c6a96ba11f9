"""The doctor, examined: each check against an environment made for it."""

from __future__ import annotations

import json
import sys
import time
from html.parser import HTMLParser
from importlib import metadata
from pathlib import Path

import pytest

from selfhost import doctor
from selfhost.doctor import checkup, kit, network, programs, system
from selfhost.doctor.lessons import needing
from selfhost.doctor.machine import Check, Machine
from selfhost.doctor.room import advice

pytestmark = pytest.mark.usefixtures("own_run")


def closed_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def machine(tmp_path, checkout):
    """machine(**changes) -> a computer with nothing on its PATH and nobody on its ports."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()

    def make(**changes) -> Machine:
        values = {
            "env": {"PATH": str(bin_folder)},
            "system": "linux",
            "root": checkout,
            "store": tmp_path / "models",
            "home": tmp_path,
            "applications": tmp_path / "Applications",
            "frontends": tmp_path / "frontends",
            "port": closed_port(),
            "webui_port": closed_port(),
            "jan_port": closed_port(),
        }
        return Machine(**{**values, **changes})

    make.bin = bin_folder
    return make


def program(folder: Path, name: str, says: str = "", status: int = 0, sleep: float = 0) -> None:
    """An executable that prints `says`."""
    path = folder / name
    path.write_text(
        # A first line may not hold a path with a space in it; this one is both sh and Python.
        f"#!/bin/sh\n'''exec' \"{sys.executable}\" \"$0\" \"$@\"\n' '''\n"
        f"import sys, time\ntime.sleep({sleep})\n"
        f"print({says!r})\nsys.exit({status})\n",
        encoding="utf-8",
    )
    path.chmod(0o755)


posix = pytest.mark.skipif(sys.platform == "win32", reason="the test's programs are scripts")


@pytest.mark.parametrize(
    ("version", "status"),
    [((3, 10, 2), "fail"), ((3, 11, 0), "ok"), ((3, 13, 9), "ok"), ((3, 14, 0), "fail")],
)
def test_python(machine, version, status):
    check = system.python(machine(), version)
    assert check.status == status and (status == "ok" or check.mend)


@pytest.mark.parametrize(
    ("available", "status"), [(500 * 10**6, "fail"), (2 * 10**9, "warn"), (9 * 10**9, "ok")]
)
def test_memory(machine, available, status):
    assert system.memory(machine(), 16 * 10**9, available).status == status


def test_memory_and_disk_of_this_computer(machine):
    assert "free" in system.memory(machine()).detail
    assert "free" in system.disk(machine()).detail


@pytest.mark.parametrize(("free", "status"), [(10**8, "fail"), (3 * 10**9, "warn"), (10**11, "ok")])
def test_disk(machine, free, status):
    check = system.disk(machine(), free)
    assert check.status == status and (status == "ok" or "SELFHOST_MODELS" in check.mend)


@pytest.mark.parametrize(
    ("arch", "flags", "status"),
    [
        ("x86_64", "fpu avx avx2 fma f16c bmi2 avx512f", "ok"),
        ("x86_64", "fpu avx", "fail"),
        ("aarch64", "", "ok"),
        ("riscv64", "", "fail"),
    ],
)
def test_processor(machine, tmp_path, arch, flags, status):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor : 0\nflags\t\t: {flags}\n", encoding="utf-8")
    check = system.processor(machine(cpuinfo=cpuinfo), arch)
    assert check.status == status
    if status == "fail":
        assert "SELFHOST_ENDPOINT" in check.mend


def test_no_compiler_names_the_notebook_that_needs_one(machine):
    check = system.compiler(machine(), None)
    assert check.status == "warn" and check.notebooks == ("09",)
    assert system.compiler(machine(), "0.3.36").status == "ok"


@posix
def test_a_compiler_without_the_library(machine):
    program(machine.bin, "g++")
    check = system.compiler(machine(), None)
    assert check.status == "warn" and "g++" in check.detail and check.mend == "python kit.py wheel"


@posix
@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt-get", "sudo apt install flite"),
        ("dnf", "sudo dnf install flite"),
        ("pacman", "sudo pacman -S flite"),
    ],
)
def test_mends_fit_the_system(machine, manager, command):
    program(machine.bin, manager)
    mends = {check.name: check.mend for check in programs.speech(machine())}
    assert mends["flite"] == command


def test_mends_of_other_systems(machine):
    mends = {check.name: check.mend for check in programs.speech(machine(system="darwin"))}
    assert mends["ffmpeg"] == "brew install ffmpeg"
    mends = {check.name: check.mend for check in programs.speech(machine(system="win32"))}
    assert mends["ffmpeg"] == "winget install Gyan.FFmpeg"
    assert system.compiler(machine(system="win32")).mend.startswith("winget")
    assert system.compiler(machine(system="darwin")).mend == "xcode-select --install"


@posix
def test_speech_programs_that_are_there(machine):
    for name in ("ffmpeg", "espeak-ng", "flite"):
        program(machine.bin, name)
    assert [check.status for check in programs.speech(machine())] == ["ok"] * 3


def test_ollama_not_installed(machine):
    check = programs.ollama(machine())
    assert check.status == "warn" and "https://ollama.com/download" in check.mend


@posix
def test_ollama_installed_and_not_running(machine):
    program(machine.bin, "ollama", "Warning: could not connect\nclient version is 0.33.1")
    check = programs.ollama(machine())
    assert "0.33.1 installed, not running" in check.detail and check.mend == "ollama serve"
    program(machine.bin, "ollama", status=1)
    assert "version unknown" in programs.ollama(machine()).detail


@pytest.mark.parametrize(
    ("version", "names", "status", "word"),
    [
        ("0.33.0", ["gemma3:1b"], "ok", "gemma3:1b"),
        ("0.33.0", [], "warn", "no model"),
        ("0.33.0", ["other:1b"], "warn", "no gemma3:1b"),
        ("0.9.1", ["gemma3:1b"], "warn", "0.32.10"),
    ],
)
def test_ollama_running(machine, stranger, version, names, status, word):
    tags = {"models": [{"name": name} for name in names]}
    port = stranger({"/api/version": {"version": version}, "/api/tags": tags})
    check = programs.ollama(machine(port=port))
    assert check.status == status and word in check.detail


def test_the_kits_endpoint_is_not_reported_as_ollama(machine, server):
    port = int(server.url.rsplit(":", 1)[1])
    assert "not installed" in programs.ollama(machine(port=port)).detail
    assert "the kit's endpoint" in kit.ports(machine(port=port)).detail


def test_ports(machine, stranger):
    assert kit.ports(machine()).status == "ok"
    assert "Ollama" in kit.ports(machine(port=stranger({"/api/version": {"version": "1"}}))).detail
    check = kit.ports(machine(port=stranger({})))
    assert check.status == "warn" and check.mend


def test_open_webui(machine, stranger, tmp_path):
    check = programs.open_webui(machine())
    assert check.status == "warn" and check.notebooks == ("06",)
    assert "selfhost frontends install open-webui" in check.mend
    elsewhere = tmp_path / "kit"  # as `selfhost frontends install` leaves it
    (elsewhere / "open-webui/env").mkdir(parents=True)
    assert programs.open_webui(machine(frontends=elsewhere)).status == "warn"  # half made
    (elsewhere / "open-webui/env/selfhost-installed.json").write_text("{}", encoding="utf-8")
    assert programs.open_webui(machine(frontends=elsewhere)).status == "ok"
    port = stranger({"/health": {"status": True}})
    assert programs.open_webui(machine(webui_port=port)).status == "ok"
    assert programs.open_webui(machine(webui_port=stranger({"/health": "?"}))).status == "warn"


def test_jan(machine, stranger, tmp_path):
    assert programs.jan(machine()).status == "warn"
    assert programs.jan(machine(jan_port=stranger({"/v1/models": {"data": []}}))).status == "ok"
    (tmp_path / "jan-0.8.AppImage").write_text("", encoding="utf-8")
    assert programs.jan(machine()).status == "ok"
    (tmp_path / "Applications" / "Jan.app").mkdir(parents=True)
    assert programs.jan(machine(system="darwin")).status == "ok"


def test_shipped_models_right_changed_missing(machine, checkout):
    assert kit.models(machine()).status == "ok"
    path = checkout / "models" / "aprendiz" / "aprendiz-Q8_0.gguf"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    check = kit.models(machine())
    assert check.status == "fail" and check.mend == "git lfs pull"
    path.write_bytes(b"x")
    assert kit.models(machine()).mend == "git checkout -- models"
    path.unlink()
    assert "is missing" in kit.models(machine()).detail
    (path.parent / "SHA256SUMS").unlink()
    assert kit.models(machine()).status == "fail"


def test_packages(machine, checkout):
    here = metadata.version("pytest")
    (checkout / "pyproject.toml").write_text(
        f"""[project]
dependencies = ["pytest=={here}"]
[project.optional-dependencies]
lab = ["pytest==0.0.1"]
torch = ["no-such-package-here==1.0"]
speech = ["pytest[extra]=={here}; sys_platform == 'linux'"]
""",
        encoding="utf-8",
    )
    found = {check.name: check for check in kit.packages(machine())}
    assert found["packages"].status == "ok"
    assert found["packages: notebooks"].status == "warn"
    assert here in found["packages: notebooks"].detail
    assert found["packages: torch"].status == "warn"
    assert found["packages: speech"].status == "ok"
    (checkout / "pyproject.toml").write_text(
        '[project]\ndependencies = ["no-such-package-here==1.0"]\n', encoding="utf-8"
    )
    assert kit.packages(machine())[0].status == "fail"
    (checkout / "pyproject.toml").write_text("not toml [", encoding="utf-8")
    assert kit.packages(machine()) == []


def test_kernel(machine, tmp_path):
    assert kit.kernel(machine(), tmp_path).status == "fail"
    spec = tmp_path / "share" / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text("{}", encoding="utf-8")
    assert kit.kernel(machine(), tmp_path).status == "ok"


def test_endpoint_runs_or_not(machine, monkeypatch):
    from selfhost.endpoint import endpoint

    assert "starts when" in kit.endpoint(machine()).detail
    monkeypatch.setenv("SELFHOST_ENGINE", "embedded")
    at = endpoint()
    assert at.url in kit.endpoint(machine()).detail


def test_proxy(machine):
    assert system.proxy(machine()).status == "ok"
    env = {"http_proxy": "http://proxy:3128"}
    check = system.proxy(machine(env=env))
    assert check.status == "warn" and "NO_PROXY" in check.mend
    env["no_proxy"] = "localhost, 127.0.0.1"
    assert system.proxy(machine(env=env)).status == "ok"


def test_folder(machine, tmp_path):
    assert system.folder(machine()).status == "ok"
    far = tmp_path / "OneDrive" / "kit"
    far.mkdir(parents=True)
    assert "OneDrive" in system.folder(machine(root=far)).mend
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    assert system.folder(machine(root=deep, system="win32")).status == "warn"


def test_network_reach(machine, stranger):
    port = stranger({"/": {}})
    assert network.reach(machine(), "hub", f"http://127.0.0.1:{port}/").status == "ok"
    # A refusal is an answer: the place is reached.
    assert network.reach(machine(), "hub", f"http://127.0.0.1:{port}/no").status == "ok"
    check = network.reach(machine(), "hub", "http://127.0.0.1:9/")
    assert check.status == "warn" and "offline" in check.mend
    port = stranger({"/": 503})
    assert network.reach(machine(), "hub", f"http://127.0.0.1:{port}/").status == "warn"


def test_lessons_are_read_from_their_heads(tmp_path):
    folder = tmp_path / "course" / "notebooks"
    folder.mkdir(parents=True)
    head = "# ---\n# jupyter:\n#   kit:\n#     needs: [{}]\n# ---\n"
    (folder / "03_a.py").write_text(head.format("endpoint, compiler"), encoding="utf-8")
    (folder / "07_b.py").write_text(head.format("compiler"), encoding="utf-8")
    (folder / "08_c.py").write_text(head.format("network"), encoding="utf-8")
    assert needing(tmp_path, "compiler") == ("03", "07")
    assert needing(tmp_path, "gpu") == ()
    assert needing(tmp_path / "elsewhere", "speech") == ("11", "12")


def test_all_checks_of_this_computer():
    checks = doctor.examine()
    names = [check.name for check in checks]
    assert len(names) == len(set(names))
    wanted = {
        *("Python", "memory", "disk", "processor", "compiler", "ports", "Ollama", "Open WebUI"),
        *("Jan", "ffmpeg", "espeak-ng", "flite", "shipped models", "endpoint"),
    }
    assert wanted <= set(names)
    for check in checks:
        assert check.status in ("ok", "warn", "fail") and "\n" not in check.detail
        assert check.status == "ok" or check.mend, check
    assert not any("network" in name for name in names)


@posix
def test_a_probe_that_hangs_or_trips_is_told(machine, monkeypatch):
    monkeypatch.setattr(checkup, "SECONDS", 0.5)
    monkeypatch.setattr(programs, "jan", lambda machine: time.sleep(30))
    monkeypatch.setattr(programs, "open_webui", lambda machine: 1 / 0)
    checks = {check.name: check for check in doctor.examine(machine=machine())}
    assert checks["Jan"].detail == "did not answer in time"
    assert "ZeroDivisionError" in checks["Open WebUI"].detail
    assert checks["Python"].status in ("ok", "fail")


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_table_in_text_and_html():
    rows = [
        Check("a", "ok", "fine <b>"),
        Check("b", "warn", "so so", "do & that", ("09",)),
        Check("c", "fail", "bad", "mend it", ("11", "12")),
    ]
    table = doctor.Table(rows)
    assert not table.ready and doctor.Table(rows[:2]).ready
    lines = str(table).splitlines()
    assert lines[1] == "warn  b  so so · notebook 09 · mend: do & that"
    assert "notebooks 11, 12" in lines[2] and "1 ok, 1 warn, 1 fail" in lines[-1]
    cells = _Cells()
    cells.feed(table._repr_html_())
    assert cells.open == [] and "fine <b>" in cells.text and "do & that" in cells.text
    assert "! warn" in cells.text  # a sign and a word, not only a colour


def test_the_command(capsys, monkeypatch):
    from selfhost.cli import main

    assert main(["doctor", "--json"]) in (0, 1)
    answer = json.loads(capsys.readouterr().out)
    assert answer["ready"] == (answer["fail"] == 0)
    assert answer["ok"] + answer["warn"] + answer["fail"] == len(answer["checks"])
    monkeypatch.setattr(system, "disk", lambda machine: Check("disk", "fail", "full", "empty it"))
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "fail  disk" in out and "mend: empty it" in out


def test_mends_name_commands_that_exist():
    """`python kit.py NAME` and `selfhost NAME` in a mend must be commands of the kit."""
    import re

    from selfhost import commands
    from selfhost.paths import kit_root

    house = (kit_root() / "tools" / "house" / "commands.py").read_text(encoding="utf-8")
    package = kit_root() / "src" / "selfhost"
    sources = [*(package / "doctor").glob("*.py"), *(package / "endpoint").glob("*.py")]
    sources += [*(package / "weights").glob("*.py"), *(package / "commands").glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    in_house = set(re.findall(r"python kit\.py ([a-z]+)", text))
    assert in_house and all(f'"{name}": Command(' in house for name in in_house), in_house
    named = set(re.findall(r"[\"`(]selfhost ([a-z]+)", text))
    assert named and named <= set(commands.names()), named - set(commands.names())


@pytest.mark.parametrize(
    ("free", "present", "words", "model"),
    [
        (3_100_000_000, True, "row 3, RAM 3.1 GB free: use aprendiz, not gemma3:1b", "aprendiz"),
        (8_000_000_000, True, "row 3, RAM 8.0 GB free: ready, gemma3:1b is here", "gemma3:1b"),
        (8_000_000_000, False, "selfhost models pull gemma3:1b", "aprendiz"),
    ],
)
def test_one_line_for_who_helps_in_the_room(free, present, words, model):
    told = advice([Check("Python", "ok", "3.12")], " row 3 ", free, present)
    assert words in told["line"] and told["model"] == model and told["ready"]


def test_what_fails_comes_first_in_the_rooms_line():
    checks = [
        Check("Python", "ok", "3.12"),
        Check("disk", "fail", "0.2 GB free; 1 GB is the least", "free some space"),
        Check("Jan", "warn", "not found"),
    ]
    told = advice(checks, "", 8_000_000_000, True)
    assert told["line"] == (
        "RAM 8.0 GB free: not ready: disk: 0.2 GB free; 1 GB is the least; mend: free some space"
    )
    assert (told["ready"], told["fail"], told["warn"]) == (False, ["disk"], 1)
    assert len(advice([Check("x", "fail", "long " * 100)], "", 1, False)["line"]) == 200

"""kit.py: what it understands, what it says to what it does not, and what it is written in."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from selfhost.errors import KitError
from tools.house import environment, pips
from tools.house import line as command_line
from tools.house.commands import COMMANDS
from tools.house.line import Asked

ROOT = Path(__file__).resolve().parents[2]
SETUP_FILES = [ROOT / "kit.py", *sorted((ROOT / "tools" / "house").glob("*.py"))]


def read(words: list[str]) -> tuple[str, Asked]:
    return command_line.read(words, COMMANDS)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "kit.py"), *arguments],
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip


def test_settings_are_read() -> None:
    name, asked = read(["lab", "PORT=8899", "BROWSER=no", "--here"])
    assert name == "lab" and asked.here
    assert asked.values == {"PORT": "8899", "BROWSER": "no"}


def test_report_takes_any_parameter() -> None:
    assert read(["report", "NB=14", "REPEATS=5", "TEMPERATURE=0.7"])[1].values["REPEATS"] == "5"


def test_make_may_pass_its_python() -> None:
    assert read(["check", "PYTHON=python3.12", "NB=09"])[1].values == {"NB": "09"}


@pytest.mark.parametrize("line", [[], ["--help"], ["lab", "-h"], ["help"]])
def test_help(line: list[str]) -> None:
    assert read(line)[0] == "help"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["labs"], "no command “labs”"),
        (["lab", "8899"], "NAME=VALUE"),
        (["lab", "PROT=8899"], "no setting PROT"),
        (["check", "--fast"], "no setting --fast"),
        (["pull"], "needs a model"),
        (["report"], "needs a notebook"),
        (["lab", "TOKEN=abc"], "too short"),
    ],
)
def test_a_wrong_line_is_one_sentence(line: list[str], words: str, monkeypatch) -> None:
    # The set-up is not what is tested here: there is nothing to install in this environment.
    here = environment.Environment(Path(sys.executable), Path(sys.prefix), here=True)
    monkeypatch.setattr(environment, "ensure", lambda *args, **named: here)
    with pytest.raises(KitError, match=words):
        name, asked = read(line)
        COMMANDS[name].run(asked)


def test_a_wrong_line_in_a_terminal() -> None:
    answer = run("labs")
    assert answer.returncode == 1 and answer.stdout == ""
    assert answer.stderr.strip() == "There is no command “labs”. Try: python kit.py help"


def test_help_names_every_command_and_setting() -> None:
    answer = run("help")
    assert answer.returncode == 0 and answer.stderr == ""
    for name, command in COMMANDS.items():
        assert f"  {name} " in answer.stdout
        for setting in command.settings:
            assert f"{setting}=" in answer.stdout


def test_another_version_of_python_is_told(monkeypatch, capsys) -> None:
    kit = importlib.import_module("kit")
    monkeypatch.setattr(kit, "OLDEST", (9, 1))
    monkeypatch.setattr(kit, "NEWEST", (9, 3))
    assert kit.main(["lab"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "needs Python 3.11" in said and "Try:" in said


def test_32_bit_is_told(monkeypatch, capsys) -> None:
    kit = importlib.import_module("kit")
    monkeypatch.setattr(kit.struct, "calcsize", lambda _: 4)
    assert kit.main(["lab"]) == 1
    assert "32-bit" in capsys.readouterr().err


def test_a_fitting_python_is_found() -> None:
    kit = importlib.import_module("kit")
    assert [kit.fits(v) for v in ((3, 10), (3, 11), (3, 13, 2), (3, 14), (2, 7))] == [
        False, True, True, False, False,
    ]  # fmt: skip


def test_kit_py_can_be_read_by_an_old_python() -> None:
    tree = ast.parse((ROOT / "kit.py").read_text(encoding="utf-8"))
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match)
    assert not [node for node in ast.walk(tree) if isinstance(node, new)]
    assert (ROOT / "kit.py").read_bytes().isascii()


@pytest.mark.parametrize("path", SETUP_FILES, ids=lambda path: path.name)
def test_set_up_needs_the_standard_library_only(path: Path) -> None:
    allowed = set(sys.stdlib_module_names)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            ours = (
                name == "selfhost.errors"
                or name == "tools.house"
                or name.startswith("tools.house.")
            )
            assert ours or name.partition(".")[0] in allowed, f"{path.name} imports {name}"


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("NewConnectionError: Failed to establish a new connection", "no network"),
        ("ERROR: Could not find a version … (from versions: none)", "no network"),
        ("PermissionError: [Errno 13] Permission denied: 'x'", "may not write"),
        ("ERROR: ResolutionImpossible: for help visit …", "do not fit"),
        ("ERROR: something new at https://index.example/simple", "something new at (address)"),
    ],
)
def test_what_pip_says_becomes_a_sentence(printed: str, words: str) -> None:
    error = pips.explain(printed, 1)
    assert words in error.message and error.mend


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "  Downloading torch-2.13.0-cp311-x.whl (190.1 MB)",
            "  downloading torch (190.1 MB)",
        ),
        (
            "Downloading https://h.example/a/b/nvidia_cudnn-9.whl (1.2 GB)",
            "  downloading nvidia_cudnn (1.2 GB)",
        ),
        ("  Downloading small-1.whl (310 kB)", None),
        ("  Downloading small-2.whl (2.9 MB)", None),
        ("  Downloading x-1.whl.metadata (1.2 kB)", None),
        ("Requirement already satisfied: numpy in /somewhere", None),
        ("Installing collected packages: a, b, c", "  installing 3 packages"),
        ("  Building wheel for stempeg (pyproject.toml): started", "  building stempeg"),
        ("  Building wheel for stempeg (pyproject.toml): finished with status 'done'", None),
    ],
)
def test_what_is_shown_of_pips_output(line: str, shown: str | None) -> None:
    assert pips.shown(line) == shown


def test_a_full_disk_is_seen_before_anything_is_installed(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="free, and the set-up needs"):
        environment.check_disk(1e9, tmp_path / "not" / "yet" / "there")
    environment.check_disk(0.0, tmp_path)


@pytest.mark.parametrize(
    ("number", "words"), [(28, "disk is full"), (13, "may not write"), (30, "may not write")]
)
def test_errors_of_the_system_become_sentences(number: int, words: str) -> None:
    error = command_line.sentence(OSError(number, "…", "/somewhere/notebooks"))
    assert words in error.message and "/somewhere" not in str(error)

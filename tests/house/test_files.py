"""What must hold for the files of the house: versions agree, documents tell the truth."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import lock, teaching
from tools.house.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = ("lab", "torch", "engines", "speech", "lowlevel", "hub", "site", "dev")
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "README.es.md", "CONTRIBUTING.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
]


@cache
def tracked() -> list[Path]:
    """The files that are committed, or about to be."""
    answer = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    if answer.returncode:
        pytest.skip("this is no git checkout, so nobody knows which files belong to it")
    paths = [ROOT / name for name in answer.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def text_of(path: Path) -> str:
    """A file as text; what is not text gives nothing."""
    content = path.read_bytes()
    return "" if b"\0" in content[:8000] else content.decode("utf-8", "replace")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> list[tuple[str, str]]:
    """(name, version) of a constraints file; every line must be a pin."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        match = re.match(r"([A-Za-z0-9_.-]+)==([^\s;]+)", line)
        assert match, f"{path.name}: {line}"
        found.append((normal(match[1]), match[2]))
    return found


def test_constraints_cover_pyproject() -> None:
    """Every direct dependency of every extra, in its version, and the indirect ones too."""
    locked = set(pins(ROOT / "constraints.txt"))
    asked = {(normal(pin.name), pin.version) for pin in lock.direct(pyproject(), EXTRAS)}
    assert asked - locked == set()
    assert len(locked) > 2 * len(asked)


def test_every_package_that_is_imported_is_asked_for() -> None:
    """What works only because something else happens to bring it breaks with an update."""
    known = {normal(pin.name) for pin in lock.direct(pyproject(), EXTRAS)}
    known |= {"selfhost", "starlette", "torch"}  # starlette: FastAPI's other half
    distributions = packages_distributions()
    missing = {}
    for folder in ("src", "tools", "tests", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in imported(path) - {"tools", "tests", "benchmarks", "models", "kit"}:
                if name in sys.stdlib_module_names:
                    continue
                names = {normal(found) for found in distributions.get(name, [name])}
                if not names & known:
                    missing.setdefault(name, path.relative_to(ROOT).as_posix())
    # In environments of their own: LiteLLM and locust do not fit into ours, gptqmodel is source
    # only and compiles for twenty minutes.
    for name in ("litellm", "locust", "gevent", "gptqmodel"):
        missing.pop(name, None)
    assert missing == {}


def imported(path: Path) -> set[str]:
    """Top-level names of the modules that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_constraints_of_litellm() -> None:
    locked = dict(pins(ROOT / "constraints-litellm.txt"))
    (asked,) = pyproject()["dependency-groups"]["litellm"]
    assert asked == f"litellm=={locked['litellm']}"
    # The reason for an environment of its own; when it is gone, so should the environment be.
    ours = dict(pins(ROOT / "constraints.txt"))["openai"]
    assert locked["openai"].split(".")[0] != ours.split(".")[0]


def test_locked_versions_have_no_platform_in_them() -> None:
    """`torch==2.13.0` fits every build; `2.13.0+cpu` would fit one."""
    assert not [pin for pin in pins(ROOT / "constraints.txt") if "+" in pin[1]]


def test_environment_yml_has_the_same_direct_versions() -> None:
    """Read back as conda would, and compared under PyPI's names."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    pypi = {name: own for own, name in lock.CONDA_NAMES.items() if name}
    found = {}
    for entry in conda:
        if entry in ("pip", "python>=3.11,<3.14"):
            continue
        name, version = entry.split("=")
        found[normal(pypi.get(name, name))] = version
    for entry in pip:
        name, version = entry.partition(";")[0].split("==")
        found[normal(name)] = version
    assert found == {
        normal(pin.name): pin.version for pin in lock.direct(pyproject(), lock.CONDA_EXTRAS)
    }
    assert environment["channels"][0] == "conda-forge"


def test_environment_yml_is_what_the_tool_writes() -> None:
    stored = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert stored == lock.environment_yml(pyproject())


def test_the_set_up_installs_the_torch_that_is_locked() -> None:
    from tools.house.environment import EXTRAS, TORCH

    assert TORCH in pyproject()["project"]["optional-dependencies"]["torch"]
    extras = set(pyproject()["project"]["optional-dependencies"])
    assert {name for names in EXTRAS.values() for name in names} <= extras


def test_makefile_has_every_command() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^TARGETS := (.*)$", text, re.MULTILINE)
    assert targets
    assert {*targets[1].split(), "help"} == set(COMMANDS)


COMMAND = re.compile(r"(?<![\w/-])(?:make|kit\.py) +([a-z]+(?:-[a-z]+)*)((?: +[A-Z_]+=\S*)*)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_name_commands_that_exist(path: Path) -> None:
    """In code (inline or fenced): `make lab PORT=8899` and the like."""
    text = path.read_text(encoding="utf-8")
    code = " \n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    found = COMMAND.findall(code)
    for name, settings in found:
        assert name in COMMANDS, f"{path.name} names `{name}`"
        command = COMMANDS[name]
        for setting in re.findall(r"([A-Z_]+)=", settings):
            assert setting in command.settings, f"{path.name}: {name} has no {setting}"
    assert found or path.parent.name == "docs"


def test_readme_has_every_lesson_on_its_map() -> None:
    rows = re.findall(r"^\| (\d\d|Lab \d)\b", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    lessons = [path.stem[:2] for path in (ROOT / "course/notebooks").glob("[0-9]*.py")]
    labs = [f"Lab {path.stem[3]}" for path in (ROOT / "course/labs").glob("lab*.py")]
    assert sorted(rows) == sorted([*lessons, *labs])


def test_the_spanish_readme_lists_what_is_in_spanish() -> None:
    text = (ROOT / "README.es.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d\d|Práctica \d)[: ] ?([^|]+?) \|", text, re.MULTILINE)
    found = {
        (lesson.number.removeprefix("lab "), lesson.es["title"])
        for lesson in teaching.lessons()
        if lesson.es
    }
    assert {(number.removeprefix("Práctica "), title) for number, title in rows} == found


@pytest.mark.parametrize("name", ["README.md", "README.es.md"])
def test_readme_names_selfhost_commands_that_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    names = set(re.findall(r"`selfhost (\w+)", text))
    known = {path.stem for path in (ROOT / "src/selfhost/commands").glob("[a-z]*.py")}
    assert names and names <= known


def test_links_between_documents_lead_somewhere() -> None:
    for path in DOCUMENTS:
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#:\s]+)\)", prose):
            # The site's first page is put at its root, beside README.md.
            base = ROOT if path.parent.name == "site" else path.parent
            assert (base / target).exists(), f"{path.name} links to {target}"


def test_no_file_names_a_place_of_one_machine_or_a_package_index() -> None:
    """Put together here, so that this file does not hold what it looks for."""
    hosts = [
        ".".join(parts)
        for parts in (
            ("pypi", "org/simple"),
            ("files", "pythonhosted", "org"),
            ("download", "pytorch", "org"),
            ("registry", "npmjs", "org"),
            ("conda", "anaconda", "org"),
        )
    ]
    places = ["/" + "root/", "/" + "work/main", "/" + "opt/wheels"]
    if len(ROOT.parts) > 2 and not str(ROOT).startswith(("/src", "/app")):
        places.append(str(ROOT))
    # A place inside Ollama's container image, and tests that look for such places themselves.
    allowed = "ollama:/" + "root/.ollama"
    wrong = [
        f"{path.relative_to(ROOT).as_posix()}: {needle}"
        for path in tracked()
        if "tests" not in path.relative_to(ROOT).parts
        for needle in (*hosts, *places)
        if needle in text_of(path).replace(allowed, "")
    ]
    assert wrong == []


def test_text_files_end_their_lines_as_gitattributes_says() -> None:
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".ipynb", ".sh"}
        and b"\r\n" in path.read_bytes()
    ]
    assert wrong == []


def test_modules_have_one_subject_and_fewer_than_300_lines() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("src", "tools")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {name: lines for name, lines in long.items() if lines > 300} == {}


def test_licences_are_named_for_code_text_weights_and_data() -> None:
    text = (ROOT / "LICENSE.md").read_text(encoding="utf-8")
    for words in ("MIT", "CC BY 4.0", "Apache-2.0", "**Data**", "Permission is hereby granted"):
        assert words in text
    assert pyproject()["project"]["license"] == "MIT"


def _schema_check(*arguments: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *arguments],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_workflow_is_valid_and_covers_systems_and_pythons() -> None:
    path = ROOT / ".github/workflows/check.yml"
    _schema_check("--builtin-schema", "vendor.github-workflows", str(path))
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["check"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert matrix["python"] == ["3.11", "3.12", "3.13"]
    assert workflow[True]["schedule"]  # YAML 1.1 reads the key `on` as true


def test_citation_has_what_the_format_asks_for() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    init = (ROOT / "src/selfhost/__init__.py").read_text(encoding="utf-8")
    assert f'__version__ = "{citation["version"]}"' in init


def test_pre_commit_configuration_is_valid() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_ci_script_is_executable_and_runs_make_check() -> None:
    path = ROOT / ".ci/run"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "exec make check"
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o111

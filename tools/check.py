"""`make check`: everything that tells whether the kit works, and a table of what was run.

Static checks (ruff, mypy, the course's own), then the tests, then every notebook and every
solution, executed cell by cell and compared with its stored output where the output follows from
logic. Writes `build/check.json`; fails when anything fails.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from tools.checktable import closing_line, table
from tools.run import program

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
CELL_SECONDS = 300
PLUGINS = ("nbval.plugin", "xdist.plugin", "pytest_timeout")


def say(text: str) -> None:
    """A line that is seen at once."""
    print(text, flush=True)


def check_environment(scratch: Path, model: str | None, engine: str, base_url: str | None) -> dict:
    """What kernels and tests see: by default the embedded endpoint, even beside an Ollama."""
    from tools.course.execute import environment

    env = environment(scratch, ROOT) | {"SELFHOST_ENGINE": engine, "PYTHONUTF8": "1"}
    for name in ("OLLAMA_HOST", "SELFHOST_INSTALL", "SELFHOST_NETWORK", "SELFHOST_CHROMIUM"):
        if os.environ.get(name) and (name != "OLLAMA_HOST" or engine == "ollama"):
            env[name] = os.environ[name]
    if model:
        env["SELFHOST_MODEL"] = model
        # A model that `make pull` has fetched lies in this user's own store.
        env.pop("SELFHOST_MODELS", None)
        if os.environ.get("SELFHOST_MODELS"):
            env["SELFHOST_MODELS"] = os.environ["SELFHOST_MODELS"]
    if engine == "openai":
        if not base_url:
            raise KitError(
                "ENGINE=openai needs the address of a server.",
                "make check ENGINE=openai BASE_URL=http://127.0.0.1:8000/v1 MODEL=name",
            )
        env["SELFHOST_ENDPOINT"] = base_url
        if os.environ.get("OPENAI_API_KEY"):
            env["SELFHOST_API_KEY"] = os.environ["OPENAI_API_KEY"]
    return env


def find_notebooks(wanted: str | None) -> list[Path]:
    """Notebooks and solutions, all or those whose name starts with `wanted`."""
    found = [*sorted(ROOT.glob("notebooks/*.ipynb")), *sorted(ROOT.glob("solutions/*.ipynb"))]
    if wanted is None:
        return found
    chosen = [path for path in found if path.stem.startswith(wanted.removesuffix(".ipynb"))]
    if not chosen:
        names = ", ".join(path.stem for path in found) or "none is built yet"
        raise KitError(f"No notebook's name starts with {wanted} ({names}).", "make check")
    return chosen


def stubs_that_do_not_compile() -> list[str]:
    """Labs are for students to fill in: here we only see that what they get is a program."""
    import nbformat
    from IPython.core.inputtransformer2 import TransformerManager

    wrong = []
    for path in sorted(ROOT.glob("labs/*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        for number, cell in enumerate(notebook.cells, 1):
            if cell.cell_type != "code":
                continue
            source = TransformerManager().transform_cell(cell.source)
            try:
                compile(source, f"{path.name}, cell {number}", "exec", dont_inherit=True)
            except SyntaxError as error:
                wrong.append(f"{path.name}, cell {number}: {error.msg}")
    return wrong


def static_checks(env: dict[str, str], names: list[str]) -> dict[str, dict[str, Any]]:
    """Run the checks that execute nothing; name -> passed, seconds.

    With `names`, only these lessons are looked at, and the code is not.
    """
    module = [sys.executable, "-m"]
    commands = {"course": [*module, "tools.course", "check", *names]}
    if not names:
        commands = {
            "ruff": [*module, "ruff", "check", "."],
            "mypy": [*module, "mypy"],
            **commands,
        }
    results: dict[str, dict[str, Any]] = {}
    for name, command in commands.items():
        started = time.monotonic()
        answer = subprocess.run(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        seconds = round(time.monotonic() - started, 2)
        results[name] = {"passed": answer.returncode == 0, "seconds": seconds}
        say(f"{name}: {'ok' if answer.returncode == 0 else 'FAILED'} ({seconds:.1f} s)")
        if answer.returncode:
            say(answer.stdout.rstrip())
    started = time.monotonic()
    wrong = stubs_that_do_not_compile()
    results["labs"] = {"passed": not wrong, "seconds": round(time.monotonic() - started, 2)}
    say("labs: " + ("ok (every stub compiles)" if not wrong else "FAILED\n" + "\n".join(wrong)))
    return results


def run_pytest(arguments: list[str], env: dict[str, str], target: Path, jobs: str) -> dict:
    """One pytest run with the counting plugin; its counts, with the exit status."""
    target.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-p", "tools.nbcount", "--nbcount", str(target)]
    command += ["-n", jobs, "--dist", "loadfile", "-q", *arguments]
    if not sys.stdout.isatty():
        command.append("--color=no")  # nbval colours its words whatever they are written to
    status = subprocess.run(command, cwd=ROOT, env=env).returncode
    try:
        counts = json.loads(target.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        counts = {"notebooks": {}, "tests": {"passed": 0, "failed": 0, "skipped": 0}, "reasons": []}
    # 5: nothing collected, which for us is a failure too, like every other status but 0.
    if status not in (0, 1) or (status == 1 and not counts["tests"]["failed"]):
        counts["tests"]["failed"] += 1
        counts["reasons"].append(f"pytest ended with status {status}")
    return counts


def hold_endpoint(env: dict[str, str]) -> subprocess.Popen[bytes] | None:
    """Keep one endpoint open over all notebooks, as a reader's JupyterLab does."""
    code = (
        "import sys; from selfhost.endpoint import endpoint; at = endpoint(); "
        "print(at.describe(), flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=env,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline().decode("utf-8", "replace").strip()
    if not line:
        process.wait()
        raise KitError("The endpoint did not start (its words stand above).", "make doctor")
    say(line)
    return process


def run_notebooks(paths: list[Path], env: dict[str, str], jobs: str) -> dict[str, Any]:
    """Every notebook through nbval, strictly, against one endpoint."""
    say(f"\nNotebooks ({len(paths)}): every cell is run, outputs are compared where tags allow")
    holder = hold_endpoint(env)
    # Notebooks need three plugins; loading all that are installed takes longer than a notebook.
    env = {**env, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    plugins = [part for name in PLUGINS for part in ("-p", name)]
    try:
        return run_pytest(
            [
                *plugins, "--nbval", "--nbval-current-env",
                "--nbval-cell-timeout", str(CELL_SECONDS),
                "--nbval-kernel-startup-timeout", "120", "--timeout", str(2 * CELL_SECONDS),
                *[path.relative_to(ROOT).as_posix() for path in paths],
            ],
            env, BUILD / "notebooks.json", jobs,
        )  # fmt: skip
    finally:
        if holder is not None and holder.stdin is not None:
            holder.stdin.close()
            holder.wait(30)


def result_of(
    static: dict[str, dict[str, Any]], units: dict[str, Any], books: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """What stands in `build/check.json`; every static check counts as one test."""
    tests = {"passed": 0, "failed": 0, "skipped": 0}
    for check in static.values():
        tests["passed" if check["passed"] else "failed"] += 1
    for counts in (units, books):
        for outcome in tests:
            tests[outcome] += counts.get("tests", {}).get(outcome, 0)
    notebooks = {
        name: {**counts, "seconds": round(counts["seconds"], 2)}
        for name, counts in books.get("notebooks", {}).items()
    }
    return {
        "notebooks": notebooks,
        "tests": tests,
        "seconds": round(seconds, 1),
        "static": static,
        "units": {**units.get("tests", {}), "files": units.get("durations", {})},
        "skipped": [*units.get("reasons", []), *books.get("reasons", [])],
        "machine": {
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
        },
    }


def main(arguments: list[str] | None = None) -> int:
    """Check, print the table, write the JSON; 0 if nothing failed."""
    parser = argparse.ArgumentParser(prog="tools.check", description=__doc__)
    parser.add_argument("--nb", help="only the notebooks whose name starts like this, e.g. 09")
    parser.add_argument("--model", help="the model that answers (default: aprendiz)")
    parser.add_argument("--engine", choices=("embedded", "ollama", "openai"), default="embedded")
    parser.add_argument("--base-url", help="address of an OpenAI-style server")
    parser.add_argument("--jobs", help="processes side by side (default: cores, at most 4)")
    asked = parser.parse_args(arguments)
    started = time.monotonic()
    paths = find_notebooks(asked.nb)
    jobs = asked.jobs or str(max(1, min(4, os.cpu_count() or 1)))
    scratch = BUILD / "check"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    env = check_environment(scratch, asked.model, asked.engine, asked.base_url)
    static = static_checks(env, [path.stem for path in paths] if asked.nb else [])
    units: dict[str, Any] = {}
    if asked.nb is None:
        say("\nTests")
        # Tests choose their servers themselves.
        own = {name: value for name, value in env.items() if name != "SELFHOST_ENGINE"}
        units = run_pytest([], own, BUILD / "units.json", jobs)
    books = run_notebooks(paths, env, jobs) if paths else {}
    result = result_of(static, units, books, time.monotonic() - started)
    target = BUILD / "check.json"
    temporary = target.with_suffix(".new")
    temporary.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(target)
    say("\n" + table(result))
    say(closing_line(result))
    return 1 if result["tests"]["failed"] else 0


if __name__ == "__main__":
    program(main)

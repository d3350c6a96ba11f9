"""The commands of kit.py: read the line, make the environment, start the program inside it."""

from __future__ import annotations

import shutil
import sys

from selfhost.errors import KitError
from tools.house import classroom, environment, materials
from tools.house.child import options, start
from tools.house.line import Asked, Command, read, sentence
from tools.house.places import BUILD, ROOT, say, wheel_cache

ENGINES = {
    "MODEL": "the model that answers, e.g. gemma3:1b",
    "ENGINE": "embedded, ollama or openai",
    "BASE_URL": "address of an OpenAI-style server, with ENGINE=openai",
}


def _endpoint_variables(asked: Asked) -> dict[str, str]:
    """MODEL=, ENGINE=, BASE_URL= as the variables that `selfhost.endpoint` reads."""
    pairs = {
        "MODEL": "SELFHOST_MODEL",
        "ENGINE": "SELFHOST_ENGINE",
        "BASE_URL": "SELFHOST_ENDPOINT",
    }
    return {pairs[name]: asked.values[name] for name in pairs if asked.values.get(name)}


def lab(asked: Asked) -> int:
    """JupyterLab on the first notebook, with an endpoint behind it."""
    env = environment.ensure("lab", here=asked.here)
    variables = _endpoint_variables(asked)
    if "TOKEN" in asked.values:
        if len(asked.values["TOKEN"]) < 8:
            raise KitError(
                "TOKEN is what keeps others out of your notebooks, and this one is too short.",
                "leave TOKEN out (a random one is made), or give 8 characters or more",
            )
        # Through the environment: a command line can be read by every user of the machine.
        variables["JUPYTER_TOKEN"] = asked.values["TOKEN"]
    return start(env, "-m", "tools.lab", *options(asked, "PORT", "BROWSER"), **variables)


def check(asked: Asked) -> int:
    """All tests and all notebooks."""
    env = environment.ensure("check", here=asked.here, wait_for_wheel=True)
    chosen = options(asked, "NB", "MODEL", "ENGINE", "BASE_URL", "JOBS")
    return start(env, "-m", "tools.check", *chosen)


def notebooks(asked: Asked) -> int:
    """Build notebooks/, solutions/ and labs/ from course/."""
    env = environment.ensure("check", here=asked.here)
    force = ["--force"] if asked.values.get("FORCE", "no") not in ("no", "0", "") else []
    return start(env, "-m", "tools.course", "build", *asked.values.get("NB", "").split(), *force)


def sync(asked: Asked) -> int:
    """Bring notebooks that were edited in JupyterLab back to course/."""
    env = environment.ensure("check", here=asked.here)
    force = ["--force"] if asked.values.get("FORCE", "no") not in ("no", "0", "") else []
    return start(env, "-m", "tools.course", "sync", *asked.values.get("NB", "").split(), *force)


def report(asked: Asked) -> int:
    """Run one notebook with other parameters."""
    if not asked.values.get("NB"):
        raise KitError("`report` needs a notebook.", "python kit.py report NB=14 REPEATS=5")
    env = environment.ensure("lab", here=asked.here)
    known = ("NB", "ENGINE", "BASE_URL")
    pairs = [f"{name}={value}" for name, value in asked.values.items() if name not in known]
    variables = _endpoint_variables(asked)
    return start(env, "-m", "tools.report", asked.values["NB"], *pairs, **variables)


def pull(asked: Asked) -> int:
    """Fetch a model."""
    if not asked.values.get("MODEL"):
        raise KitError("`pull` needs a model.", "python kit.py pull MODEL=gemma3:1b")
    env = environment.ensure("lab", here=asked.here)
    accepted = ["--accept-licence"] if asked.values.get("ACCEPT", "no") == "yes" else []
    return start(env, "-m", "selfhost.cli", "models", "pull", asked.values["MODEL"], *accepted)


def doctor(asked: Asked) -> int:
    """Is this laptop ready?"""
    env = environment.chosen(asked.here)
    if not (env.stamp.exists() and env.python.exists()):
        env = environment.ensure("lab", here=asked.here)
    return start(env, "-m", "selfhost.cli", "doctor")


def serve(asked: Asked) -> int:
    """The endpoint by itself, for front ends and other programs."""
    env = environment.ensure("lab", here=asked.here)
    return start(env, "-m", "selfhost.cli", "serve", *options(asked, "PORT", "HOST"))


def constraints(asked: Asked) -> int:
    """Derive the locked versions again."""
    env = environment.ensure("check", here=asked.here)
    upgrade = ["--upgrade"] if asked.values.get("UPGRADE", "no") == "yes" else []
    return start(env, "-m", "tools.lock", *upgrade)


def wheel(asked: Asked) -> int:
    """Build llama-cpp-python now, and wait for it."""
    env = environment.chosen(asked.here)
    (env.folder / "selfhost-lowlevel.json").unlink(missing_ok=True)
    environment.ensure("lab", here=asked.here, wait_for_wheel=True)
    say(f"Wheels that were built here are kept in {wheel_cache()}")
    return 0


def model_aprendiz(asked: Asked) -> int:
    """Train aprendiz from nothing."""
    env = environment.ensure("lab", here=asked.here)
    quick = asked.values.get("QUICK", "yes") != "no"
    folder = asked.values.get("OUT") or f"build/aprendiz{'-quick' if quick else ''}"
    return start(env, "-m", "models.aprendiz", "--out", folder, *(["--quick"] if quick else []))


def models_verify(asked: Asked) -> int:
    """Are the shipped models what their cards say?"""
    env = environment.ensure("lab", here=asked.here, wait_for_wheel=True)
    return start(env, "-m", "models.aprendiz.verify", *options(asked, "THREADS"))


def clean(asked: Asked) -> int:
    """Remove what can be made again."""
    folders = [BUILD, *(ROOT / f".{tool}_cache" for tool in ("pytest", "mypy", "ruff"))]
    folders += [ROOT / ".hypothesis", ROOT / ".schemathesis"]
    if asked.values.get("ALL", "no") == "yes":
        folders += [ROOT / ".venv", environment.LITELLM]
    for folder in folders:
        if folder.exists():
            say(f"  removing {folder.name}")
            shutil.rmtree(folder)
    return 0


def show_help(asked: Asked) -> int:
    """All commands with their settings."""
    say("The kit's commands (make COMMAND, or python kit.py COMMAND; Windows: py kit.py COMMAND)\n")
    for name, command in COMMANDS.items():
        say(f"  {name:12} {command.text}")
        for setting, meaning in command.settings.items():
            say(f"  {'':14} {setting + '=':10} {meaning}")
    say(
        "\n`python kit.py COMMAND --here` uses the current environment (conda) instead of .venv."
        "\nVariables: SELFHOST_TORCH_INDEX (index with torch's CPU build, for Linux), SELFHOST_VENV"
        "\n(where the environment lies), SELFHOST_WHEELS (where built wheels are kept),"
        "\nSELFHOST_LOWLEVEL=no (do not build llama-cpp-python), SELFHOST_ROOM (a room's address or"
        "\na folder of `make bundle`: install from there alone)."
    )
    return 0


COMMANDS: dict[str, Command] = {
    "lab": Command(
        "open the course in JupyterLab; sets everything up first",
        {
            "PORT": "JupyterLab's port (default: the first free one from 8888)",
            "BROWSER": "no: print the address instead of opening a browser",
            "TOKEN": "JupyterLab's token (default: random; on shared machines set JUPYTER_TOKEN)",
            **ENGINES,
        },
        lab,
    ),
    "check": Command(
        "run all tests and notebooks; writes build/check.json",
        {
            "NB": "only this notebook, e.g. 09",
            **ENGINES,
            "JOBS": "processes side by side",
        },
        check,
    ),
    "doctor": Command("is this machine ready? one line per check, with its mend", {}, doctor),
    "pull": Command(
        "fetch a model (its licence terms are shown first)",
        {"MODEL": "its name, e.g. gemma3:1b", "ACCEPT": "yes: I have read its terms and accept"},
        pull,
    ),
    "serve": Command(
        "run the endpoint by itself", {"PORT": "default 11434", "HOST": "default 127.0.0.1"}, serve
    ),
    "report": Command(
        "run a notebook with other parameters; result in build/reports/",
        {
            "NB": "the notebook, e.g. 14",
            **ENGINES,
            "REPEATS": "and any other parameter of that notebook",
        },
        report,
        any_setting=True,
    ),
    "notebooks": Command(
        "build notebooks/, solutions/ and labs/ from course/",
        {"NB": "only this one", "FORCE": "yes: run again what has not changed"},
        notebooks,
    ),
    "sync": Command(
        "bring notebooks edited in JupyterLab back to course/",
        {"NB": "only this one", "FORCE": "yes: the notebook wins over a changed source"},
        sync,
    ),
    "wheel": Command("build llama-cpp-python now and wait for it", {}, wheel),
    "model-aprendiz": Command(
        "train the course's own model from nothing (minutes; all stages: hours)",
        {"QUICK": "no: all five stages", "OUT": "folder (default build/aprendiz-quick)"},
        model_aprendiz,
    ),
    "models-verify": Command(
        "check the shipped weights against their cards: hashes, logits, scores",
        {"THREADS": "of the engine"},
        models_verify,
    ),
    "constraints": Command(
        "derive constraints*.txt and environment.yml from pyproject.toml",
        {"UPGRADE": "yes: newer indirect versions"},
        constraints,
    ),
    **materials.COMMANDS,
    **classroom.COMMANDS,
    "clean": Command("remove build results", {"ALL": "yes: the environments as well"}, clean),
    "help": Command("this list", {}, show_help),
}


def run(arguments: list[str]) -> int:
    """Run one command line; errors for people are one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old Windows console lacks some letters
    try:
        name, asked = read(arguments, COMMANDS)
        return COMMANDS[name].run(asked)
    except KitError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on where this one ended.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `kit.py help | head`
        sys.stderr.close()
        return 1
    except OSError as error:
        print(sentence(error), file=sys.stderr)
        return 1

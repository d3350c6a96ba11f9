"""LiteLLM, which lives in an environment of its own, asked as a program.

LiteLLM 1.106 wants `openai` below version 3, and the course uses version 3. Two libraries that
cannot agree on a third go into two environments; that is what environments are for.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.paths import kit_root

FOLDER = ".venv-litellm"


def python() -> Path | None:
    """The interpreter of LiteLLM's environment, or None where `kit.py check` has not made it."""
    name = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    found = kit_root() / FOLDER / name
    return found if found.exists() else None


class Running:
    """A program that runs in LiteLLM's environment; `result()` waits for it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def result(self, timeout: float = 120.0) -> Any:
        """What it printed last, read as JSON (or everything as text). Raises `KitError`."""
        try:
            out, err = self._process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            raise KitError(f"LiteLLM did not answer within {timeout:g} s.", "try again") from None
        if self._process.returncode:
            last = (err.strip().splitlines() or ["no message"])[-1]
            raise KitError(f"The program in {FOLDER} failed: {last}")
        lines = out.strip().splitlines()
        try:
            return json.loads(lines[-1])
        except (ValueError, IndexError):
            return out.strip()


def start(code: str, *arguments: str) -> Running:
    """Start a short program there and go on: importing LiteLLM takes several seconds.

    Raises `KitError` when the environment is missing.
    """
    interpreter = python()
    if interpreter is None:
        raise KitError(
            f"LiteLLM's environment {FOLDER} is not there.",
            "python kit.py check (makes it, needs the network)",
        )
    env = {
        **os.environ,
        # Without it, LiteLLM fetches its list of prices from the network when it is imported.
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "PYTHONUTF8": "1",
    }
    command = [str(interpreter), "-W", "ignore", "-c", code, *arguments]
    return Running(
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            env=env,
        )
    )  # fmt: skip


def run(code: str, *arguments: str, timeout: float = 120.0) -> Any:
    """Run a short program there and wait for it."""
    return start(code, *arguments).result(timeout)


PROGRAM = """\
import json, sys
from litellm import completion

model, base, question = sys.argv[1:]
answer = completion(
    model=f"openai/{model}", api_base=base, api_key="ollama", max_tokens=60, temperature=0,
    messages=[{"role": "user", "content": question}],
)
print(json.dumps(answer.choices[0].message.content))
"""

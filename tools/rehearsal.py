"""A plan's dry run against the clock: what reading, guessing, looking and computing take.

    python -m tools.rehearsal                 # what each lesson asks for, beside what it states
    python -m tools.rehearsal half-day --run  # and run the plan's notebooks, cell by cell

With `--run` every cell runs in a fresh kernel, and its time is the one from its request to its
reply. Labs are read as students get them, and run as their solutions.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from selfhost.errors import KitError
from tools import teaching
from tools.effort import Effort, is_fair, room_minutes, whole
from tools.run import program


def computing(path: Path, timeout: int = 600) -> float:
    """Seconds that a notebook's cells take in a fresh kernel. Raises `KitError` if one fails."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    quiet = ["--log-level=40"]  # the kernel would remark on its loopback sockets
    client = NotebookClient(notebook, timeout=timeout, resources=place, extra_arguments=quiet)
    try:
        client.execute()
    except CellExecutionError as error:
        what = f"{error.ename}: {error.evalue}"
        raise KitError(f"A cell of {path.name} failed: {what}.", "make check") from None
    return sum(_seconds(cell.metadata.get("execution", {})) for cell in notebook.cells)


def _seconds(stamps: dict[str, str]) -> float:
    """Between the kernel's beginning of a cell and its reply; 0 for what did not run."""
    if "shell.execute_reply" not in stamps:
        return 0.0
    first, last = stamps["iopub.execute_input"], stamps["shell.execute_reply"]
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()


HEAD = """\
| lesson | words | code | guesses | looks | questions | computing | reader | room | stated |
|---|---|---|---|---|---|---|---|---|---|"""


def row(lesson: teaching.Lesson, effort: Effort, ran: bool) -> str:
    """One line of the table; the last three in minutes."""
    asks = effort.asks
    looks = asks["output"] + asks["picture"] + asks["widget"]
    computing = f"{effort.computing:.0f} s" if ran else ""
    numbers = (
        effort.words, asks["line of code"], asks["guess"], looks, asks["question"], computing,
        f"{effort.minutes:.0f}", f"{room_minutes(effort) + lesson.exercises:.0f}", lesson.minutes,
    )  # fmt: skip
    return "| " + " | ".join([lesson.label, *map(str, numbers)]) + " |"


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 if a lesson states other minutes than it asks for."""
    parser = argparse.ArgumentParser(prog="tools.rehearsal", description=__doc__)
    parser.add_argument("plan", nargs="?", help="only the lessons of this plan")
    parser.add_argument("--run", action="store_true", help="run the notebooks, and measure")
    asked = parser.parse_args(arguments)
    plans = teaching.plans()
    if asked.plan and asked.plan not in plans:
        raise KitError(f"There is no plan {asked.plan} (there are: {', '.join(plans)}).")
    steps = plans[asked.plan]["steps"] if asked.plan else []
    names = [step["lesson"] for step in steps if "lesson" in step]
    print(HEAD)
    wrong = []
    for lesson in teaching.lessons():
        if asked.plan and lesson.name not in names:
            continue
        effort = whole(lesson.efforts().values())
        if asked.run:
            effort += Effort(computing=computing(lesson.complete))
        print(row(lesson, effort, asked.run), flush=True)
        if not is_fair(lesson.minutes - lesson.exercises, effort):
            wrong.append(lesson.name)
    if wrong:
        print(f"\nOther minutes than stated: {', '.join(wrong)}")
    return 1 if wrong and not asked.run else 0


if __name__ == "__main__":
    program(main)

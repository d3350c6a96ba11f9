"""The room's experiment of lab 5: what everybody runs, and several set-ups on one machine."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from selfhost.classroom.analysis import Result
from selfhost.errors import KitError

# Short enough for two minutes on the slowest laptop, long enough for outputs to part.
PROMPTS = (
    "Tell me a story.",
    "Why is the sky blue?",
    "What is the capital of Portugal?",
    "Cuéntame un cuento.",
    "What is an open model?",
    "Write a poem about the sea.",
)
PINNED = {"temperature": 0, "top_k": 1, "seed": 7, "repeat_penalty": 1.0}


@dataclass(frozen=True)
class SetUp:
    """A set-up that one machine can play: another model file, or company."""

    name: str
    model: str | None = None
    neighbours: int = 0
    options: tuple[tuple[str, Any], ...] = ()


ALIKE = SetUp("as everybody")


def set_ups(at: Any) -> tuple[SetUp, ...]:
    """Four set-ups for one machine: two alike, one with other weights, one with a penalty.

    Only the shipped model has a second file with other weights; another model is asked at
    another temperature instead.
    """
    shipped = at.kind == "embedded" and at.model.split(":")[0] == "aprendiz"
    other = (
        SetUp("8-bit weights", model="aprendiz:q8_0")
        if shipped
        else SetUp("another temperature", options=(("temperature", 0.9), ("top_k", 40)))
    )
    penalty = SetUp("a hidden penalty", options=(("repeat_penalty", 1.3),))
    return (ALIKE, SetUp("once more"), other, penalty)


def run_here(at: Any, set_up: SetUp = ALIKE) -> Any:
    """Run the room's experiment on this machine; return its card with the outputs' hashes.

    Generations are kept in a file until all are there: after an interrupt it goes on. Raises
    `KitError` when the endpoint stops answering.
    """
    from types import SimpleNamespace

    from selfhost import stackcard
    from selfhost.determinism.bench import trial
    from selfhost.determinism.experiment import Condition, Experiment
    from selfhost.determinism.replay import with_run

    options = {**PINNED, **dict(set_up.options)}
    here = SimpleNamespace(
        ollama_url=at.ollama_url, model=set_up.model or at.model, api_key=at.api_key, apis=at.apis
    )
    condition = Condition("room", neighbours=set_up.neighbours, reproducible=set_up.neighbours == 0)
    rows = trial(
        here, PROMPTS, {"pinned": options}, conditions=[condition], repeats=1, num_predict=40,
        name=f"lab5-{re.sub('[^a-z0-9]+', '-', set_up.name.lower())}",
    )  # fmt: skip
    grid = Experiment(PROMPTS, {"pinned": PINNED}, (Condition("room"),), repeats=1, num_predict=40)
    card = stackcard.collect(here, asked=options, reproducible=condition.reproducible)
    return with_run(card, grid, rows)


@contextlib.contextmanager
def own_board(code: str = "ROOM44") -> Iterator[tuple[str, str]]:
    """A board on this machine, for those who are alone: (address, join code); ends afterwards."""
    from selfhost.paths import run_dir

    child = subprocess.Popen(
        [sys.executable, "-m", "selfhost", "board", "--port", "0", "--code", code, "--clear",
         "--file", str(run_dir() / "lab5.sqlite")],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert child.stderr is not None
    try:
        said = child.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        if found is None:
            raise KitError(f"The board did not start: {said.strip()}", "selfhost board")
        yield found[0], code
    finally:
        child.terminate()
        child.wait(30)
        child.stderr.close()


# --- self-checks ------------------------------------------------------------------------------


def _example() -> list[Result]:
    """Five made-up results whose groups are known: a test of the reader's function, no data."""
    from selfhost import stackcard
    from selfhost.stackcard.card import Hardware, Run, now

    outputs = ["ab", "ab", "cb", "ab", "cd"]
    sets = [["avx2"], ["avx2"], ["neon"], ["avx2"], ["neon"]]
    return [
        Result(n, "", stackcard.Card(
            created=now(), hardware=Hardware(instruction_sets=s),
            run=Run(outputs={"x": o[0] * 64, "y": o[1] * 64}),
        ))
        for n, (o, s) in enumerate(zip(outputs, sets, strict=True), 1)
    ]  # fmt: skip


def check_groups(function: Any) -> str:
    """Exercise 1: laptops with the same outputs belong together."""
    from selfhost.checks import Hint

    found = function(_example())
    try:
        given = sorted(sorted(int(n) for n in group) for group in found)
    except TypeError:
        raise Hint(
            "Return a list of groups, each a list of the laptops' numbers: [[1, 2], [3]]."
        ) from None
    numbers = [n for group in given for n in group]
    if sorted(numbers) != [1, 2, 3, 4, 5]:
        raise Hint("Five laptops were given; each must be in exactly one group.")
    if [3, 5] in given:
        raise Hint("Laptops 3 and 5 agree on one output and differ on the other: look at all.")
    if given != [[1, 2, 4], [3], [5]]:
        raise Hint("Compare the whole `outputs` of a laptop, keys and hashes, with the others'.")
    return "each laptop is in one group, and the groups are right"


def check_claim(answer: float, laptops: int, generations: int) -> str:
    """Exercise 2: what equal outputs of a room allow to say."""
    from selfhost.checks import Hint
    from selfhost.determinism import at_most

    if not isinstance(answer, int | float) or isinstance(answer, bool):
        raise Hint("Give a share between 0 and 1, computed with `at_most`.")
    right = at_most(laptops - 1)
    as_generations = (laptops * generations, (laptops - 1) * generations, laptops * generations - 1)
    if any(abs(answer - at_most(count)) < 1e-9 for count in as_generations):
        raise Hint(
            "The generations of one laptop are no independent trials: the same machine makes them "
            "all. Count laptops."
        )
    if abs(answer - at_most(laptops)) < 1e-9:
        raise Hint("The first laptop is what the others are compared with: one trial fewer.")
    if abs(answer - right) > 1e-9:
        raise Hint("How many comparisons with the first laptop were there?")
    return f"fewer than {right:.0%} of such laptops would differ, at 95 % confidence"


def check_cause(field: str, a: Any, b: Any) -> str:
    """Exercise 3: the field that explains a difference between two cards."""
    from selfhost.checks import Hint, filled
    from selfhost.stackcard import differences

    if not isinstance(filled(field, "field"), str):
        raise Hint("Give the field's name as text: what stands before the colon.")
    found = [d for d in differences(a, b) if d.settled and d.why]
    names = [d.field for d in found]
    if not names:
        raise Hint("These two cards agree on everything that changes an output.")
    if field not in names:
        raise Hint(f"{field!r} does not differ between the two cards, or is not known in one.")
    if field != names[0]:
        raise Hint(f"{field} differs, but something before it would explain it better.")
    return f"{field}: {found[0].why}"

"""Self-checks for labs: they say what is wrong in the reader's words, never with a stack trace.

A lab makes one list of checks and runs them one by one:

    check = Checks("Lab 1")
    check("1a", "the licence of Halcon", lab1.licence_of, answer)

A check is a function that returns a sentence (or None) when all is well and raises `Hint` with what
to look at otherwise. Whatever else goes wrong in it, a reader's half-finished answer most often,
becomes a hint too. A check tells where to look; it does not tell the answer.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from . import progress
from .errors import KitError

GOOD, TRY = "✔", "✘"


class Hint(Exception):
    """What a reader should look at next, as one or two sentences."""


@dataclass(frozen=True)
class Outcome:
    """The result of one check, as shown to the reader."""

    key: str
    title: str
    passed: bool
    message: str

    def __str__(self) -> str:
        mark = GOOD if self.passed else TRY
        tail = f": {self.message}" if self.message else ""
        return f"{mark} {self.key} {self.title}{tail}"


@dataclass
class Checks:
    """The checks of one lab; calling it runs and prints one, `summary()` counts them."""

    lab: str
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    show: Callable[[str], None] = print

    def __call__(self, key: str, title: str, test: Callable[..., str | None], *given: Any) -> None:
        """Run `test(*given)` and print the outcome: what a cell calls, so it returns nothing."""
        self.run(key, title, test, *given)

    def run(self, key: str, title: str, test: Callable[..., str | None], *given: Any) -> bool:
        """The same; True if it passed. Running it again replaces the earlier result."""
        try:
            outcome = Outcome(key, title, True, test(*given) or "")
        except Hint as hint:
            outcome = Outcome(key, title, False, str(hint))
        except KitError as error:
            outcome = Outcome(key, title, False, str(error))
        except Exception as error:
            outcome = Outcome(key, title, False, explain(error))
        self.outcomes[key] = outcome
        progress.note(self.lab, key, outcome.passed)
        self.show(str(outcome))
        return outcome.passed

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(outcome.passed for outcome in self.outcomes.values())

    @property
    def open(self) -> list[str]:
        """Keys of the checks that have not passed."""
        return [key for key, outcome in self.outcomes.items() if not outcome.passed]

    def done(self, *keys: str) -> bool:
        """Have all of these been run, and passed?"""
        return all(key in self.outcomes and self.outcomes[key].passed for key in keys)

    def summary(self) -> str:
        """One line for the end of the lab."""
        total = len(self.outcomes)
        if not total:
            return f"{self.lab}: no check has run yet. Run the cells above first."
        if not self.open:
            return f"{self.lab}: {total} of {total} checks passed. Well done."
        return f"{self.lab}: {self.passed} of {total} checks passed; open: {', '.join(self.open)}."


# What usual mistakes mean, for people who have met Python last week.
_USUAL: tuple[tuple[type[Exception], str], ...] = (
    (NameError, "a name is used before the cell that defines it has run; run the cells above"),
    (KeyError, "a key is missing from the dictionary; compare the spelling with the example"),
    (IndexError, "a list is shorter than expected; did an entry get lost?"),
    (AttributeError, "a value has another type than expected, often None: is a `return` missing?"),
    (TypeError, "a value has another type than expected; print it and look"),
    (ValueError, "a value has the right type and the wrong content; print it and look"),
    (ZeroDivisionError, "something divides by zero; is a list empty?"),
    (FileNotFoundError, "a file is not where it was looked for; check the path"),
)


def explain(error: Exception) -> str:
    """A stray exception as a hint: what it usually means, what Python said, and where."""
    meaning = next((text for kind, text in _USUAL if isinstance(error, kind)),
                   "the answer could not be checked")  # fmt: skip
    said = " ".join(str(error).split())[:160]
    frames = traceback.extract_tb(error.__traceback__)
    mine = [f for f in frames if "ipykernel" in f.filename or f.filename.startswith("<")]
    where = f", line {mine[-1].lineno} of your cell" if mine else ""
    return f"{meaning} (Python said {type(error).__name__}: {said}{where})"


# --- small tools for writing checks ------------------------------------------------------------


def expect(condition: bool, hint: str) -> None:
    """Raise the hint unless the condition holds."""
    if not condition:
        raise Hint(hint)


def filled(value: Any, name: str) -> Any:
    """The value, or a hint that the reader has not filled in `name` yet."""
    empty = value is None or value is ...
    if isinstance(value, str | list | dict | tuple):  # an array would compare each of its numbers
        empty = value in ("", "...", "TODO", [], {}, ())
    what = f"`{name}`" if name.isidentifier() else name
    expect(not empty, f"{what} is still empty; write your answer at YOUR CODE HERE, and run the "
           "cell again")  # fmt: skip
    return value


def one_of(value: Any, allowed: Iterable[str], name: str) -> str:
    """The value if it is one of the allowed words, else a hint that lists them."""
    choices = list(allowed)
    filled(value, name)
    expect(isinstance(value, str), f"`{name}` should be text in quotes, one of: "
           f"{', '.join(choices)}")  # fmt: skip
    expect(value in choices, f"`{name}` is {value!r}, and should be one of: {', '.join(choices)}")
    return str(value)


def written(value: Any, name: str, words: int) -> str:
    """The text if it has at least so many words, else a hint."""
    filled(value, name)
    expect(isinstance(value, str), f"`{name}` should be text in quotes")
    count = len(str(value).split())
    expect(count >= words, f"`{name}` has {count} words; write at least {words}")
    return str(value)


def mentions(text: str, choices: Iterable[str], hint: str) -> None:
    """Raise the hint unless the text names at least one of the choices."""
    lower = text.lower()
    expect(any(choice.lower() in lower for choice in choices), hint)


def close(value: Any, wanted: float, tolerance: float, name: str, hint: str) -> float:
    """The number if it lies within the tolerance of what is wanted, else the hint."""
    filled(value, name)
    expect(isinstance(value, int | float) and not isinstance(value, bool),
           f"`{name}` should be a number, without quotes")  # fmt: skip
    expect(abs(value - wanted) <= tolerance, hint)
    return float(value)

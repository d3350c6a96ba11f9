"""An experiment is a grid: prompts × settings × conditions × repeats. What it is, and its keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from selfhost.errors import KitError


@dataclass(frozen=True)
class Condition:
    """What goes on around a request.

    `neighbours`: so many other requests are kept running while it is computed. `reproducible`:
    ask the embedded endpoint for its reproducible mode (other servers ignore it). `extra`: more
    fields of the request's body, outside `options`. `together`: so many generations of the
    experiment itself are under way at once; faster, and a condition of its own, since they share
    the server's batches. Raises `KitError` for reproducible generations together.
    """

    name: str = "alone"
    neighbours: int = 0
    reproducible: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    together: int = 1

    def __post_init__(self) -> None:
        if self.together < 1 or self.neighbours < 0:
            raise KitError(
                "A condition has 1 generation or more at once, and 0 neighbours or more."
            )
        if self.together > 1 and self.reproducible:
            raise KitError(
                "Reproducible mode computes one answer at a time: a condition has `together` or "
                "`reproducible`, not both."
            )


@dataclass(frozen=True)
class Cell:
    """One generation to be made."""

    number: int
    prompt: str
    setting: str
    condition: Condition
    repeat: int

    @property
    def key(self) -> str:
        """Names the generation in files and cards: the prompt's hash, not its text."""
        digest = hashlib.sha256(self.prompt.encode()).hexdigest()[:8]
        return f"{digest}/{self.setting}/{self.condition.name}/{self.repeat}"


@dataclass(frozen=True)
class Experiment:
    """The grid. `settings` are sampling options by name, as Ollama's `options` takes them.

    Repeats are the outermost loop: a slow change of the machine meets all cells alike, and a run
    that is cut off has some of everything. Raises `KitError` for a grid that makes no sense.
    """

    prompts: tuple[str, ...]
    settings: Mapping[str, Mapping[str, Any]]
    conditions: tuple[Condition, ...] = (Condition(),)
    repeats: int = 10
    system: str | None = None
    num_predict: int = 48

    def __post_init__(self) -> None:
        names = [condition.name for condition in self.conditions]
        if not (self.prompts and self.settings and self.conditions and self.repeats > 0):
            raise KitError("An experiment needs a prompt, a setting, a condition and a repeat.")
        if len(set(names)) < len(names) or len(set(self.prompts)) < len(self.prompts):
            raise KitError("Two prompts or two conditions of the experiment have the same name.")

    def __len__(self) -> int:
        return len(self.prompts) * len(self.settings) * len(self.conditions) * self.repeats

    def cells(self) -> Iterator[Cell]:
        """Every generation of the grid, in the order in which they are made."""
        number = 0
        for repeat in range(self.repeats):
            for condition in self.conditions:
                for setting in self.settings:
                    for prompt in self.prompts:
                        yield Cell(number, prompt, setting, condition, repeat)
                        number += 1

    def options(self, cell: Cell) -> dict[str, Any]:
        """The sampling options that are sent for a cell."""
        return {"num_predict": self.num_predict, **self.settings[cell.setting]}

    def as_dict(self) -> dict[str, Any]:
        """The grid as plain data, for a file or a stack card."""
        data: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        for condition in data["conditions"]:
            if condition["together"] == 1:  # as in cards written before there was a choice
                del condition["together"]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Experiment:
        """The inverse of `as_dict`. Raises `KitError`."""
        try:
            values = dict(data)
            values["prompts"] = tuple(values["prompts"])
            values["conditions"] = tuple(Condition(**each) for each in values["conditions"])
            return cls(**values)
        except (KeyError, TypeError) as error:
            raise KitError(f"This is not an experiment: {error}.") from None

    @property
    def digest(self) -> str:
        """Hash of the grid: two files with the same one hold the same experiment."""
        text = json.dumps(self.as_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

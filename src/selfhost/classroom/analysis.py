"""Many laptops, one experiment: who got the same outputs, and what do their cards share?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from selfhost.stackcard import Card
from selfhost.stackcard.diff import flat

# Facts about when, by whom and how much memory: they differ everywhere and change no output.
_IDLE = ("created", "run", "kit", "stackcard", "where", "hardware.ram_gib", "hardware.cores")


@dataclass(frozen=True)
class Result:
    """One laptop's result: a number on the board, what its user typed as a name, its card."""

    number: int
    nickname: str
    card: Card

    @property
    def outputs(self) -> Mapping[str, str]:
        """sha256 of each generation, by its key; empty when the card has no run."""
        return self.card.run.outputs if self.card.run else {}


@dataclass(frozen=True)
class Group:
    """Laptops whose outputs are all the same. `shared`: fields on which their cards agree."""

    letter: str
    members: tuple[int, ...]
    shared: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Board:
    """Everything the page shows.

    `matrix[i][j]` is the rank of laptop i's output for `keys[j]` among all outputs for it: 0 for
    the most frequent one, -1 when it has none. `telling` are fields that are the same within each
    group and differ between groups.
    """

    keys: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]
    groups: tuple[Group, ...]
    telling: tuple[tuple[str, dict[str, Any]], ...]

    def sentence(self, total: int) -> str:
        """One line for the teacher to read aloud."""
        if total == 0:
            return "Nobody has sent a result yet."
        if total == 1:
            return "One laptop has sent its result; a second one makes it an experiment."
        if len(self.groups) == 1:
            return f"All {total} laptops agree on every output."
        first = self.groups[0]
        text = (
            f"{total} laptops form {len(self.groups)} groups; the largest has {len(first.members)}."
        )
        if self.telling:
            name, values = self.telling[0]
            said = "; ".join(f"{letter}: {_short(value)}" for letter, value in values.items())
            return f"{text} What tells them apart: {name} ({said})."
        return f"{text} No single field of the cards tells the groups apart."


def analyse(results: Sequence[Result]) -> Board:
    """Sort the results into groups of identical outputs; the largest group is A."""
    keys = tuple(sorted({key for result in results for key in result.outputs}))
    ranks = {key: _ranks(results, key) for key in keys}
    matrix = tuple(
        tuple(ranks[key].get(result.outputs.get(key, ""), -1) for key in keys) for result in results
    )
    same: dict[tuple[int, ...], list[Result]] = {}
    for line, result in zip(matrix, results, strict=True):
        same.setdefault(line, []).append(result)
    ordered = sorted(same.values(), key=lambda members: (-len(members), members[0].number))
    groups = tuple(
        Group(_letter(n), tuple(r.number for r in members), _shared(members))
        for n, members in enumerate(ordered)
    )
    return Board(keys, matrix, groups, tuple(_telling(groups)))


def _ranks(results: Sequence[Result], key: str) -> dict[str, int]:
    """sha256 -> rank; ties go to the one that came first, so that colours do not flicker."""
    counted = Counter(result.outputs[key] for result in results if key in result.outputs)
    first = {digest: number for number, digest in enumerate(counted)}
    ordered = sorted(counted, key=lambda digest: (-counted[digest], first[digest]))
    return {digest: rank for rank, digest in enumerate(ordered)}


def _letter(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _fields(card: Card) -> dict[str, Any]:
    return {
        name.removesuffix(".value"): tuple(value) if isinstance(value, list) else value
        for name, value in flat(card.model_dump(mode="json", exclude={"run"}))
        if not name.endswith(".origin") and not name.startswith(_IDLE)
    }


def _shared(members: Sequence[Result]) -> dict[str, Any]:
    fields = [_fields(result.card) for result in members]
    return {
        name: value
        for name, value in fields[0].items()
        if value not in ("unknown", ()) and all(each.get(name) == value for each in fields)
    }


def _telling(groups: Sequence[Group]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Fields known and constant within every group, with no value in two groups."""
    if len(groups) < 2:
        return
    for name in groups[0].shared:
        if not all(name in group.shared for group in groups):
            continue
        values = {group.letter: group.shared[name] for group in groups}
        if len(set(values.values())) == len(groups):
            yield name, values


def _short(value: Any, limit: int = 32) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"

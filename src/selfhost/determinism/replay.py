"""Repeat somebody's experiment here, and say what matched, what differed and why, most likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfhost.determinism.clients import HttpClient
from selfhost.determinism.experiment import Experiment
from selfhost.determinism.runner import Progress, run
from selfhost.errors import KitError
from selfhost.stackcard import Card, Difference, collect, differences, likely_reason
from selfhost.stackcard.card import Run


@dataclass(frozen=True)
class Replay:
    """The two cards side by side. `same` and `other` are keys of generations."""

    theirs: Card
    ours: Card
    same: tuple[str, ...]
    other: tuple[str, ...]
    fields: tuple[Difference, ...]

    def sentence(self) -> str:
        """What came out, and which difference of the cards to suspect."""
        total = len(self.same) + len(self.other)
        if not self.other:
            return f"All {total} generations are the same here, byte for byte."
        share = f"{len(self.other)} of {total} generations differ here."
        return f"{share} {likely_reason(list(self.fields))}"


def with_run(card: Card, experiment: Experiment, rows: Sequence[dict[str, Any]]) -> Card:
    """The card with the experiment and the hashes of its outputs, so that it can be replayed."""
    outputs = {row["key"]: row["sha256"] for row in rows}
    return card.model_copy(update={"run": Run(experiment=experiment.as_dict(), outputs=outputs)})


def card_for(at: Any, experiment: Experiment) -> Card:
    """The endpoint's card under the settings and the condition of the experiment's first cell."""
    first = next(iter(experiment.cells()))
    return collect(at, asked=experiment.options(first), reproducible=first.condition.reproducible)


def replay(theirs: Card, at: Any, path: Path, *, progress: Progress | None = None) -> Replay:
    """Run the card's experiment against the endpoint `at`, keeping the rows in `path`.

    Raises `KitError` when the card holds no experiment, or the endpoint stops answering.
    """
    if theirs.run is None or not theirs.run.experiment:
        raise KitError(
            "This card says what ran, but holds no experiment to repeat.",
            "selfhost stackcard --run RESULTS.jsonl",
        )
    experiment = Experiment.from_dict(theirs.run.experiment)
    client = HttpClient.of(at)
    try:
        rows = run(experiment, client, path, progress=progress)
    finally:
        client.close()
    ours = with_run(card_for(at, experiment), experiment, rows)
    expected = theirs.run.outputs
    found = ours.run.outputs if ours.run else {}
    compared = [key for key in expected if key in found]
    return Replay(
        theirs,
        ours,
        tuple(key for key in compared if expected[key] == found[key]),
        tuple(key for key in compared if expected[key] != found[key]),
        tuple(differences(theirs, ours)),
    )

"""Lab 6: three pairs of runs that differ for one reason each, made live, and its self-checks.

All runs are llama.cpp's (a wheel, no compiler), so that the lab takes a minute and not five. The
reasons stand in `_HIDDEN` below: a lab's secrets are honest ones, readers of code find them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfhost.checks import Hint, filled, mentions, one_of, written
from selfhost.engines.base import GREEDY, Progress, Settings, silent
from selfhost.engines.benchmark import DOUBLED_BOS, OTHER_TEMPLATE, OWN, Item, Rendering
from selfhost.engines.catalogue import open_engine
from selfhost.engines.causes import PENALTY
from selfhost.engines.runs import Run, against, run
from selfhost.errors import KitError
from selfhost.stackcard import Card
from selfhost.stackcard.card import UNKNOWN, Model, Serving

BASE = "llama.cpp/F32"


@dataclass(frozen=True)
class Switch:
    """One factor away from the base."""

    engine: str = BASE
    rendering: Rendering = OWN
    settings: Settings = GREEDY


# What may be the reason, in the words that readers answer with.
CAUSES: Mapping[str, Switch] = {
    "nothing": Switch(),
    "another chat template": Switch(rendering=OTHER_TEMPLATE),
    "a doubled BOS": Switch(rendering=DOUBLED_BOS),
    "a repetition penalty": Switch(settings=PENALTY),
    "other numbers in the weights": Switch(engine="llama.cpp/Q8_0"),
    "other numbers in the KV cache": Switch(engine="llama.cpp/F32/kv16"),
}
PLACES = ("before the network", "inside the network", "after the network")
_HIDDEN = {1: "a repetition penalty", 2: "other numbers in the weights", 3: "a doubled BOS"}
_PLACE = {1: PLACES[2], 2: PLACES[1], 3: PLACES[0]}


@dataclass(frozen=True)
class Pair:
    """Two runs of the same questions."""

    number: int
    a: Run
    b: Run


class Lab:
    """The runs of the lab; each is made once."""

    def __init__(self, items: Sequence[Item], progress: Progress = silent) -> None:
        self.items, self.progress = list(items), progress
        self._runs: dict[str, Run] = {}

    def with_cause(self, cause: str) -> Run:
        """Run it yourself: the base with one factor switched. Raises `KitError`."""
        if cause not in CAUSES:
            raise KitError(f"There is no cause {cause!r}; there are: {', '.join(CAUSES)}.")
        if cause not in self._runs:
            switch = CAUSES[cause]
            with open_engine(switch.engine, progress=self.progress) as engine:
                self._runs[cause] = run(
                    engine, self.items, rendering=switch.rendering, settings=switch.settings,
                    name=cause,
                )  # fmt: skip
        return self._runs[cause]

    def pair(self, number: int) -> Pair:
        """Pair 1, 2 or 3. B of pair 2 has the card of a server that tells little."""
        a, b = self.with_cause("nothing"), self.with_cause(_HIDDEN[number])
        card = _tells_little(b.card) if number == 2 else b.card
        named = Run(f"B{number}", b.items, b.answers, b.right, b.seconds, card)
        return Pair(
            number, Run(f"A{number}", a.items, a.answers, a.right, a.seconds, a.card), named
        )


def _tells_little(card: Card) -> Card:
    """What is left of a card when the server is somebody else's: its name and our settings.

    Compare `selfhost.stackcard.collect` on a server that speaks OpenAI's API only.
    """
    return card.model_copy(
        update={
            "model": Model(name=card.model.name, eos_token_ids=card.model.eos_token_ids),
            "engine": card.engine.model_copy(update={"build": {}, "commit": UNKNOWN}),
            "serving": Serving(),
        }
    )


def symptoms(pair: Pair) -> dict[str, float]:
    """The measures that tell where a cause sits.

    `first_logprob`: largest difference of the *first* token's log-probability among answers that
    begin with the same token, nats. There nothing has been generated yet: only the prompt and the
    network can make a difference.
    """
    found = against(pair.a, pair.b)
    firsts = [
        abs(x.logprobs[0] - y.logprobs[0])
        for x, y in zip(pair.a.answers, pair.b.answers, strict=True)
        if x.tokens and y.tokens and x.tokens[0] == y.tokens[0]
    ]
    return {
        "answers that differ": found.disagreement_rate,
        "length bias": found.length_bias,
        "RMSE of log-probabilities": found.rmse_top1_logprob,
        "first token, largest difference": max(firsts, default=math.nan),
        "same top five": found.jaccard_top5,
        "shift of the score": found.score.shift,
    }


def is_the_same(a: Run, b: Run) -> bool:
    """Whether two runs are equal to the last digit: texts, tokens and probabilities."""
    return all(
        (x.tokens, x.logprobs) == (y.tokens, y.logprobs)
        for x, y in zip(a.answers, b.answers, strict=True)
    )


# --- self-checks ------------------------------------------------------------------------------


def check_rate(function: Callable[[Any, Any], float], pair: Pair) -> str:
    """Exercise 1: the output disagreement rate, written by the reader."""
    small = [("a", "b"), ("a", "c")]
    given = [function([x[0] for x in small], [x[1] for x in small])]
    for value in given:
        if value is None:
            raise Hint("The function returns nothing yet.")
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Hint("Return one number: how many of the pairs differ, divided by their number.")
    if function(["a", "b"], ["a", "c"]) != 0.5:
        raise Hint("Of ['a', 'b'] and ['a', 'c'], one of two pairs differs: the rate is 0.5.")
    if function(["a", "b"], ["b", "a"]) != 1.0:
        raise Hint("Compare answer by answer, in order: these two lists differ in both places.")
    texts = [[answer.text for answer in each.answers] for each in (pair.a, pair.b)]
    return f"pair {pair.number}: {function(*texts):.0%} of the answers differ"


def check_place(answer: str, number: int) -> str:
    """Where a cause sits, from the measures alone."""
    given = one_of(answer, PLACES, f"place_{number}")
    right = _PLACE[number]
    hints = {
        PLACES[0]: "Look at the first token: nothing has been chosen yet, and it differs already, "
        "by several times as much as in pair 2.",
        PLACES[1]: "Look at the RMSE: the numbers differ a little everywhere, and some answers "
        "follow. Which part computes numbers?",
        PLACES[2]: "Look at the RMSE and at the first token: as long as both said the same, the "
        "network gave the same numbers. So who chose otherwise?",
    }
    if given != right:
        raise Hint(hints[right])
    return right


def check_cause(answer: str, number: int) -> str:
    """The reason, in the words of `CAUSES`."""
    given = one_of(answer, CAUSES, f"cause_{number}")
    if given != _HIDDEN[number]:
        raise Hint(
            f"{given!r} is not it. Compare the two cards with `stackcard.differences`, or switch "
            "one factor yourself with `lab.with_cause` and see whether the run becomes B."
        )
    return f"pair {number}: {given}"


def check_proof(proof: Any, pair: Pair) -> str:
    """A run of the reader's own that gives B again, to the last digit."""
    name = f"proof_{pair.number}"
    made = filled(proof, name)
    if not isinstance(made, Run):
        raise Hint(f"`{name}` should be a run: what `lab.with_cause(...)` returns.")
    if made.items != pair.b.items:
        raise Hint("Your run answers other questions: use the same `lab`.")
    if is_the_same(made, pair.a):
        raise Hint("That is run A again: switch the factor that you suspect.")
    if not is_the_same(made, pair.b):
        differ = against(pair.b, made).disagreement_rate
        raise Hint(
            f"Not B: {differ:.0%} of the answers differ from it"
            + (", and the probabilities do." if differ == 0 else ". Try another cause.")
        )
    return "your run is B, to the last digit of every probability: the cause is proved"


def check_report(text: str) -> str:
    """One sentence for a paper that names what must be equal."""
    said = written(text, "report", 12)
    wanted = {
        "the template and BOS": ("template", "bos"),
        "the number format": (
            "quanti",
            "format",
            "precision",
            "float",
            "q4",
            "q8",
            "f16",
            "f32",
            "-bit",
            " bit",
        ),
        "the penalty": ("penalt", "penaliz"),
        "the engine": ("engine", "llama.cpp"),
    }
    for what, words in wanted.items():
        mentions(
            said, words, f"A reader could not repeat it without {what}: say what was in force."
        )
    return "somebody else could repeat this"

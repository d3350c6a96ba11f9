"""The six classes of the openness spectrum, as rules over what is published and how it is reached.

behind-app → directly accessible → available weights → open weight → open source → reproducible:
each class includes what the ones before give, so a class holds when its own requirements and those
of every class before it are met. Source of the classes: the workshop "Generative AI models running
in your own infrastructure" (2025-09 to 2026-05), the Open Weight Definition for "open weight".
"""

from __future__ import annotations

from dataclasses import dataclass

from .findings import Finding, all_met, need
from .state import States

CLASSES = (
    "behind-app",
    "directly accessible",
    "available weights",
    "open weight",
    "open source",
    "reproducible",
)
MEANING = {
    "behind-app": "one or more models inside an application; the model may change any day",
    "directly accessible": "an HTTP API decides how far you control the model",
    "available weights": "the weights can be downloaded, under conditions",
    "open weight": "weights to use, change and pass on without conditions of use",
    "open source": "also the software to train and run it and a description of the training",
    "reproducible": "also the training data and the code that prepared it: all to make it again",
}
_WORKSHOP = "the workshop's openness spectrum (2026-05)"
_OWD = "https://openweight.org/open-weight-definition-v0.1.html"

# (components of which one is enough, must the terms be open?) per class from the third on.
_NEEDS: dict[str, tuple[tuple[tuple[str, ...], bool], ...]] = {
    "available weights": ((("parameters_final",), False),),
    "open weight": ((("parameters_final",), True),),
    "open source": (
        (("architecture",), True),
        (("training_code",), True),
        (("inference_code",), True),
        (("technical_report", "research_paper"), False),
        (("data_card", "datasets"), False),
    ),
    "reproducible": ((("datasets",), True), (("preprocessing_code",), True)),
}


@dataclass(frozen=True)
class ClassResult:
    """The class that holds (None: nothing to run), the findings of every class, and doubts.

    `possible` is the highest class that could hold if every unknown fact turned out well.
    """

    name: str | None
    findings: dict[str, tuple[Finding, ...]]
    possible: str | None

    @property
    def next(self) -> str | None:
        """The class after the one that holds, or None at the top."""
        if self.name is None:
            return CLASSES[0]
        place = CLASSES.index(self.name) + 1
        return CLASSES[place] if place < len(CLASSES) else None

    def missing(self) -> tuple[Finding, ...]:
        """What keeps the release out of the next class."""
        return tuple(f for f in self.findings.get(self.next or "", ()) if f.met is not True)

    def reasons(self) -> tuple[Finding, ...]:
        """What holds the release in its class: the met requirements up to it."""
        if self.name is None:
            return ()
        held = CLASSES[: CLASSES.index(self.name) + 1]
        return tuple(f for name in held for f in self.findings[name])


def _reach(states: States) -> dict[str, tuple[Finding, ...]]:
    """The first two classes ask only whether there is any way to the model."""
    release, weights = states.release, states["parameters_final"]
    maybe: bool | None = None if weights.status == "unknown" else False
    api = "api" in release.reach or weights.published
    app = "app" in release.reach or api
    how = (
        "the weights can be downloaded, so you can put your own app or API before them"
        if weights.published
        else "the provider runs an HTTP API"
        if "api" in release.reach
        else "there is an application to use it through"
        if app
        else "no way to reach the model was found"
    )
    direct = how if api else "no HTTP API and no weights were found"
    keys = ("parameters_final",) if weights.published else ()
    return {
        "behind-app": (Finding("behind-app", app or maybe, how, keys, "", _WORKSHOP),),
        "directly accessible": (
            Finding("directly accessible", api or maybe, direct, keys, "", _WORKSHOP),
        ),
    }


def judge_class(states: States) -> ClassResult:
    """Climb the ladder as long as every requirement is met."""
    findings = _reach(states)
    for name, needs in _NEEDS.items():
        source = _OWD if name == "open weight" else _WORKSHOP
        findings[name] = tuple(
            need(states, name, source, keys, open_terms=opened) for keys, opened in needs
        )
    held: str | None = None
    possible: str | None = None
    proven = True
    for name in CLASSES:
        answer = all_met(findings[name])
        if answer is False:
            break
        proven = proven and answer is True
        possible = name
        if proven:
            held = name
    return ClassResult(held, findings, possible)

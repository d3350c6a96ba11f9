"""The four freedoms of free software (use, study, modify, share), asked of each component."""

from __future__ import annotations

from .state import State, States

FREEDOMS = ("use", "study", "modify", "share")


def freedoms_of(state: State) -> dict[str, str]:
    """yes, conditional, no or unknown for each freedom.

    Study needs only that the part is there to look at; the licence decides the other three. For
    weights, study stays conditional: numbers can be looked at, but what they were made from shows
    only in data and training code.
    """
    if state.status == "unknown":
        return dict.fromkeys(FREEDOMS, "unknown")
    if not state.published:
        return dict.fromkeys(FREEDOMS, "no")
    weights = state.component.id.startswith("parameters_")
    return {
        "use": state.terms.use,
        "study": "conditional" if weights else "yes",
        "modify": state.terms.modify,
        "share": state.terms.share,
    }


def freedoms(states: States) -> dict[str, dict[str, str]]:
    """The freedoms of every component; studying the weights is complete when all of their origin
    (training code, data, preparation) is published."""
    table = {key: freedoms_of(state) for key, state in states.items()}
    origin = ("training_code", "datasets", "preprocessing_code")
    if all(states[key].published for key in origin):
        for key in ("parameters_final", "parameters_intermediate"):
            if states[key].published:
                table[key]["study"] = "yes"
    return table

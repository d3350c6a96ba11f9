"""The five aspects on which releases differ, each derived from the facts by a rule of its own.

No aspect looks at the class: that the table of the six classes comes out for a typical member of
each is checked by a test, which is what makes the table an outcome and not an assumption.
"""

from __future__ import annotations

from .state import States

ASPECTS = ("access", "model control", "data control", "autonomy", "trust")
WHY = {
    "access": "use cases, innovation, integration: can you run inference the way you want?",
    "model control": "use cases, innovation, integration: can you change how it works?",
    "data control": "privacy, independence: do you control prompts and results?",
    "autonomy": "competition, independence: how far do you depend on the provider?",
    "trust": "security, transparency: can you make sure that it works as intended?",
}
_BY_FREEDOM = {"conditional": "with conditions", "no": "no permission", "unknown": "unknown"}


def aspects(states: States) -> dict[str, str]:
    """The five aspects of a release, in the order of ASPECTS."""
    weights = states["parameters_final"]
    if not weights.published:
        return _hosted(states)
    granted = weights.terms
    code = all(states[k].open for k in ("architecture", "training_code", "inference_code"))
    described = (states["technical_report"].published or states["research_paper"].published) and (
        states["data_card"].published or states["datasets"].published
    )
    data = states["datasets"].open and states["preprocessing_code"].open
    opened = weights.open
    if not opened:
        worst = _BY_FREEDOM.get(_worst(granted.use, granted.modify, granted.share), "as you want")
        autonomy, trust = worst, "none"
    elif code and described and data:
        autonomy, trust = "complete", "complete"
    elif code and described:
        autonomy, trust = "detailed study restricted", "partial"
    else:
        autonomy, trust = "study restricted", "none"
    return {
        "access": _BY_FREEDOM.get(granted.use, "as you want"),
        "model control": _BY_FREEDOM.get(granted.modify, "deep"),
        # Whoever runs the weights on machines of their own keeps prompts and results.
        "data control": "complete",
        "autonomy": autonomy,
        "trust": trust,
    }


def _hosted(states: States) -> dict[str, str]:
    """Without weights the provider runs the model, and sees and may change everything."""
    reach = states.release.reach
    if "api" in reach:
        access = control = "API restrictions"
    elif "app" in reach:
        access, control = "app-defined", "none"
    else:
        access = control = "none"
    return {
        "access": access,
        "model control": control,
        "data control": "none",
        "autonomy": "none",
        "trust": "none",
    }


def _worst(*freedoms: str) -> str:
    order = ("no", "unknown", "conditional", "yes")
    return min(freedoms, key=order.index)

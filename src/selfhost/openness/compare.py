"""Two releases side by side: what each gives that the other does not."""

from __future__ import annotations

from typing import Any

from .verdict import Verdict


def compare(left: Verdict, right: Verdict) -> dict[str, Any]:
    """Rows of (what, left, right); `differs` lists the rows in which the two part."""
    rows = [
        ("class", left.spectrum.name or "none", right.spectrum.name or "none"),
        ("MOF class", left.mof.name or "none", right.mof.name or "none"),
        ("OSI definition", answer(left.osaid.answer), answer(right.osaid.answer)),
    ]
    rows += [(f"aspect: {k}", left.aspects[k], right.aspects[k]) for k in left.aspects]
    rows += [
        (state.component.name, part(left, key), part(right, key))
        for key, state in left.states.items()
    ]
    return {
        "left": left.release.name,
        "right": right.release.name,
        "rows": [list(row) for row in rows],
        "differs": [row[0] for row in rows if row[1] != row[2]],
    }


def answer(value: bool | None) -> str:
    """True, False, None in words."""
    return {True: "yes", False: "no", None: "not known"}[value]


def part(verdict: Verdict, key: str) -> str:
    """The state of one component in a few words."""
    state = verdict.states[key]
    short = {
        "open": f"open, {state.terms.expression}",
        "restricted": f"restricted, {state.terms.expression}",
        "unlicensed": "no licence",
        "unclear": "licence unclear",
        "absent": "not published",
        "unknown": "not known",
    }
    return short[state.status]

"""Reasons: one checked requirement each, and how a group of them is judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .state import States


@dataclass(frozen=True)
class Finding:
    """One requirement and its answer.

    `met` is True, False, or None when the facts do not say. `rule` names the definition and the
    level, `components` the parts it looked at, `source` where the definition stands.
    """

    rule: str
    met: bool | None
    text: str
    components: tuple[str, ...] = ()
    licence: str = ""
    source: str = ""
    where: str = ""

    def as_json(self) -> dict[str, Any]:
        """A plain dictionary for `--json`."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}


def all_met(findings: Iterable[Finding]) -> bool | None:
    """False if any is not met, else None if any is unknown, else True."""
    answers = [finding.met for finding in findings]
    return False if False in answers else None if None in answers else True


def need(
    states: States, rule: str, source: str, keys: tuple[str, ...], *, open_terms: bool
) -> Finding:
    """The requirement that at least one of `keys` is published (under open terms).

    Unknown only while no candidate is good and at least one might turn out to be.
    """
    good = [k for k in keys if (states[k].open if open_terms else states[k].published)]
    if good:
        state = states[good[0]]
        text = f"{state.component.name}: {state.says()}"
        met: bool | None = True
    else:
        doubtful = {"unknown", "unclear"} if open_terms else {"unknown"}
        met = None if any(states[k].status in doubtful for k in keys) else False
        state = states[_closest(states, keys)]
        text = f"{state.component.name}: {state.says()}"
        if len(keys) > 1:
            text = " or ".join(f"{states[k].component.name} ({states[k].says()})" for k in keys)
    return Finding(rule, met, text, keys, state.terms.expression if state.published else "",
                   source, state.item.where or state.item.source)  # fmt: skip


def _closest(states: States, keys: tuple[str, ...]) -> str:
    """The candidate that says most: a published one before an unknown one before an absent one."""
    order = ("open", "restricted", "unlicensed", "unclear", "unknown", "absent")
    return min(keys, key=lambda k: order.index(states[k].status))

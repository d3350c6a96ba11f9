"""The Model Openness Framework's class of a release: III (open model), II (open tooling), I (open
science).

Source: White et al., arXiv 2403.13784, in the form of the public tool's evaluator
(`web/modules/mof/src/ModelEvaluator.php`, read 2026-11-20): a required component counts when its
licence is open; class II needs class III, class I needs class II; a research paper may stand for
the technical report; optional components never decide.
"""

from __future__ import annotations

from dataclasses import dataclass

from .components import ROMAN, required_for
from .findings import Finding, all_met, need
from .state import States

SOURCE = "https://arxiv.org/abs/2403.13784"


@dataclass(frozen=True)
class MofResult:
    """The class reached ("I", "II", "III" or None), the findings per class, warnings."""

    name: str | None
    findings: dict[str, tuple[Finding, ...]]
    warnings: tuple[str, ...]

    @property
    def next(self) -> str | None:
        """The class to reach next, or None at class I."""
        return {None: "III", "III": "II", "II": "I", "I": None}[self.name]

    def missing(self) -> tuple[Finding, ...]:
        """What keeps the release out of the next class."""
        return tuple(f for f in self.findings.get(self.next or "", ()) if f.met is not True)

    def progress(self, name: str) -> float:
        """Which part of a class's requirements is met, 0 to 1."""
        rows = self.findings[name]
        return sum(f.met is True for f in rows) / len(rows)


def judge_mof(states: States) -> MofResult:
    """Evaluate the three classes."""
    findings: dict[str, tuple[Finding, ...]] = {}
    held: str | None = None
    broken = False
    for number in (3, 2, 1):
        name = ROMAN[number]
        rows = []
        for component in required_for(number):
            # The report's place may be taken by the paper; nothing takes the paper's place.
            keys: tuple[str, ...] = (component.id,)
            if component.id == "technical_report":
                keys = ("technical_report", "research_paper")
            rows.append(need(states, f"MOF class {name}", SOURCE, keys, open_terms=True))
        findings[name] = tuple(rows)
        broken = broken or all_met(rows) is not True
        if not broken:
            held = name
    warnings = tuple(w for w in (state.warning for state in states.values()) if w)
    return MofResult(held, findings, warnings)

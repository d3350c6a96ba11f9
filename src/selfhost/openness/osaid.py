"""The OSI's Open Source AI Definition 1.0 as a test: data information, code, parameters.

Source: https://opensource.org/ai/open-source-ai-definition and the OSI's checklist made on the
Model Openness Framework. The definition is binary. Whether the data information is *sufficiently
detailed* for a skilled person to build an equivalent system is a judgement that no rule makes: the
test looks at whether the documents are there under open terms, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from .findings import Finding, all_met, need
from .state import States

SOURCE = "https://opensource.org/ai/open-source-ai-definition"
PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("data information", ("datasets", "research_paper", "technical_report", "data_card")),
    ("code: data processing", ("preprocessing_code",)),
    ("code: training", ("training_code",)),
    ("code: inference", ("inference_code",)),
    ("code: supporting libraries", ("libraries",)),
    ("architecture", ("architecture",)),
    ("parameters", ("parameters_final",)),
)
CAVEAT = "whether the data information is detailed enough has to be judged by a reader"


@dataclass(frozen=True)
class OsaidResult:
    """True: open source AI; False: not; None: a fact is missing that would decide."""

    answer: bool | None
    findings: tuple[Finding, ...]

    def missing(self) -> tuple[Finding, ...]:
        """What is not there, or not known."""
        return tuple(f for f in self.findings if f.met is not True)


def judge_osaid(states: States) -> OsaidResult:
    """Test each part of the definition; one that fails decides."""
    rows = tuple(
        need(states, f"OSAID, {part}", SOURCE, keys, open_terms=True) for part, keys in PARTS
    )
    return OsaidResult(all_met(rows), rows)

"""Everything the rules say about one release, together: the shape that people and `--json` get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .aspects import aspects
from .classes import ClassResult, judge_class
from .facts import Release
from .findings import Finding
from .freedoms import freedoms
from .mof import MofResult, judge_mof
from .osaid import OsaidResult, judge_osaid
from .state import States


@dataclass(frozen=True)
class Verdict:
    """The class with its reasons, beside what the other definitions say."""

    release: Release
    states: States
    spectrum: ClassResult
    mof: MofResult
    osaid: OsaidResult
    aspects: dict[str, str]
    freedoms: dict[str, dict[str, str]]
    evidence: tuple[Finding, ...] = ()

    def reasons(self) -> list[Finding]:
        """Why the class holds: evidence first, then the met requirements of all definitions."""
        held = self.mof.findings[self.mof.name] if self.mof.name else ()
        osaid = self.osaid.findings if self.osaid.answer else ()
        return [*self.evidence, *self.spectrum.reasons(), *held, *osaid]

    def missing(self) -> list[Finding]:
        """What stands between the release and the next class of each definition."""
        osaid = () if self.osaid.answer else self.osaid.missing()
        return [*self.spectrum.missing(), *self.mof.missing(), *osaid]

    def as_json(self) -> dict[str, Any]:
        """The exact shape that `selfhost openness audit --json` promises."""
        return {
            "class": self.spectrum.name,
            "mof_class": self.mof.name,
            "osaid": self.osaid.answer,
            "aspects": dict(self.aspects),
            "reasons": [finding.as_json() for finding in self.reasons()],
            "missing": [finding.as_json() for finding in self.missing()],
        }

    def disagreements(self) -> list[str]:
        """Where the definitions part over this release; empty when they tell one story."""
        name, mof, osaid = self.spectrum.name, self.mof.name, self.osaid.answer
        found = []
        at_least_open = name in ("open source", "reproducible")
        if at_least_open and osaid is not True:
            found.append(
                f"the spectrum says {name}, the OSI's definition says "
                f"{'no' if osaid is False else 'not known'}: it also asks for "
                + ", ".join(sorted({f.rule.split(", ", 1)[1] for f in self.osaid.missing()}))
            )
        if osaid and not at_least_open:
            found.append(f"the OSI's definition is met, the spectrum says {name}")
        if name == "reproducible" and mof != "I":
            found.append(f"the spectrum says reproducible, the MOF stops at {_mof(mof)}")
        if at_least_open and mof in (None, "III") and name != "reproducible":
            found.append(f"the spectrum says {name}, the MOF stops at {_mof(mof)}")
        if mof and not at_least_open:
            found.append(f"the MOF grants class {mof}, the spectrum says only {name}")
        return found


def _mof(name: str | None) -> str:
    return "no class at all" if name is None else f"class {name}"


def judge(release: Release, evidence: tuple[Finding, ...] = ()) -> Verdict:
    """Apply all rules to a release."""
    states = States(release)
    return Verdict(
        release=release,
        states=states,
        spectrum=judge_class(states),
        mof=judge_mof(states),
        osaid=judge_osaid(states),
        aspects=aspects(states),
        freedoms=freedoms(states),
        evidence=evidence,
    )

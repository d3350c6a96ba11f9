"""The state of each component: published or not, and under terms that are open or not.

The one place where presence and licence meet; the classes, the MOF, the OSI's test, the aspects and
the freedoms all read these states.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from .components import Component, components
from .facts import NO_LICENCE, Item, Release
from .licences import Terms, terms

# open       published under an open licence
# restricted published, the licence has conditions that are not open
# unlicensed published without any licence
# unclear    published, but nobody knows under which licence
# absent     not published
# unknown    nobody knows whether it is published
_BECAUSE = 400  # characters; the whole list of conditions is in `terms`
STATUSES = ("open", "restricted", "unlicensed", "unclear", "absent", "unknown")


@dataclass(frozen=True)
class State:
    """One component of one release, with its licence resolved."""

    component: Component
    item: Item
    terms: Terms
    origin: str
    status: str

    @property
    def published(self) -> bool:
        """True when it is known to be published, whatever its terms."""
        return self.status in ("open", "restricted", "unlicensed", "unclear")

    @property
    def open(self) -> bool:
        """True when it counts for the MOF: published under an open licence."""
        return self.status == "open"

    @property
    def warning(self) -> str | None:
        """An open licence of the wrong kind counts, with a warning (the MOF tool's rule)."""
        if not self.open or self.component.type in self.terms.fits:
            return None
        made = " and ".join(sorted(self.terms.fits))
        return (
            f"{self.component.name}: {self.terms.expression} is open but made for {made}, "
            f"and this is {self.component.type}"
        )

    def says(self) -> str:
        """The state as half a sentence, with licence and where it follows from."""
        licence = f"{self.terms.expression} ({self.origin})"
        because = _short(self.terms.because) if self.status in ("restricted", "unclear") else ""
        return {
            "open": f"published, open under {licence}",
            "restricted": f"published, but {licence} is {because}",
            "unlicensed": "published without a licence, so all rights are reserved",
            "unclear": f"published, but its licence is not clear: {because}",
            "absent": "not published" if not self.item.note else f"not there: {self.item.note}",
            "unknown": "not known whether it is published",
        }[self.status]


@cache
def _short(text: str) -> str:
    return textwrap.shorten(text, _BECAUSE, placeholder=" …")


def _status(item: Item, granted: Terms) -> str:
    if item.present is None:
        return "unknown"
    if not item.present:
        return "absent"
    if granted.open:
        return "open"
    if granted.expression == NO_LICENCE:
        return "unlicensed"
    return "unclear" if granted.open is None else "restricted"


class States(Mapping[str, State]):
    """The states of all components of a release, by component id."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self._states: dict[str, State] = {}
        for key, component in components().items():
            item = release.item(key)
            expression, origin = release.licence_of(key)
            granted = terms(expression)
            self._states[key] = State(component, item, granted, origin, _status(item, granted))

    def __getitem__(self, key: str) -> State:
        return self._states[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)

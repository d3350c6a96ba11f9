"""What is known about a release: which parts are published, under which licence, how it is reached.

Every rule of this package reads these facts and nothing else. A fact has three values: published,
not published, and not known; "not known" never counts as published, and is reported as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from .components import components

Reach = Literal["app", "api"]
# SPDX has these two words for "there is no licence" and "nobody has looked".
NO_LICENCE = "NONE"
NOT_KNOWN = "NOASSERTION"
LICENCE_SCOPES = ("distribution", "code", "data", "documentation")


@dataclass(frozen=True, slots=True)
class Item:
    """One component of a release.

    `licence` None means "whatever the release says for this kind of content"; NO_LICENCE means that
    there is none; NOT_KNOWN that it was not found out. `where` is a path or URL, `source` says
    where the statement comes from, `note` what a reader should know.
    """

    component: str
    present: bool | None = True
    licence: str | None = None
    where: str = ""
    source: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.component not in components():
            raise ValueError(f"no such component: {self.component}")


@dataclass(frozen=True)
class Release:
    """A model as published. `licences` maps LICENCE_SCOPES to licence expressions."""

    name: str
    producer: str = ""
    version: str = ""
    date: str = ""
    reach: frozenset[str] = frozenset()
    items: tuple[Item, ...] = ()
    licences: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seen = [item.component for item in self.items]
        if len(seen) != len(set(seen)):
            raise ValueError("a component stands twice in the release")
        # One order for all: verdicts must not depend on the order in which facts were listed.
        order = {name: number for number, name in enumerate(components())}
        items = tuple(sorted(self.items, key=lambda item: order[item.component]))
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "licences", MappingProxyType(dict(self.licences)))

    def item(self, component: str) -> Item:
        """The item of a component; one that is not listed is not published."""
        for item in self.items:
            if item.component == component:
                return item
        return Item(component, present=False)

    def licence_of(self, component: str) -> tuple[str, str]:
        """The licence that governs a component, and where that follows from.

        Order of the MOF tool: the component's own licence, the release's licence for its content
        type, the licence of the whole distribution, none.
        """
        item = self.item(component)
        if item.licence is not None:
            return item.licence, "its own"
        kind = components()[component].type
        if self.licences.get(kind):
            return self.licences[kind], f"the release's licence for {kind}"
        if self.licences.get("distribution"):
            return self.licences["distribution"], "the licence of the whole distribution"
        return NO_LICENCE, "none found"

    def with_item(self, item: Item) -> Release:
        """A copy in which `item` replaces (or adds) the facts on its component."""
        others = tuple(i for i in self.items if i.component != item.component)
        return replace(self, items=(*others, item))


def release(
    name: str,
    published: Iterable[str] = (),
    *,
    licence: str | None = None,
    reach: Iterable[str] = (),
) -> Release:
    """A short way to write a release by hand: component ids, one licence for all of them."""
    return Release(
        name=name,
        reach=frozenset(reach),
        items=tuple(Item(component) for component in published),
        licences={} if licence is None else {"distribution": licence},
    )

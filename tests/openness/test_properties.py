"""Laws that hold for every release: more openness never lowers a class, order never matters."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from selfhost.openness import CLASSES, Item, Release, components, judge
from selfhost.openness.classes import _NEEDS
from selfhost.openness.components import required_for
from selfhost.openness.facts import LICENCE_SCOPES

KEYS = list(components())
OPEN = ["MIT", "Apache-2.0", "CC-BY-4.0", "OpenMDW-1.0", "ODC-By-1.0"]
CLOSED = ["LicenseRef-gemma", "CC-BY-NC-4.0", "NONE", "NOASSERTION", "nobody knows", "BUSL-1.1"]
LICENCE = st.sampled_from([*OPEN, *CLOSED, "MIT OR LicenseRef-gemma", "MIT AND NONE"])


@st.composite
def releases(draw: st.DrawFn) -> Release:
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True))
    items = tuple(
        Item(key, draw(st.sampled_from([True, True, True, False, None])),
             draw(st.one_of(st.none(), LICENCE)))
        for key in keys
    )  # fmt: skip
    scopes = draw(st.dictionaries(st.sampled_from(LICENCE_SCOPES), LICENCE))
    reach = draw(st.frozensets(st.sampled_from(["app", "api"])))
    return Release("drawn", items=items, licences=scopes, reach=reach)


def rank(name: str | None) -> int:
    return -1 if name is None else CLASSES.index(name)


def mof_rank(name: str | None) -> int:
    return 0 if name is None else {"III": 1, "II": 2, "I": 3}[name]


def ranks(facts: Release) -> tuple[int, int, int]:
    verdict = judge(facts)
    return (
        rank(verdict.spectrum.name),
        mof_rank(verdict.mof.name),
        {False: 0, None: 1, True: 2}[verdict.osaid.answer],
    )


@settings(max_examples=200, deadline=None)
@given(releases(), st.sampled_from(KEYS), LICENCE)
def test_publishing_a_component_never_lowers_anything(
    facts: Release, key: str, licence: str
) -> None:
    without = facts.with_item(Item(key, present=False))
    more = without.with_item(Item(key, licence=licence))
    assert all(a >= b for a, b in zip(ranks(more), ranks(without), strict=True))


@settings(max_examples=200, deadline=None)
@given(releases(), st.sampled_from(KEYS), st.sampled_from(OPEN))
def test_opening_a_licence_never_lowers_anything(facts: Release, key: str, licence: str) -> None:
    opened = facts.with_item(replace(facts.item(key), licence=licence))
    assert all(a >= b for a, b in zip(ranks(opened), ranks(facts), strict=True))


@settings(max_examples=100, deadline=None)
@given(releases(), st.sampled_from(["app", "api"]))
def test_another_way_to_the_model_never_lowers_anything(facts: Release, way: str) -> None:
    wider = replace(facts, reach=facts.reach | {way})
    assert all(a >= b for a, b in zip(ranks(wider), ranks(facts), strict=True))


@settings(max_examples=100, deadline=None)
@given(releases(), st.randoms())
def test_the_order_of_components_never_matters(facts: Release, random: object) -> None:
    items = list(facts.items)
    random.shuffle(items)  # type: ignore[attr-defined]
    assert judge(replace(facts, items=tuple(items))).as_json() == judge(facts).as_json()


@settings(max_examples=200, deadline=None)
@given(releases())
def test_classes_nest(facts: Release) -> None:
    """A class holds only when every requirement of it and of all classes before it is met."""
    verdict = judge(facts)
    for name in CLASSES[: rank(verdict.spectrum.name) + 1]:
        assert all(f.met is True for f in verdict.spectrum.findings[name]), name
    if verdict.spectrum.next:
        assert verdict.spectrum.missing(), "a class that does not hold says what is missing"
    assert rank(verdict.spectrum.possible) >= rank(verdict.spectrum.name)
    for name in ["III", "II", "I"][: mof_rank(verdict.mof.name)]:
        assert all(f.met for f in verdict.mof.findings[name]), name
    assert {c.id for c in required_for(3)} <= {c.id for c in required_for(2)}
    assert {c.id for c in required_for(2)} <= {c.id for c in required_for(1)}


@settings(max_examples=100, deadline=None)
@given(releases())
def test_what_is_missing_would_lead_to_the_next_class(facts: Release) -> None:
    """Publishing one open candidate for each missing requirement reaches the next class."""
    verdict = judge(facts)
    target = verdict.spectrum.next
    if target not in _NEEDS:
        return
    better = facts
    for finding in verdict.spectrum.missing():
        better = better.with_item(Item(finding.components[0], licence="OpenMDW-1.0"))
    assert rank(judge(better).spectrum.name) >= rank(target)

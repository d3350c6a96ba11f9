"""Lab 1, audit a model: its three releases, and the checks of its exercises.

The checks hold no answers: they audit the release and compare, so that the lab stays right when a
file of a release changes. A hint says where to look, not what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..checks import Hint, expect, filled, mentions, one_of, written
from ..paths import kit_root
from .audit import audit
from .catalogue import find
from .classes import CLASSES
from .components import components, nearest
from .components import find as find_part
from .facts import Item, Release
from .files import walk
from .licence_text import MODIFIED, identify
from .state import States
from .verdict import Verdict, judge
from .yamlio import describe, dump, parse

RELEASES = ("halcon", "alondra", "teide")
CHANGED = "a changed text"


def folder(name: str) -> Path:
    """The folder of one of the three fictional releases."""
    return kit_root() / "labs" / "data" / one_of(name, RELEASES, "name")


def files(name: str) -> list[str]:
    """Its files, without the weights' bytes: just the paths."""
    return walk(folder(name))


def show_file(name: str, path: str, lines: int = 40) -> None:
    """Print the beginning of a text file of a release."""
    text = (folder(name) / path).read_text(encoding="utf-8", errors="replace").splitlines()
    print("\n".join(text[:lines]))
    if len(text) > lines:
        print(f"… and {len(text) - lines} more lines")


def description(name: str, found: Mapping[str, str], licences: Mapping[str, str]) -> str:
    """A description in the public MOF tool's YAML, from component -> file and scope -> licence.

    A part whose nearest LICENSE says something else than its kind's licence (the weights are data,
    and lie beside the code) gets that licence as its own.
    """
    items, files = [], audit(folder(name)).release
    for title, path in found.items():
        component = find_part(title)
        if component is None:
            raise Hint(_no_part(title))
        true = files.licence_of(component.id)[0]
        own = None if true == licences.get(component.type) else true
        items.append(Item(component.id, True, own, path))
    release = Release(f"{name} (fictional)", items=tuple(items), licences=dict(licences))
    return dump(describe(release))


def judged(text: str) -> Verdict:
    """The verdict on a description, as `selfhost openness audit FILE.yaml` gives it."""
    return judge(parse(text).release())


def _no_part(title: str) -> str:
    close = nearest(str(title))
    return f"'{title}' is no component of the MOF" + (f"; {close}?" if close else "")


# --- checks ------------------------------------------------------------------------------------


def licences(answers: Mapping[str, str]) -> str:
    """Exercise 1: which licence is it really, by its text?"""
    for name in RELEASES:
        answer = filled(answers.get(name), f'licence["{name}"]')
        true = identify((folder(name) / "LICENSE").read_text(encoding="utf-8"))
        wanted = CHANGED if true.licence == MODIFIED else str(true.licence)
        one_of(answer, ["MIT", "Apache-2.0", "CC-BY-4.0", CHANGED], f'licence["{name}"]')
        if answer == wanted:
            continue
        if wanted == CHANGED:
            raise Hint(f"{name}: the title looks right. Now read the paragraphs one by one, beside "
                       "the text that you know")  # fmt: skip
        raise Hint(f"{name}: compare the first lines of its LICENSE with your answer")
    return "all three, by their texts"


def found_parts(name: str, answers: Mapping[str, str]) -> str:
    """Exercise 2: each published component with a file that shows it."""
    filled(answers, "found")
    verdict = audit(folder(name))
    truth = {item.component: item for item in verdict.release.items if item.present}
    shows: dict[str, set[str]] = {}  # file -> what the audit sees in it
    for finding in verdict.evidence:
        if finding.met:
            shows.setdefault(finding.where, set()).update(finding.components)
    given = {}
    for title, path in answers.items():
        component = find_part(title)
        if component is None:
            raise Hint(_no_part(title))
        path = filled(path, f'found["{title}"]')
        expect(isinstance(path, str), f"{title}: name one file, as a text in quotation marks")
        expect((folder(name) / path).is_file(), f"{title}: there is no file {path} in {name}")
        given[component.id] = path
    for key, path in given.items():
        title, what = components()[key].name, components()[key].plain
        if key not in truth:
            raise Hint(f"{title}: open {path} again. Does it really show that? The release may "
                       "simply not have this part")  # fmt: skip
        if key not in shows.get(path, {key}):
            raise Hint(f"{title}: {path} shows something else. Which file shows {what}?")
    forgotten = [key for key in truth if key not in given]
    if forgotten:
        component = components()[forgotten[0]]
        place = truth[forgotten[0]].where.rpartition("/")[0]
        where = f" Look into {place}/." if place else " Look at the top folder."
        raise Hint(f"{len(forgotten)} published parts are not on your list yet; one of them is "
                   f"{component.plain}.{where}")  # fmt: skip
    return f"{len(given)} parts, each with a file"


def scope_licences(name: str, answers: Mapping[str, str]) -> str:
    """Exercise 3: the licences by kind of content give every part the licence that it has."""
    verdict = audit(folder(name))
    for scope in ("code", "data", "documentation"):
        filled(answers.get(scope), f'licences["{scope}"]')
    items = tuple(Item(item.component) for item in verdict.release.items if item.present)
    mine = States(Release(name, items=items, licences=dict(answers)))
    for key, need in (("training_code", "code"), ("datasets", "data"),
                      ("research_paper", "documentation")):  # fmt: skip
        got, true = mine[key].terms.expression, verdict.states[key].terms.expression
        expect(got == true, f"{need}: {got} is not what the release says. Which LICENSE file lies "
               f"nearest to its {components()[key].name.lower()}?")  # fmt: skip
    return "code, data and documents"


def classes(answers: Mapping[str, str]) -> str:
    """Exercise 4: the class of each release on the spectrum."""
    for name in RELEASES:
        answer = one_of(answers.get(name), CLASSES, f'classes["{name}"]')
        verdict = audit(folder(name))
        true = verdict.spectrum.name
        mine, right = CLASSES.index(answer), CLASSES.index(str(true))
        if mine == right:
            continue
        if mine > right:
            failed = verdict.spectrum.missing()[0]
            what = ", ".join(components()[k].name.lower() for k in failed.components)
            raise Hint(f"{name}: '{answer}' is too high. Check again: {what}")
        raise Hint(f"{name}: it gives more than '{answer}' asks for. Climb one step and check")
    return "all three"


def stops(answers: Sequence[str]) -> str:
    """Exercise 5: which components keep Alondra out of the next MOF class."""
    filled(answers, "missing")
    expect(not isinstance(answers, str), "`missing` is a list: names in square brackets")
    verdict = audit(folder("alondra"))
    wanted = {key for finding in verdict.mof.missing() for key in finding.components}
    given = set()
    for title in answers:
        component = find_part(title)
        if component is None:
            raise Hint(_no_part(title))
        given.add(component.id)
    extra, lacking = given - wanted, wanted - given
    if extra:
        title = components()[sorted(extra)[0]].name
        raise Hint(f"{title} is not what stops it: it is there, or no class so far asks for it")
    expect(not lacking, f"{len(lacking)} more. The last line of its README is honest about it")
    return f"it stops at class {verdict.mof.name}"


def defence(text: str) -> str:
    """Exercise 6: an argument (English or Spanish) names evidence, deciding words, the class."""
    written(text, "defence", 40)
    mentions(text, ["LICENSE"], "say in which file the evidence stands")
    mentions(text, ["10,000", "10 000", "10000", "education", "health", "administration", "compete",
                    "commercial agreement", "10.000", "educación", "salud", "sanidad",
                    "administración", "competir", "acuerdo comercial"],
             "quote the words that make the difference, not only their effect")  # fmt: skip
    mentions(text, ["available weights", "pesos disponibles"], "say which class it is instead")
    mentions(text, ["open source", "open weight", "código abierto", "pesos abiertos"],
             "say which class it is not, and why")  # fmt: skip
    return "file, words, class: an argument that one can check"


def own_model(model: str, unknown: str, fact: str, source: str, date: str) -> str:
    """Exercise 7: a real model of the reader's choice, with one fact looked up."""
    entry = find(str(filled(model, "model")))
    expect(entry is not None, f"'{model}' is not in the catalogue; `selfhost openness list`")
    assert entry is not None
    expect(entry.row.kind == "model", f"{model} is a {entry.row.kind}; choose a model")
    component = find_part(str(filled(unknown, "unknown")))
    if component is None:
        raise Hint(_no_part(unknown))
    state = entry.verdict().states[component.id]
    expect(state.status in ("unknown", "unclear"),
           f"the catalogue does say something about {component.name} of {model}: it is "
           f"{state.says()}. Choose a part that nobody has looked up")  # fmt: skip
    written(fact, "fact", 10)
    expect(re.fullmatch(r"https?://[^\s/]+\.[^\s/]+\S*", str(filled(source, "source"))) is not None,
           "`source` should be the address of the page where you read it")  # fmt: skip
    expect(re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", str(filled(date, "date"))) is not None,
           "`date` is the day on which you read it, as YYYY-MM-DD")  # fmt: skip
    return f"{entry.row.name}, {component.name}: a fact with source and date"

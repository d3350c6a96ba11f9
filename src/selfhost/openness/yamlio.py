"""The public Model Openness Tool's description of a release, read and written as YAML.

Format: `schema/mof_schema.json` and the files under `models/` of lfai/model_openness_tool, read on
2026-11-20. Two shapes are in use and both are read: the older one lists all 17 components, each
with `location`, `license_name`, `license_path`; the newer one lists only what is published, each
with `component_path`, `license`, `license_path`, and has global licences under `release.license`.
Partly filled files are fine; what is not filled in is not known. Written is the newer shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..errors import KitError
from .components import components, find, framework, nearest
from .facts import NOT_KNOWN, Item, Release
from .licences import normalise
from .safeyaml import Document, Path_, load, read_text

TEXTS = ("version", "date", "type", "architecture", "treatment", "origin", "producer", "contact",
         "repository", "huggingface")  # fmt: skip
_SCOPES = {"distribution": "distribution", "code": "code", "data": "data",
           "document": "documentation", "documentation": "documentation"}  # fmt: skip
# The tool's own words for a component without a licence id.
_ABSENT = "component not included"
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True)
class Part:
    """A component of a description. `licence` None: not filled in."""

    component: str
    licence: str | None = None
    path: str = ""
    licence_path: str = ""
    description: str = ""
    present: bool | None = True


@dataclass(frozen=True)
class Description:
    """A model description as the public tool writes it; `notes` tells what looked odd."""

    name: str
    framework: dict[str, str] = field(default_factory=lambda: framework())
    texts: dict[str, str] = field(default_factory=dict)
    licences: dict[str, tuple[str, str]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()

    def release(self, source: str = "") -> Release:
        """The facts that the rules read."""
        items = [
            Item(p.component, p.present, p.licence, p.path, source or "the model description")
            for p in self.parts
        ]
        return Release(
            name=self.name,
            producer=self.texts.get("producer", ""),
            version=self.texts.get("version", ""),
            date=self.texts.get("date", ""),
            items=tuple(items),
            licences={scope: name for scope, (name, _) in self.licences.items()},
        )


def read(path: Path) -> Description:
    """Read a description file; a KitError names line and field of what is wrong."""
    return parse(read_text(path), path.name)


def parse(text: str, name: str = "the description") -> Description:
    """Read a description from text."""
    document = load(text, name)
    if not isinstance(document.data, dict):
        raise document.fail((), "a description starts with the keys framework and release")
    told = _mapping(document, ("framework",), required=True)
    if _text(document, ("framework", "name")) != framework()["name"]:
        raise document.fail(
            ("framework", "name"), f"must be '{framework()['name']}' for this to be read"
        )
    release = _mapping(document, ("release",), required=True)
    title = _text(document, ("release", "name"))
    if not title:
        raise document.fail(("release", "name"), "the release needs a name")
    texts = {}
    for key in (*TEXTS, "github"):
        value = _text(document, ("release", key))
        if value:
            texts["repository" if key == "github" else key] = value
    if texts.get("date") and not _DATE.fullmatch(texts["date"]):
        raise document.fail(("release", "date"), "a date is written YYYY-MM-DD")
    known = {*TEXTS, "github", "name", "license", "components"}
    notes = [f"release.{key} is not in the public schema, left aside" for key in release
             if key not in known]  # fmt: skip
    kept: dict[str, str] = {}
    for key in ("name", "version", "date"):
        value = _text(document, ("framework", key))
        if value and key in told:
            kept[key] = value
    return Description(title, kept, texts, _licences(document), _parts(document), tuple(notes))


def _mapping(document: Document, path: Path_, *, required: bool = False) -> dict[str, Any]:
    value = _at(document.data, path)
    if value is None and not required:
        return {}
    if not isinstance(value, dict):
        problem = "is missing" if value is None else "must have keys below it"
        raise document.fail(path, problem)
    return value


def _at(value: Any, path: Path_) -> Any:
    for step in path:
        if isinstance(step, int):
            value = value[step]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _text(document: Document, path: Path_) -> str:
    value = _at(document.data, path)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise document.fail(path, "must be plain text")
    return value.strip()


def _licences(document: Document) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for scope in _mapping(document, ("release", "license")):
        path: Path_ = ("release", "license", scope)
        if scope not in _SCOPES:
            raise document.fail(
                path, f"'{scope}' is no scope of a licence; use {', '.join(_SCOPES)}"
            )
        if isinstance(_at(document.data, path), str):
            name, where = _text(document, path), ""
        else:
            _mapping(document, path)
            name, where = _text(document, (*path, "name")), _text(document, (*path, "path"))
        if name:
            found[_SCOPES[scope]] = (normalise(name) or name, where)
    return found


def _parts(document: Document) -> tuple[Part, ...]:
    rows = _at(document.data, ("release", "components"))
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise document.fail(("release", "components"), "must be a list of components")
    found: dict[str, Part] = {}
    for number in range(len(rows)):
        part = _part(document, ("release", "components", number))
        if part.component in found:
            raise document.fail(
                ("release", "components", number, "name"),
                f"'{components()[part.component].name}' stands in the list a second time",
            )
        found[part.component] = part
    return tuple(found.values())


def _part(document: Document, path: Path_) -> Part:
    row = _at(document.data, path)
    if not isinstance(row, dict):
        raise document.fail(path, "a component has a name, and lines below it")
    name = _text(document, (*path, "name"))
    component = find(name)
    if component is None:
        close = nearest(name)
        hint = f"; did you mean '{close}'?" if close else ""
        raise document.fail((*path, "name"), f"'{name[:60]}' is no component of the MOF{hint}")
    older = "license_name" in row
    licence = _text(document, (*path, "license_name" if older else "license"))
    present: bool | None = True
    if licence.lower() == _ABSENT:
        return Part(
            component.id, present=False, description=_text(document, (*path, "description"))
        )
    if older and not licence:
        # A line of the older form that nobody has filled in says nothing.
        present = None
    resolved = (normalise(licence) or licence) if licence else (NOT_KNOWN if older else None)
    return Part(
        component.id,
        resolved,
        _text(document, (*path, "component_path")) or _text(document, (*path, "location")),
        _text(document, (*path, "license_path")),
        _text(document, (*path, "description")),
        present,
    )


def dump(description: Description) -> str:
    """The description as YAML text in the public tool's newer shape."""
    release: dict[str, Any] = {"name": description.name}
    release |= {key: description.texts.get(key, "") for key in TEXTS
                if key != "treatment" or key in description.texts}  # fmt: skip
    release["license"] = {
        scope: {"name": name, "path": path} for scope, (name, path) in description.licences.items()
    }
    rows = []
    for part in description.parts:
        component = components()[part.component]
        row = {"name": component.name, "description": part.description or component.says}
        if part.present is False:
            row["license"] = "Component not included"
        elif part.present is None:
            row |= {"location": part.path, "license_name": "", "license_path": part.licence_path}
        else:
            row |= {"component_path": part.path} if part.path else {}
            if part.licence is not None:
                row["license"] = {"NONE": "unlicensed", NOT_KNOWN: "Pending evaluation"}.get(
                    part.licence, part.licence
                )
            row |= {"license_path": part.licence_path} if part.licence_path else {}
        rows.append(row)
    release["components"] = rows
    data = {"framework": dict(description.framework), "release": release}
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)


def write(description: Description, path: Path) -> None:
    """Write a description to a file, whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(dump(description), encoding="utf-8")
        part.replace(path)
    except OSError as why:
        part.unlink(missing_ok=True)
        raise KitError(f"{path} cannot be written: {why.strerror}.", "choose another path") from why


def describe(release: Release, **texts: str) -> Description:
    """The description of a release whose facts were found in another way."""
    known = {"producer": release.producer, "version": release.version}
    if _DATE.fullmatch(release.date):
        known["date"] = release.date
    return Description(
        release.name,
        texts={key: value for key, value in {**known, **texts}.items() if value},
        licences={scope: (name, "") for scope, name in release.licences.items()},
        parts=tuple(
            Part(item.component, item.licence, item.where, present=item.present)
            for item in release.items
        ),
    )

"""Audit a release: a GGUF file, a folder, a description in YAML, or the name of a known one."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import KitError
from ..paths import shipped_models
from .components import components
from .evidence import Evidence, gather, read_gguf_into
from .facts import NOT_KNOWN, Item, Release
from .findings import Finding
from .licences import normalise
from .verdict import Verdict, judge
from .yamlio import Description, read

if TYPE_CHECKING:
    from collections.abc import Iterable

DESCRIPTIONS = ("openness.yaml", "openness.yml", "mof.yaml", "mof.yml")
_MAX_HEADER = 100 * 1024 * 1024


def audit(target: str | Path) -> Verdict:
    """Judge what lies at a path, or a shipped model or catalogue entry of that name.

    Raises KitError when there is nothing to audit or a description cannot be read.
    """
    path = Path(target).expanduser()
    if not path.exists():
        named = _named(str(target))
        if isinstance(named, Verdict):
            return named
        path = named
    try:
        return _look(path)
    except OSError as why:
        raise KitError(f"{why.filename or path} cannot be read: {why.strerror}.",
                       "check that you may read it") from None  # fmt: skip


def _look(path: Path) -> Verdict:
    if path.is_dir():
        return _folder(path)
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        return _description(path)
    if suffix == ".gguf":
        seen = Evidence(path.stem)
        read_gguf_into(path, seen, path.name)
        return _verdict(seen)
    if suffix == ".safetensors":
        return _safetensors(path)
    raise KitError(
        f"{path.name} is neither a folder, a GGUF or safetensors file, nor a description in YAML.",
        "selfhost openness audit FOLDER",
    )


def _named(name: str) -> Verdict | Path:
    shipped = shipped_models() / name
    if name and name == Path(name).name and shipped.is_dir():
        return shipped
    from .catalogue import WITH_MODEL, find

    entry = find(name)
    if entry is not None and entry.row.kind in WITH_MODEL:
        return entry.verdict()
    if entry is not None:
        raise KitError(
            f"{entry.row.name} is of the kind '{entry.row.kind}', and the classes are for models; "
            f"its licence is {entry.row.licence} ({entry.derived}).",
            f"selfhost openness list --text {entry.id}",
        )
    raise KitError(
        f"there is no file, shipped model or catalogue entry called '{name}'.",
        "selfhost openness list",
    )


def _verdict(seen: Evidence) -> Verdict:
    release = Release(
        seen.name, reach=frozenset(), items=tuple(seen.items.values()), licences=seen.licences
    )
    return judge(release, (*seen.found, *seen.warnings, *seen.absent))


def _folder(folder: Path) -> Verdict:
    seen = gather(folder)
    told = next((folder / n for n in DESCRIPTIONS if (folder / n).is_file()), None)
    if told is None and not seen.items:
        raise KitError(
            f"nothing in {folder} looks like a part of a model's release.",
            "selfhost openness audit models/aprendiz",
        )
    if told is not None:
        return _checked(folder, read(told), seen, told.name)
    return _verdict(seen)


def _description(path: Path) -> Verdict:
    """A description alone is a set of statements: nothing is there to check them against."""
    description = read(path)
    notes = tuple(
        Finding("warning", None, note, (), "", path.name, path.name) for note in description.notes
    )
    stated = Finding(
        "evidence", True, f"{path.name} states it; no file of the release was opened",
        (), "", path.name, path.name)  # fmt: skip
    return judge(description.release(path.name), (stated, *notes))


def _checked(folder: Path, told: Description, seen: Evidence, name: str) -> Verdict:
    """Statements of a description, each held against the files of the folder."""
    items: dict[str, Item] = {}
    for item in told.release(name).items:
        items[item.component] = _check(folder, item, seen, name)
    for key, item in seen.items.items():
        if key not in items:
            items[key] = item
    stated = told.release().licences
    text = seen.licences.get("distribution")
    licences = {**seen.licences, **stated}
    if text and text != NOT_KNOWN and stated.get("distribution") not in (None, text):
        seen.warn(f"{name} states {stated['distribution']} for the whole, the LICENSE file is "
                  f"{text}: the text counts", name)  # fmt: skip
        licences["distribution"] = text
    elif "distribution" not in licences and text:
        licences["distribution"] = text
    good = [f for f in seen.absent if not any(items.get(k, _NONE).present for k in f.components)]
    release = replace(told.release(name), items=tuple(items.values()), licences=licences)
    return judge(release, (*seen.found, *seen.warnings, *good))


_NONE = Item("metadata", present=False)


def _check(folder: Path, item: Item, seen: Evidence, name: str) -> Item:
    title = components()[item.component].name
    if item.present is not True:
        return item
    if item.where.startswith(("https://", "http://")):
        seen.warn(f"{title}: {name} gives {item.where}, which was not opened", item.where,
                  item.component)  # fmt: skip
        return item
    if item.where:
        target = (folder / item.where).resolve()
        if not target.is_relative_to(_home(folder)):
            problem = f"{name} gives {item.where}, which lies outside the release"
        elif not target.exists():
            problem = f"{name} gives {item.where}, which is not there"
        elif item.component == "parameters_intermediate" and item.where in seen.copies:
            problem = f"{name} gives {item.where}, which is no earlier state of the weights"
        else:
            seen.tell(f"{title}: {name} gives {item.where}, which is there", item.where,
                      item.component, licence=item.licence or "")  # fmt: skip
            return item
        seen.warn(f"{title}: {problem}", name, item.component)
        return replace(item, present=False, note=problem)
    shown = seen.items.get(item.component)
    if shown is not None:
        return replace(item, where=shown.where)
    seen.warn(f"{title}: {name} states it without a path, and no file shows it", name,
              item.component)  # fmt: skip
    return replace(item, present=None)


def _home(folder: Path) -> Path:
    """The checkout that a release is part of: training code may lie beside the weights."""
    for parent in (folder.resolve(), *folder.resolve().parents):
        if (parent / ".git").exists() or (parent / "pyproject.toml").is_file():
            return parent
    return folder.resolve()


def _safetensors(path: Path) -> Verdict:
    """The header of a safetensors file: its metadata may state a licence."""
    with path.open("rb") as file:
        start = file.read(8)
        size = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= size <= min(_MAX_HEADER, path.stat().st_size):
            raise KitError(f"{path.name} is not a whole safetensors file.", "fetch it again")
        try:
            header = json.loads(file.read(size))
            meta = header.get("__metadata__", {})
            count = sum(_numbers(v["shape"]) for k, v in header.items() if k != "__metadata__")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise KitError(f"{path.name} has a broken header.", "fetch it again") from None
    seen = Evidence(path.stem)
    stated = str(meta.get("license", "")) if isinstance(meta, dict) else ""
    seen.items["parameters_final"] = Item("parameters_final", True, None, path.name, "safetensors")
    seen.licences["distribution"] = (normalise(stated) or stated) if stated else NOT_KNOWN
    seen.tell(f"{path.name}: safetensors header, {count:,} parameters, licence "
              f"{stated or 'not stated'}", path.name, "parameters_final",
              licence=stated)  # fmt: skip
    if not stated:
        seen.warn(f"the header of {path.name} states no licence", path.name, "parameters_final")
    return _verdict(seen)


def _numbers(shape: Iterable[int]) -> int:
    total = 1
    for size in shape:
        total *= int(size)
    return total

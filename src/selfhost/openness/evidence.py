"""Read the files of a folder as evidence: which parts are there, under which licence, and why."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import KitError
from .components import components
from .facts import NOT_KNOWN, Item
from .files import FINE_TUNING, PATTERNS, licence_files, matches, scoped_licences, walk
from .findings import Finding
from .frontmatter import Card, read_card
from .licence_text import MODIFIED, identify
from .licences import normalise, terms
from .resources import load_data

_MAX_READ = 512 * 1024
_EXAMPLES = 3


@dataclass
class Evidence:
    """What a folder shows. `found` and `absent` are told to the reader; items go to the rules."""

    name: str
    items: dict[str, Item] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)
    absent: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    card: Card | None = None
    copies: set[str] = field(default_factory=set)  # "intermediate" weights equal to the final ones

    def tell(self, text: str, where: str, *keys: str, licence: str = "") -> None:
        """Record what a file shows."""
        self.found.append(
            Finding("evidence", True, text, keys, licence, "the audited files", where)
        )

    def warn(self, text: str, where: str = "", *keys: str) -> None:
        """Record something a reader should judge."""
        self.warnings.append(
            Finding("warning", None, text, keys, "", "the audited files", where)
        )  # fmt: skip


def text_of(path: Path) -> str:
    """The beginning of a text file, whatever its bytes."""
    with path.open("rb") as file:
        return file.read(_MAX_READ).decode("utf-8", "replace")


def gather(folder: Path) -> Evidence:
    """Look at a Hugging Face style folder (or any folder of a release)."""
    paths = walk(folder)
    seen = Evidence(folder.resolve().name)
    files = matches(paths)
    _card(folder, paths, seen)
    _licences(folder, paths, seen)
    files["parameters_intermediate"] = _really_earlier(folder, files, seen)
    for key, hits in files.items():
        if hits and key not in ("model_card", "datasets"):
            _add(seen, key, hits, _own_licence(folder, hits[0], paths))
    if files["datasets"]:
        real = [hit for hit in files["datasets"] if (folder / hit).stat().st_size > 0]
        if real:
            _add(seen, "datasets", real, _own_licence(folder, real[0], paths))
    tuning = next((path for path in paths if FINE_TUNING.search(path)), None)
    if tuning and "training_code" not in seen.items:
        seen.warn(f"{tuning} looks like an example of fine-tuning, which is not the code that "
                  "trained the model", tuning, "training_code")  # fmt: skip
    _config(folder, paths, seen)
    _shards(folder, paths, seen)
    _gguf(folder, [p for p in files["parameters_final"] if p.lower().endswith(".gguf")], seen)
    for key in components():
        if key not in seen.items:
            looked = PATTERNS[key][1]
            seen.absent.append(
                Finding(
                    "evidence",
                    False,
                    f"{components()[key].name}: not found (looked for {looked})",
                    (key,),
                    "",
                    "the audited files",
                )
            )
    return seen


def _add(seen: Evidence, key: str, hits: list[str], licence: str | None) -> None:
    shown = ", ".join(hits[:_EXAMPLES])
    more = f" and {len(hits) - _EXAMPLES} more" if len(hits) > _EXAMPLES else ""
    seen.items[key] = Item(key, True, licence, hits[0], "file names")
    seen.tell(f"{components()[key].name}: {shown}{more}", hits[0], key, licence=licence or "")


def _really_earlier(folder: Path, files: dict[str, list[str]], seen: Evidence) -> list[str]:
    """Intermediate weights that are not a copy of the final ones."""
    final = {_digest(folder / hit) for hit in files["parameters_final"]
             if any((folder / hit).stat().st_size == (folder / other).stat().st_size
                    for other in files["parameters_intermediate"])}  # fmt: skip
    kept = []
    for hit in files["parameters_intermediate"]:
        if final and _digest(folder / hit) in final:
            seen.copies.add(hit)
            seen.warn(f"{hit} is, byte for byte, the final weights: it is no earlier state", hit,
                      "parameters_intermediate")  # fmt: skip
        else:
            kept.append(hit)
    return kept


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _card(folder: Path, paths: list[str], seen: Evidence) -> None:
    name = next((p for p in paths if p.lower() in ("readme.md", "model_card.md")), None)
    if name is None:
        return
    card = seen.card = read_card(text_of(folder / name), name)
    if card.problem:
        seen.warn(f"the front matter of {name} cannot be read: {card.problem}", name)
    if card.words >= 40:
        seen.items["model_card"] = Item("model_card", True, None, name, "text of the card")
        seen.tell(f"Model card: {name} ({card.words} words)", name, "model_card")
    if card.has_scores:
        seen.items["evaluation_results"] = Item("evaluation_results", True, None, name, "a table")
        seen.tell(f"Evaluation results: a table of scores in {name}", name, "evaluation_results")
    if card.papers:
        link = f"https://arxiv.org/abs/{card.papers[0]}"
        seen.items["research_paper"] = Item("research_paper", True, NOT_KNOWN, link, name)
        seen.tell(f"Research paper: {name} links to {link}; its licence is not told here", link,
                  "research_paper")  # fmt: skip
    if card.datasets:
        seen.warn(f"{name} names data sets ({', '.join(card.datasets[:3])}), which lie elsewhere "
                  "and were not opened", name, "datasets")  # fmt: skip


def _licences(folder: Path, paths: list[str], seen: Evidence) -> None:
    """The licence of the whole: the LICENSE file's words count before what the card says."""
    card, stated = seen.card, ""
    if card and card.licence:
        label = card.licence_name if card.licence == "other" and card.licence_name else card.licence
        stated = normalise(label) or label
        seen.tell(f"README.md states the licence '{label}'", "README.md", licence=stated)
    for scope, path in scoped_licences(paths).items():
        named = identify(text_of(folder / path))
        seen.licences[scope] = named.licence or NOT_KNOWN
        seen.tell(f"{path}, for {scope}: {named.how}", path, licence=named.licence or "")
    top = licence_files(paths).get("")
    if top is None:
        if stated:
            seen.licences["distribution"] = stated
            seen.warn("there is no LICENSE file: the licence stands only in the model card")
        else:
            seen.warn("neither a LICENSE file nor a licence in a model card was found")
        return
    match = identify(text_of(folder / top))
    seen.licences["distribution"] = match.licence or NOT_KNOWN
    seen.tell(f"{top}: {match.how}", top, licence=match.licence or "")
    differs = match.licence is not None and match.licence != stated
    if stated and differs:
        seen.warn(f"the model card says {stated}, but {top} is {match.how}: the text counts", top)
    if match.licence is None and stated:
        seen.warn(f"{top} is no licence that we know; the model card says {stated}", top)
    claim = card.claims_open_source if card else ""
    if claim and not terms(seen.licences["distribution"]).open:
        seen.warn(f'the card claims "{_short(claim)}", and the licence is not open', "README.md")
    if match.licence == MODIFIED:
        seen.warn(f"read {top}: words were changed in a standard licence", top)


def _own_licence(folder: Path, path: str, paths: list[str]) -> str | None:
    """The SPDX tag in a code file, or the LICENSE file of its own sub-folder."""
    if re.search(r"\.(py|sh|cpp|rs)$", path):
        head = text_of(folder / path)[:3000]
        tag = re.search(r"SPDX-License-Identifier:\s*([A-Za-z0-9.+-]+)", head)
        if tag:
            return normalise(tag.group(1)) or tag.group(1)
    owned = licence_files(paths)
    where = path.rpartition("/")[0]
    while where:
        if where in owned:
            return identify(text_of(folder / owned[where])).licence or NOT_KNOWN
        where = where.rpartition("/")[0]
    return None


def _config(folder: Path, paths: list[str], seen: Evidence) -> None:
    """config.json may name an architecture that free software implements."""
    if "config.json" not in paths:
        return
    try:
        config: Any = json.loads(text_of(folder / "config.json"))
    except ValueError:
        seen.warn("config.json is not JSON", "config.json")
        return
    kind = config.get("model_type") if isinstance(config, dict) else None
    row = load_data("implementations.yaml")["transformers"]
    if kind in row["names"]:
        _implemented(seen, row, f"config.json names the architecture '{kind}'")
    elif kind:
        seen.warn(f"config.json names the architecture '{kind}', which is not on our list of "
                  "public implementations", "config.json", "architecture")  # fmt: skip


def _implemented(seen: Evidence, row: dict[str, Any], why: str) -> None:
    text = f"{why}, which {row['name']} implements ({row['licence']})"
    for key in ("architecture", "inference_code"):
        if key not in seen.items:
            seen.items[key] = Item(key, True, row["licence"], row["source"], text)
            seen.tell(f"{components()[key].name}: {text}", row["source"], key,
                      licence=row["licence"])  # fmt: skip


def _shards(folder: Path, paths: list[str], seen: Evidence) -> None:
    """A safetensors index names the files that together are the weights: are they all here?"""
    index = next((p for p in paths if p.endswith(".safetensors.index.json")), None)
    if index is None:
        return
    try:
        names = set(json.loads(text_of(folder / index))["weight_map"].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        seen.warn(f"{index} cannot be read as an index of weights", index, "parameters_final")
        return
    here = {p.rpartition("/")[2] for p in paths}
    gone = sorted(name for name in names if isinstance(name, str) and name not in here)
    if gone:
        seen.items["parameters_final"] = Item(
            "parameters_final", False, note=f"{index} names {len(names)} files, {len(gone)} of "
            f"them are not there ({gone[0]})")  # fmt: skip
        seen.warn(seen.items["parameters_final"].note, index, "parameters_final")
    else:
        seen.tell(f"{index} names {len(names)} files, all are there", index, "parameters_final")


def _gguf(folder: Path, hits: list[str], seen: Evidence) -> None:
    for path in hits[:_EXAMPLES]:
        try:
            read_gguf_into(folder / path, seen, path)
        except KitError as why:
            seen.warn(f"{path}: {why.message}", path, "parameters_final")


def read_gguf_into(path: Path, seen: Evidence, shown: str) -> None:
    """What a GGUF header says: name, licence, architecture."""
    from ..weights import read_gguf

    info = read_gguf(path)
    meta = info.metadata
    licence = str(meta.get("general.license") or meta.get("general.license.name") or "")
    seen.tell(
        f"{shown}: GGUF header, architecture {info.architecture}, {info.parameters:,} parameters, "
        f"licence {licence or 'not stated'}", shown, "parameters_final",
        licence=(normalise(licence) or licence) if licence else "",
    )  # fmt: skip
    if not licence:
        seen.warn(f"the header of {shown} states no licence", shown, "parameters_final")
    if str(info.architecture) in _gguf_architectures():
        row = load_data("implementations.yaml")["llama.cpp"]
        _implemented(seen, row, f"the header names the architecture '{info.architecture}'")
    seen.items.setdefault("metadata", Item("metadata", True, None, shown, "GGUF header"))
    seen.items.setdefault("parameters_final", Item("parameters_final", True, None, shown, "GGUF"))
    if "distribution" not in seen.licences:
        seen.licences["distribution"] = (normalise(licence) or licence) if licence else NOT_KNOWN
    seen.name = str(meta.get("general.name") or seen.name) if not seen.card else seen.name


def _gguf_architectures() -> set[str]:
    from gguf.constants import MODEL_ARCH_NAMES

    return set(MODEL_ARCH_NAMES.values())


def _short(text: str, limit: int = 120) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"

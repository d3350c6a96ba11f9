"""The models the kit knows by name, and where their files are on this machine."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.paths import shipped_models, store_dir

# Ollama's client may send the full name of a library model.
_PREFIXES = ("registry.ollama.ai/library/", "registry.ollama.ai/", "library/")


@dataclass(frozen=True)
class KnownModel:
    """One entry of `data/models.json`.

    `name` is what a person types (`aprendiz`, `gemma3:1b`); `file` is relative to the repository
    on the hub, or to `models/` for a shipped model. `bytes` and `sha256` are None where no source
    supports them: they are never guessed.
    """

    name: str
    repo: str | None
    file: str
    bytes: int | None
    sha256: str | None
    licence: str
    licence_url: str
    architecture: str
    note: str
    shipped: bool
    open_licence: bool = True
    gated: bool = False
    revision: str | None = None
    quantization: str | None = None
    aliases: tuple[str, ...] = field(default=())
    checked: str = ""

    @property
    def full_name(self) -> str:
        """The name with its tag, as Ollama lists it: `aprendiz:latest`."""
        return normalise(self.name)

    @property
    def source(self) -> str:
        """Where the file comes from, as an address a person can open."""
        if self.repo is None:
            return f"models/{self.file}"
        return f"https://huggingface.co/{self.repo}"


def normalise(name: str) -> str:
    """`aprendiz` -> `aprendiz:latest`: Ollama reads a name without a tag as `:latest`.

    Library prefixes are dropped. Raises `KitError` for an empty name.
    """
    short = name.strip()
    for prefix in _PREFIXES:
        if short.lower().startswith(prefix):
            short = short[len(prefix) :]
            break
    if not short or short.startswith(":"):
        raise KitError("A model's name is empty.", "selfhost models list")
    # A colon before the last slash belongs to a host's port, not to a tag.
    if ":" not in short.rsplit("/", 1)[-1]:
        return f"{short}:latest"
    return short if not short.endswith(":") else f"{short}latest"


def known() -> dict[str, KnownModel]:
    """Every known model, keyed by its full name (`aprendiz:latest`, `gemma3:1b`, ...).

    A teacher adds models of their own in `store_dir()/known.json`, a list of entries like those
    of `data/models.json`. Raises `KitError` if that file is not right.
    """
    models: dict[str, KnownModel] = {}
    for entry in [*_entries(), *_own_entries()]:
        model = _model(entry)
        models[model.full_name] = model
    return models


def lookup(name: str) -> KnownModel | None:
    """The known model called `name`, by its name or one of its aliases; capitals do not matter."""
    wanted = normalise(name).casefold()
    for model in known().values():
        names = [model.full_name, *(normalise(alias) for alias in model.aliases)]
        if wanted in (each.casefold() for each in names):
            return model
    return None


def destination(model: KnownModel) -> Path:
    """Where the file of `model` lies, or will lie once fetched."""
    if model.repo is None:
        return shipped_models() / model.file
    return store_dir() / "hub" / model.repo.replace("/", "--") / Path(model.file).name


def find(name: str) -> Path | None:
    """The local GGUF of a known model, shipped or fetched; None when there is none.

    A file under its final name is complete: downloads get it only after their check.
    """
    model = lookup(name)
    if model is None:
        return None
    path = destination(model)
    return path if path.is_file() else None


def shipped_sums(folder: Path) -> dict[str, str]:
    """The lines of `folder/SHA256SUMS` as {relative path: sha256}; empty when there is none."""
    try:
        text = (folder / "SHA256SUMS").read_text(encoding="utf-8")
    except OSError:
        return {}
    sums: dict[str, str] = {}
    for line in text.splitlines():
        digest, _, name = line.partition(" ")
        if len(digest) == 64 and name.strip():
            sums[name.strip().lstrip("*")] = digest.lower()
    return sums


@lru_cache(maxsize=1)
def _entries() -> list[dict[str, Any]]:
    text = resources.files("selfhost").joinpath("data/models.json").read_text(encoding="utf-8")
    document = json.loads(text)
    return [{"checked": document["checked"], **entry} for entry in document["models"]]


def _own_entries() -> list[dict[str, Any]]:
    path = store_dir() / "known.json"
    needed = {"name", "repo", "file", "licence", "licence_url", "architecture", "note"}
    allowed = {each.name for each in fields(KnownModel)}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise KitError(f"{path} cannot be read: {error}.") from error
    for entry in entries if isinstance(entries, list) else [None]:
        if not isinstance(entry, dict) or not needed <= set(entry) <= allowed:
            raise KitError(
                f"An entry of {path} is not right: it needs {', '.join(sorted(needed))}, and may "
                f"have {', '.join(sorted(allowed - needed))}."
            )
    return list(entries)


def _model(entry: dict[str, Any]) -> KnownModel:
    values = {"repo": None, "bytes": None, "sha256": None, "shipped": False, **entry}
    values["aliases"] = tuple(values.get("aliases", ()))
    if values["shipped"]:
        # Read from the checkout, so that new weights need no change here.
        path = shipped_models() / values["file"]
        values["sha256"] = shipped_sums(path.parent).get(path.name)
        try:
            values["bytes"] = path.stat().st_size
        except OSError:
            values["bytes"] = None
    return KnownModel(**values)

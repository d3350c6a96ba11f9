"""Which models there are: shipped, fetched, created or copied ones, and their names.

Known models come from `selfhost.weights`. Created and copied ones are small JSON files under
`store_dir()/manifests`: a base model or a GGUF, and what the Modelfile adds.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from selfhost import weights
from selfhost.errors import KitError
from selfhost.files import write_atomically
from selfhost.paths import store_dir
from selfhost.server.errors import ApiError, not_found
from selfhost.server.modelfile import Modelfile

_NAME = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._\-]*(/[A-Za-z0-9][A-Za-z0-9._\-]*)*(:[A-Za-z0-9_][A-Za-z0-9._\-]*)?"
)


@dataclass(frozen=True)
class Model:
    """One model that can answer. `extra` is what a Modelfile adds to the file at `path`."""

    name: str
    path: Path
    digest: str
    size: int
    modified: float
    extra: Modelfile = field(default_factory=Modelfile)
    parent: str = ""
    licence: str = ""
    quantization: str | None = None
    adapters: tuple[Path, ...] = ()

    @property
    def info(self) -> weights.GGUFInfo:
        """The file's header. Raises `KitError` for a broken file."""
        stat = self.path.stat()
        return _header(self.path, stat.st_size, stat.st_mtime_ns)

    @property
    def context_length(self) -> int:
        """Tokens the model was made for."""
        return int(self.info.of_architecture("context_length", 4096))

    @property
    def template(self) -> str | None:
        """The chat template: the Modelfile's, else the file's own."""
        return self.extra.template or self.info.metadata.get("tokenizer.chat_template")

    @property
    def capabilities(self) -> list[str]:
        """Ollama's words for what the model can do."""
        return ["embedding"] if self.info.of_architecture("pooling_type") else ["completion"]

    @property
    def full_name(self) -> str:
        """The name as Ollama's error messages write it."""
        short = self.name if "/" in self.name else f"library/{self.name}"
        return f"registry.ollama.ai/{short}"

    def special_token(self, which: str) -> str:
        """The text of `bos` or `eos`, or nothing."""
        number = self.info.metadata.get(f"tokenizer.ggml.{which}_token_id")
        tokens = self.info.metadata.get("tokenizer.ggml.tokens", [])
        return tokens[number] if number is not None and number < len(tokens) else ""


@lru_cache(maxsize=16)
def _header(path: Path, size: int, modified: int) -> weights.GGUFInfo:
    return weights.read_gguf(path)


def valid_name(name: str) -> str:
    """The full form of a name somebody gives to a model; raises `ApiError` 400."""
    if not isinstance(name, str) or len(name) > 200 or not _NAME.fullmatch(name.strip()):
        raise ApiError(400, "invalid model name", param="model")
    return weights.normalise(name)


class Catalog:
    """Looks models up by name. What another process pulls or creates counts after a second."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._recent: dict[str, tuple[float, Model]] = {}

    async def get(self, name: str) -> Model:
        """`find` for a request: remembered for a second, and never in the way of other requests.

        Reading the header of a model with 262,144 tokens for the first time takes a while.
        """
        when, model = self._recent.get(name, (0.0, None))
        if model is not None and time.monotonic() - when < 1.0:
            return model
        return await asyncio.to_thread(self._find_and_read, name)

    def _find_and_read(self, name: str) -> Model:
        model = self.find(name)
        with suppress(KitError, OSError):  # told when the model is used
            _ = model.info
        if len(self._recent) > 100:
            self._recent.clear()
        self._recent[name] = (time.monotonic(), model)
        return model

    @property
    def store(self) -> Path:
        """Where fetched, imported and created models are."""
        return self._folder or store_dir()

    def find(self, name: str) -> Model:
        """The model called `name`; raises `ApiError` 404."""
        try:
            full = weights.normalise(name)
        except (KitError, AttributeError):
            raise not_found(str(name)) from None
        created = self._created(full)
        if created is not None:
            return created
        known = weights.lookup(full)
        path = weights.find(full) if known else None
        if known is None or path is None:
            raise not_found(name)
        return _known(known, path)

    def list(self) -> list[Model]:
        """All models on this machine, newest first; a broken manifest is left out."""
        found = {}
        for known in weights.known().values():
            path = weights.find(known.name)
            if path is not None:
                found[known.full_name] = _known(known, path)
        for file in sorted((self.store / "manifests").glob("*.json")):
            try:
                data = json.loads(file.read_text(encoding="utf-8"))
                found[data["name"]] = self._from_manifest(data, file)
            except (OSError, ValueError, KeyError, TypeError, ApiError):
                continue
        return sorted(found.values(), key=lambda model: (-int(model.modified), model.name))

    def _manifest(self, full: str) -> Path:
        # Hashed: names have slashes and colons, and file systems differ about capitals.
        key = hashlib.sha256(full.casefold().encode()).hexdigest()[:24]
        return self.store / "manifests" / f"{key}.json"

    def _created(self, full: str) -> Model | None:
        file = self._manifest(full)
        try:
            return self._from_manifest(json.loads(file.read_text(encoding="utf-8")), file)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ApiError(400, f"the manifest of '{full}' cannot be read: {error}") from error

    def _from_manifest(self, data: dict[str, Any], file: Path) -> Model:
        extra = Modelfile(
            None,
            data.get("parameters", {}),
            data.get("system"),
            data.get("template"),
            data.get("messages", []),
            data.get("license", []),
        )
        adapters = tuple(self._place(each) for each in data.get("adapters", []))
        extra.adapters = [str(path) for path in adapters]
        base = data.get("base")
        if base:
            known = weights.lookup(base)
            path = weights.find(base)
            if known is None or path is None:
                raise not_found(base)
            licence, quantization = known.licence, known.quantization
        else:
            path, licence, quantization = self._place(data["path"]), "", None
        if not all(file.is_file() for file in (path, *adapters)):
            raise not_found(data["name"])
        stat = file.stat()
        return Model(
            data["name"],
            path,
            hashlib.sha256(file.read_bytes()).hexdigest(),
            sum(each.stat().st_size for each in (path, *adapters)),
            stat.st_mtime,
            extra,
            data.get("parent", base or ""),
            licence,
            quantization,
            adapters,
        )

    def save(self, name: str, origin: Model | Path, extra: Modelfile) -> Model:
        """Write the manifest of a created model: `origin` is its base or its own GGUF.

        `extra.adapters` are files in the store; without any, those of the base stay.
        """
        full = valid_name(name)
        data: dict[str, Any] = {
            "name": full,
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "parameters": extra.parameters,
            "system": extra.system,
            "template": extra.template,
            "messages": extra.messages,
            "license": extra.license,
        }
        adapters = [Path(each) for each in extra.adapters]
        if isinstance(origin, Model):
            adapters = adapters or list(origin.adapters)
            data["parent"] = origin.name
            known = self._base_of(origin)
            if known:
                data["base"] = known
            else:
                data["path"] = self._stored(origin.path)
        else:
            data["path"] = self._stored(origin)
        if adapters:
            data["adapters"] = [self._stored(path) for path in adapters]
        target = self._manifest(full)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, json.dumps(data, ensure_ascii=False, indent=1))
        self._recent.clear()
        return self._from_manifest(data, target)

    def _base_of(self, model: Model) -> str | None:
        """The known model whose file `model` uses: it is named, so that new weights count."""
        for known in weights.known().values():
            if weights.find(known.name) == model.path:
                return known.full_name
        return None

    def _place(self, stored: str) -> Path:
        path = Path(stored)
        return path if path.is_absolute() else self.store / path

    def _stored(self, path: Path) -> str:
        """A path in the store is written relative to it, so that the store can be moved."""
        return (
            path.relative_to(self.store).as_posix()
            if path.is_relative_to(self.store)
            else str(path)
        )

    def copy(self, source: str, destination: str) -> Model:
        """A second name for a model."""
        model = self.find(source)
        return self.save(destination, model, model.extra)

    def delete(self, name: str) -> Model:
        """Take a model away. Raises `ApiError`: 404, or 400 for one that comes with the kit."""
        model = self.find(name)
        self._recent.clear()
        manifest = self._manifest(model.name)
        if manifest.is_file():
            manifest.unlink(missing_ok=True)
            blobs = self.store / "blobs"
            used = {file for other in self.list() for file in (other.path, *other.adapters)}
            for file in (model.path, *model.adapters):
                if file.is_relative_to(blobs) and file not in used:
                    file.unlink(missing_ok=True)
            return model
        known = weights.lookup(name)
        if known is not None and known.shipped:
            raise ApiError(400, f"model '{name}' comes with the kit and cannot be deleted")
        model.path.unlink(missing_ok=True)
        return model


def _known(known: weights.KnownModel, path: Path) -> Model:
    stat = path.stat()
    digest = known.sha256 or weights.sha256(path)
    return Model(
        known.full_name,
        path,
        digest,
        stat.st_size,
        stat.st_mtime,
        licence=known.licence,
        quantization=known.quantization,
    )

"""The providers of `data/providers.yaml`, and the request that one of them would be sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from selfhost.apis.keys import find_key
from selfhost.errors import KitError

_PRICES = ("free", "listed", "page")


@dataclass(frozen=True)
class Provider:
    """One place where models can be asked. Fields as in `data/providers.yaml`."""

    id: str
    name: str
    base_url: str
    models: str
    key_env: tuple[str, ...]
    example_model: str
    where: str
    sets: tuple[str, ...]
    beyond: tuple[str, ...]
    refuses: tuple[str, ...]
    notes: tuple[str, ...]
    hides: tuple[str, ...]
    price: Mapping[str, str]
    sources: tuple[Mapping[str, str], ...]

    @property
    def needs_key(self) -> bool:
        """Does it answer only to a key? (A vLLM server of yours may be started without one.)"""
        return bool(self.key_env) and not self.base_url.startswith("http://127.")

    def key(self, environment: Mapping[str, str] | None = None) -> str | None:
        """The key from the environment, or None."""
        return find_key(self.key_env, environment)

    def request(self, model: str | None, question: str, **options: Any) -> Prepared:
        """The chat request as it would be sent; nothing is sent."""
        body = {
            "model": model or self.example_model,
            "messages": [{"role": "user", "content": question}],
            **options,
        }
        headers = {"Content-Type": "application/json"}
        if self.key_env:
            headers["Authorization"] = f"Bearer ${self.key_env[0]}"
        return Prepared("POST", f"{self.base_url}/chat/completions", headers, body)

    def price_note(self) -> str:
        """Where its prices stand, with the day on which somebody read them."""
        if self.price["kind"] == "page":
            return f"{self.price['source']} (read: {self.price['read']})"
        return str(self.price.get("note", self.price["kind"]))


@dataclass(frozen=True)
class Prepared:
    """A request on paper; the key is the name of a variable."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        head = [f"{self.method} {self.url}", *(f"{k}: {v}" for k, v in self.headers.items())]
        return "\n".join([*head, "", json.dumps(self.body, indent=2, ensure_ascii=False)])

    def curl(self) -> str:
        """The same as a command for bash (in PowerShell write `curl.exe`)."""
        parts = [f"curl {self.url}"]
        parts += [f'-H "{name}: {value}"' for name, value in self.headers.items()]
        body = json.dumps(self.body, ensure_ascii=False).replace("'", "'\\''")
        return " \\\n  ".join([*parts, f"-d '{body}'"])


@cache
def providers() -> Mapping[str, Provider]:
    """All providers by id. Raises `KitError` when the data file is broken."""
    import yaml

    text = files("selfhost").joinpath("data/providers.yaml").read_text(encoding="utf-8")
    found = {}
    for name, row in yaml.safe_load(text).items():
        try:
            found[name] = _provider(name, row)
        except (KeyError, TypeError, ValueError) as error:
            raise KitError(
                f"data/providers.yaml: the entry {name!r} is wrong: {error}.", "mend that entry"
            ) from error
    return found


def _provider(name: str, row: dict[str, Any]) -> Provider:
    price = {key: str(value) for key, value in row["price"].items()}
    if price["kind"] not in _PRICES:
        raise ValueError(f"price.kind is {price['kind']!r}, not one of {', '.join(_PRICES)}")
    if price["kind"] == "page" and not {"source", "read"} <= price.keys():
        raise ValueError("a price needs its source and the day it was read")
    sources = tuple({key: str(value) for key, value in s.items()} for s in row["sources"])
    if not sources or any({"url", "says", "read"} - s.keys() for s in sources):
        raise ValueError("each source needs url, says and read")
    words = {key: str(row[key]) for key in ("name", "base_url", "models", "example_model", "where")}
    names = ("key_env", "sets", "beyond", "refuses", "notes", "hides")
    lists = {key: tuple(map(str, row[key])) for key in names}
    everything: dict[str, Any] = {**words, **lists}
    return Provider(id=name, price=price, sources=sources, **everything)


def provider(name: str) -> Provider:
    """One of them. Raises `KitError`."""
    known = providers()
    if name not in known:
        raise KitError(f"No provider {name!r} is known ({', '.join(known)}).", "selfhost apis list")
    return known[name]

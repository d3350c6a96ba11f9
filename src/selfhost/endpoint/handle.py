"""The object that notebooks hold: addresses, what answers there, and how to bring it back."""

from __future__ import annotations

import sys
import weakref
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from selfhost.console import size
from selfhost.endpoint import embedded, settings
from selfhost.endpoint.http import Unreachable, ask, is_loopback
from selfhost.endpoint.state import State
from selfhost.errors import KitError

_ARCHITECTURES = {
    "gemma3": "Gemma 3",
    "gemma2": "Gemma 2",
    "llama": "Llama",
    "qwen2": "Qwen 2",
    "qwen3": "Qwen 3",
    "phi3": "Phi 3",
}
_open: weakref.WeakSet[Endpoint] = weakref.WeakSet()


@dataclass(frozen=True)
class ModelFacts:
    """What the server lists about the model: its name there, size in bytes, architecture."""

    name: str
    bytes: int | None = None
    architecture: str | None = None

    def __str__(self) -> str:
        facts = []
        if self.bytes:
            facts.append(size(self.bytes))
        if self.architecture:
            facts.append(f"{_ARCHITECTURES.get(self.architecture, self.architecture)} architecture")
        return f"{self.name} ({', '.join(facts)})" if facts else self.name


class Endpoint:
    """A model server that answers, and the model to ask it for.

    Attributes: `ollama_url`, `openai_url` (ends in `/v1`), `model`, `api_key`, `kind` ("given",
    "ollama" or "embedded"), `apis` (which of "ollama", "openai" it speaks). Use it as it is, or
    in a `with` block, after which an embedded server may end.
    """

    def __init__(
        self,
        *,
        kind: str,
        url: str,
        facts: ModelFacts,
        engine: str,
        apis: tuple[str, ...] = ("ollama", "openai"),
        api_key: str = "ollama",
        note: str = "",
        state: State | None = None,
    ) -> None:
        self.kind, self.url, self.facts, self.engine = kind, url, facts, engine
        self.apis, self.api_key, self.note = apis, api_key, note
        self._state, self._exported = state, False
        if is_loopback(url):
            settings.bypass_proxies()
        if state is not None:
            _open.add(self)
            _watch_cells()

    @property
    def model(self) -> str:
        """The model's name, as the server lists it."""
        return self.facts.name

    @property
    def ollama_url(self) -> str:
        """Base address for Ollama's API and its client (`ollama.Client(host=...)`)."""
        return self.url

    @property
    def openai_url(self) -> str:
        """Base address for OpenAI's API and its client (`OpenAI(base_url=...)`)."""
        return f"{self.url}/v1"

    def describe(self) -> str:
        """One line: which model answers, through which engine, where."""
        address = self.url if "ollama" in self.apis else self.openai_url
        return f"{self.facts} · {self.engine} · {address}{self.note}"

    def export(self) -> None:
        """Set the variables that clients and shell cells read, for this process and its children.

        `OLLAMA_HOST`, `OPENAI_BASE_URL`, `OPENAI_API_KEY`, `SELFHOST_ENDPOINT`, `SELFHOST_MODEL`.
        """
        values = {
            "OPENAI_BASE_URL": self.openai_url,
            "OPENAI_API_KEY": self.api_key,
            "SELFHOST_ENDPOINT": self.url,
            "SELFHOST_MODEL": self.model,
        }
        if "ollama" in self.apis:
            values["OLLAMA_HOST"] = self.ollama_url
        settings.export(values)
        self._exported = True

    def ensure(self) -> Endpoint:
        """Make sure that it still answers; an embedded server that was killed is started again.

        In a notebook this happens by itself before every cell. Raises `KitError`.
        """
        if self._state is None:
            path = "/api/version" if "ollama" in self.apis else "/v1/models"
            try:
                ask(f"{self.url}{path}", key=self.api_key, timeout=5.0)
            except Unreachable as error:
                raise KitError(
                    f"{self.engine} at {self.url} no longer answers.",
                    "start it again" if self.kind == "given" else "ollama serve",
                ) from error
            return self
        if not embedded.is_up(self._state):
            self._state = embedded.join_or_start(self.model)
            self.url = self._state.url
            if self._exported:
                self.export()
        return self

    def close(self) -> None:
        """Stop using it. An embedded server ends some seconds after its last user closed it."""
        state = self._state
        if state is None or self not in _open:
            return
        _open.discard(self)
        if not any(other._state and other._state.pid == state.pid for other in _open):
            embedded.release(state)

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Endpoint {self.describe()}>"


_watching = False


def _watch_cells() -> None:
    """Before each cell of a notebook, bring a killed embedded server back (microseconds if up)."""
    global _watching
    if _watching or "IPython" not in sys.modules:
        return
    shell: Any = sys.modules["IPython"].get_ipython()
    if shell is None:
        return
    shell.events.register("pre_run_cell", _revive)
    _watching = True


def _revive(*_: object) -> None:
    for at in list(_open):
        try:
            at.ensure()
        except KitError as error:  # the cell itself may not need the server
            print(error)

"""Which server to use: the one that was named, a running Ollama, or the embedded endpoint."""

from __future__ import annotations

import os
from typing import Any

from selfhost import weights
from selfhost.endpoint import embedded, settings
from selfhost.endpoint.handle import Endpoint, ModelFacts
from selfhost.endpoint.http import Unreachable, ask, is_loopback
from selfhost.endpoint.state import State
from selfhost.errors import KitError

OLLAMA_MODEL = "gemma3:1b"  # the course's model where there is an Ollama
EMBEDDED_MODEL = "aprendiz"


def endpoint(model: str | None = None, *, lease: int | None = -1) -> Endpoint:
    """Find or start the endpoint; see the package's docstring for the order.

    `model` (or else `SELFHOST_MODEL`) is the model to use; without it, the one that fits the
    server. `lease` is the process for which an embedded server runs: this one (-1), another one
    by its number, or None to let it run until it is stopped.

    Raises `KitError` when a named server is silent, or has no such model.
    """
    wanted = model or settings.setting("SELFHOST_MODEL")
    engine, given = settings.engine(), settings.setting("SELFHOST_ENDPOINT")
    if engine == "openai":
        address = given or settings.setting("OPENAI_BASE_URL")
        if address is None:
            raise KitError(
                "SELFHOST_ENGINE=openai needs the address of a server.",
                "set SELFHOST_ENDPOINT=http://HOST:PORT/v1",
            )
        return _given(settings.base_url(address), wanted, ollama=False)
    if engine == "ollama":
        url = settings.base_url(given) if given else settings.ollama_url()
        return _ollama(url, wanted or OLLAMA_MODEL)
    if engine is None:
        if given:
            return _given(settings.base_url(given), wanted)
        found = _running_ollama(settings.ollama_url(), wanted or OLLAMA_MODEL)
        if found is not None:
            return found
    return _embedded(wanted or EMBEDDED_MODEL, lease)


def _key() -> str:
    return settings.setting("SELFHOST_API_KEY") or "ollama"


def _given(url: str, wanted: str | None, *, ollama: bool = True) -> Endpoint:
    """The server at an address that someone set."""
    timeout = 3.0 if is_loopback(url) else 10.0
    silent = KitError(
        f"No model server answers at {url} (SELFHOST_ENDPOINT).",
        "start that server, or unset SELFHOST_ENDPOINT to use the kit's own",
    )
    try:
        version = _version(url, timeout) if ollama else None
        if version is None:
            return _openai_only(url, wanted, timeout)
        listed = _listed(url, timeout)
        info = _info(url)
    except Unreachable as error:
        raise silent from error
    name = wanted or _first_choice(listed, url)
    facts = _pick(listed, name)
    if facts is None:
        raise _missing(name, url, [each.name for each in listed], "ollama")
    who = _engine_words(info) if info else f"Ollama {version}"
    return Endpoint(kind="given", url=url, facts=facts, engine=who, api_key=_key())


def _openai_only(url: str, wanted: str | None, timeout: float) -> Endpoint:
    status, answer = ask(f"{url}/v1/models", key=_key(), timeout=timeout)
    if status in (401, 403):
        raise KitError(f"{url} asks for a key.", "set SELFHOST_API_KEY to the key of that server")
    listed: list[ModelFacts] = []
    if status == 200 and isinstance(answer, dict):
        entries = answer.get("data") or answer.get("models") or []
        listed = [ModelFacts(str(each["id"])) for each in entries if "id" in each]
    elif status != 404:  # some servers list nothing
        raise KitError(
            f"{url}/v1/models answers with status {status}, so it is not an OpenAI-style server.",
            "check SELFHOST_ENDPOINT",
        )
    name = wanted or _first_choice(listed, url)
    facts = _pick(listed, name) if listed else ModelFacts(name)
    if facts is None:
        raise _missing(name, url, [each.name for each in listed], "openai")
    return Endpoint(
        kind="given",
        url=url,
        facts=facts,
        engine="OpenAI-style API",
        apis=("openai",),
        api_key=_key(),
    )


def _ollama(url: str, name: str) -> Endpoint:
    """An Ollama that was asked for: everything missing is an error."""
    try:
        version = _version(url, 5.0)
        if version is None:
            raise KitError(f"What answers at {url} is no Ollama.", "ollama serve")
        if _info(url) is not None:
            raise KitError(
                f"At {url} the kit's own endpoint answers, and no Ollama.",
                "selfhost endpoint stop, then ollama serve",
            )
        listed = _listed(url, 10.0)
    except Unreachable as error:
        raise KitError(f"No Ollama answers at {url}.", "ollama serve") from error
    facts = _pick(listed, name)
    if facts is None:
        raise _missing(name, url, [each.name for each in listed], "ollama")
    return Endpoint(kind="ollama", url=url, facts=facts, engine=f"Ollama {version}", api_key=_key())


def _running_ollama(url: str, name: str) -> Endpoint | None:
    """An Ollama that happens to run and has the model; nothing it lacks is an error."""
    try:
        version = _version(url, 1.0 if is_loopback(url) else 3.0)
        if version is None or _info(url) is not None:
            return None  # another embedded endpoint, perhaps someone else's, is no Ollama
        facts = _pick(_listed(url, 3.0), name)
    except (Unreachable, KitError):
        return None
    if facts is None:
        return None
    return Endpoint(kind="ollama", url=url, facts=facts, engine=f"Ollama {version}", api_key=_key())


def _embedded(name: str, lease: int | None) -> Endpoint:
    """The kit's own server; `name` may also be a model that a notebook created in it."""
    path = weights.find(name)
    here = path is not None
    if path is not None:
        weights.check_gguf(path)  # a file cut short is told here, in one sentence
    first = name if here else EMBEDDED_MODEL
    try:
        state, listed, info = _joined(first, lease)
    except Unreachable:  # it was just ending, its last user gone: now a new one can start
        try:
            state, listed, info = _joined(first, lease)
        except Unreachable as error:
            raise KitError(
                "The embedded endpoint stopped while it was asked.", "selfhost endpoint status"
            ) from error
    facts = _pick(listed, name)
    if facts is None:
        model = weights.lookup(name)
        if model is not None and not here and model.shipped:
            raise KitError(
                f"{model.file} is missing from this checkout.",
                f"git checkout -- models/{model.file}",
            )
        if model is not None and not here:
            raise KitError(
                f"{model.name} is not on this computer yet.",
                f"selfhost models pull {model.name} (with a running Ollama: ollama pull {name})",
            )
        raise _missing(name, state.url, [each.name for each in listed], "embedded")
    note = ""
    if state.port != settings.DEFAULT_PORT and settings.port() is None:
        note = f" (port {settings.DEFAULT_PORT} was taken)"
    return Endpoint(
        kind="embedded",
        url=state.url,
        facts=facts,
        engine=_engine_words(info),
        note=note,
        state=state,
    )


def _joined(name: str, lease: int | None) -> tuple[State, list[ModelFacts], dict[str, Any]]:
    state = embedded.join_or_start(name, lease)
    return state, _listed(state.url, 10.0), _info(state.url) or {}


def _engine_words(info: dict[str, Any]) -> str:
    engine = info.get("engine") or {}
    if not isinstance(engine, dict) or "name" not in engine:
        return "embedded endpoint"
    package = " ".join(str(engine[key]) for key in ("package", "version") if engine.get(key))
    return f"embedded endpoint, {engine['name']}" + (f" ({package})" if package else "")


def _version(url: str, timeout: float) -> str | None:
    """The version by Ollama's API; None if something else answers."""
    status, answer = ask(f"{url}/api/version", key=_key(), timeout=timeout)
    if status in (401, 403) and "SELFHOST_API_KEY" not in os.environ:
        raise KitError(f"{url} asks for a key.", "set SELFHOST_API_KEY to the key of that server")
    if status == 200 and isinstance(answer, dict) and "version" in answer:
        return str(answer["version"])
    return None


def _info(url: str) -> dict[str, Any] | None:
    """What the kit's own server says about itself; None from any other server."""
    status, answer = ask(f"{url}/selfhost/info", key=_key(), timeout=5.0)
    return answer if status == 200 and isinstance(answer, dict) and "kit" in answer else None


def _listed(url: str, timeout: float) -> list[ModelFacts]:
    """The models by Ollama's API."""
    status, answer = ask(f"{url}/api/tags", key=_key(), timeout=timeout)
    if status != 200 or not isinstance(answer, dict):
        raise Unreachable(f"status {status}")
    facts = []
    for entry in answer.get("models") or []:
        details = entry.get("details") or {}
        facts.append(
            ModelFacts(
                str(entry.get("name") or entry.get("model")),
                entry.get("size"),
                details.get("family") or None,
            )
        )
    return facts


def _pick(listed: list[ModelFacts], name: str) -> ModelFacts | None:
    """The listed model called `name`; it keeps the shorter name that was asked for."""
    wanted = weights.normalise(name).casefold()
    known = weights.lookup(name)
    names = {wanted, known.full_name.casefold()} if known else {wanted}
    for facts in listed:
        if facts.name == name or weights.normalise(facts.name).casefold() in names:
            short = facts.name.removesuffix(":latest")
            return ModelFacts(short, facts.bytes, facts.architecture)
    return None


def _first_choice(listed: list[ModelFacts], url: str) -> str:
    for name in (OLLAMA_MODEL, EMBEDDED_MODEL):
        if _pick(listed, name):
            return name
    if not listed:
        raise KitError(f"The server at {url} lists no model.", "set SELFHOST_MODEL, or pull one")
    return listed[0].name


def _missing(name: str, url: str, has: list[str], kind: str) -> KitError:
    listed = ", ".join(each.removesuffix(":latest") for each in has[:8]) or "none"
    mend = {
        "ollama": f"ollama pull {name}",
        "embedded": "selfhost models list",
        "openai": "set SELFHOST_MODEL to one of them",
    }[kind]
    return KitError(f"The server at {url} has no model {name}; it has {listed}.", mend)

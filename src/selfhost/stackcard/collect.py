"""Fill a card: from a model's file, from an endpoint, from one answer's stack data."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import selfhost
from selfhost.errors import KitError
from selfhost.stackcard.card import UNKNOWN, Card, Engine, Hardware, Model, Serving, Setting, now
from selfhost.stackcard.card import Software as SoftwarePart
from selfhost.stackcard.hardware import hardware, software

_ORIGINS = {"request", "modelfile", "default", "client default", "random", "reproducible"}


def model_from_file(path: Path, name: str = UNKNOWN) -> Model:
    """What a GGUF file says. Raises `KitError` for a broken one."""
    from selfhost import weights

    info = weights.read_gguf(path)
    meta = info.metadata
    sizes: Counter[str] = Counter()
    for tensor in info.tensors:
        sizes[tensor.type] += tensor.bytes
    template = meta.get("tokenizer.chat_template")
    return Model(
        name=name if name != UNKNOWN else str(meta.get("general.name", UNKNOWN)),
        sha256=weights.sha256(path),
        bytes=path.stat().st_size,
        architecture=info.architecture,
        parameters=info.parameters,
        quantization=dict(sizes),
        tokenizer_sha256=_sha256(json.dumps(meta.get("tokenizer.ggml.tokens", []))),
        chat_template_sha256=_sha256(template) if template else UNKNOWN,
        bos_token_id=meta.get("tokenizer.ggml.bos_token_id", UNKNOWN),
        add_bos=meta.get("tokenizer.ggml.add_bos_token", UNKNOWN),
        eos_token_ids=[
            int(meta[f"tokenizer.ggml.{each}_token_id"])
            for each in ("eos", "eot")
            if f"tokenizer.ggml.{each}_token_id" in meta
        ],
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def settings_from(
    stack: Mapping[str, Any] | None, asked: Mapping[str, Any] | None = None
) -> dict[str, Setting]:
    """Settings in force as the server told them; without that, those asked for."""
    if stack and "settings" in stack:
        origins = stack.get("origin", {})
        return {
            name: Setting(
                value=value,
                origin=origins.get(name) if origins.get(name) in _ORIGINS else UNKNOWN,
            )
            for name, value in sorted(stack["settings"].items())
        }
    return {
        name: Setting(value=value, origin="request")
        for name, value in sorted((asked or {}).items())
    }


def collect(
    at: Any,
    *,
    asked: Mapping[str, Any] | None = None,
    reproducible: bool = False,
    timeout: float = 60.0,
) -> Card:
    """The card of an endpoint (`selfhost.endpoint.Endpoint`), from what it tells.

    One short answer (a single token, with the settings of `asked`, in reproducible mode if asked
    for) is requested, since only a running model tells what is in force. The embedded endpoint
    tells everything; a real Ollama tells its version, the model's header and template; another
    server mostly its name.
    Raises `KitError` when the endpoint does not answer.
    """
    import httpx

    try:
        mode = {"X-Selfhost-Reproducible": "1"} if reproducible else {}
        with httpx.Client(timeout=timeout, headers={**_key(at), **mode}) as http:
            info = _get(http, f"{at.ollama_url}/selfhost/info")
            if info is not None:
                return _embedded(http, at, info, dict(asked or {}))
            return _foreign(http, at, dict(asked or {}))
    except httpx.HTTPError as error:
        raise KitError(
            f"{at.ollama_url} does not answer ({error}).", "selfhost endpoint"
        ) from error


def _key(at: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {at.api_key}"} if at.api_key else {}


def _get(http: Any, url: str) -> dict[str, Any] | None:
    answer = http.get(url)
    if answer.status_code != 200:
        return None
    try:
        found = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _post(http: Any, url: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = http.post(url, json=body)
    try:
        found = answer.json()
    except ValueError:
        found = {}
    if answer.status_code != 200:
        raise KitError(f"The endpoint answered {answer.status_code}: {found.get('error', '')}")
    return dict(found)


def _embedded(http: Any, at: Any, info: dict[str, Any], asked: dict[str, Any]) -> Card:
    from selfhost import weights

    body = {
        "model": at.model, "stream": False, "options": {**asked, "num_predict": 1},
        "messages": [{"role": "user", "content": "Hello"}],
    }  # fmt: skip
    stack = _post(http, f"{at.ollama_url}/api/chat", body)["selfhost"]
    stack["settings"]["num_predict"] = asked.get("num_predict", -1)
    path = weights.find(at.model)
    return Card(
        kit=selfhost.__version__,
        created=now(),
        engine=engine_of(stack.get("engine") or info.get("engine") or {}),
        model=model_from_file(path, at.model) if path else Model(name=at.model),
        settings=settings_from(stack),
        serving=Serving(api="ollama", **stack.get("serving", {})),
        hardware=hardware(),
        software=software(),
    )


def engine_of(told: Mapping[str, Any]) -> Engine:
    """The embedded engine, with the flags it was compiled with."""
    build: dict[str, Any] = {}
    commit: str = UNKNOWN
    if told.get("package") == "xllamacpp":
        import xllamacpp

        facts = xllamacpp.BUILD_INFO
        commit = str(facts.get("commit", UNKNOWN))
        build = {"compiler": facts["compiler"], "target": facts["build_target"]}
        build["compiled_for"] = ", ".join(
            part.split("=")[0].replace("CPU :", "").strip()
            for part in xllamacpp.get_system_info().split("|")
            if part.strip().endswith("= 1")
        )
    return Engine(
        name=str(told.get("name", UNKNOWN)),
        version=f"in {told.get('package')} {told.get('version')}" if told else UNKNOWN,
        commit=commit,
        package=f"{told.get('package')} {told.get('version')}" if told else UNKNOWN,
        build=build,
    )


def _foreign(http: Any, at: Any, asked: dict[str, Any]) -> Card:
    version = _get(http, f"{at.ollama_url}/api/version")
    model, engine = Model(name=at.model), Engine()
    api = "openai"
    if version is not None:
        api = "ollama"
        engine = Engine(name="Ollama", version=str(version.get("version", UNKNOWN)))
        shown = _post(http, f"{at.ollama_url}/api/show", {"model": at.model})
        model = _shown(at.model, shown)
    else:
        props = _get(http, f"{at.ollama_url}/props")
        if props is not None:
            engine = Engine(name="llama.cpp", version=str(props.get("build_info", UNKNOWN)))
    local = _is_here(at.ollama_url)
    return Card(
        kit=selfhost.__version__,
        created=now(),
        where="this machine" if local else "remote",
        engine=engine,
        model=model,
        settings=settings_from(None, asked),
        serving=Serving(api=api),  # type: ignore[arg-type]
        hardware=hardware() if local else Hardware(),
        software=software() if local else SoftwarePart(),
    )


def _shown(name: str, shown: Mapping[str, Any]) -> Model:
    """A model as Ollama's /api/show describes it; its file's hash is not told there."""
    meta = dict(shown.get("model_info") or {})
    template = shown.get("template")
    return Model(
        name=name,
        architecture=str(meta.get("general.architecture", UNKNOWN)),
        parameters=meta.get("general.parameter_count", UNKNOWN),
        chat_template_sha256=_sha256(template) if template else UNKNOWN,
        bos_token_id=meta.get("tokenizer.ggml.bos_token_id", UNKNOWN),
        add_bos=meta.get("tokenizer.ggml.add_bos_token", UNKNOWN),
    )


def _is_here(url: str) -> bool:
    from urllib.parse import urlsplit

    return (urlsplit(url).hostname or "") in {"localhost", "127.0.0.1", "::1"}

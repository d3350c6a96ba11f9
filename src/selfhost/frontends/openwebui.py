"""The settings with which Open WebUI is started: each with its value and its reason.

Names and defaults: read in the source of 0.12.4 (`open_webui/env.py`, `config.py`), 2026-11-21.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

KINDS = {
    "state": "where it keeps things",
    "door": "which endpoint it talks to",
    "offline": "what keeps it from asking the internet",
    "people": "who may use it",
    "tools": "what is described to the model with every question",
    "calls": "what else the model is asked, besides your question",
}
# Which of the last two kinds are set: as it comes, tools left out, and both (the kit's choice).
PROFILES = {"plain": (), "without tools": ("tools",), "lean": ("tools", "calls")}


@dataclass(frozen=True)
class Setting:
    """An environment variable of Open WebUI; `value` is what the kit gives it, `kind` in KINDS."""

    name: str
    value: str
    kind: str
    why: str


FIXED = (
    Setting("ENABLE_PERSISTENT_CONFIG", "False", "state",
            "what is set here counts at every start; otherwise the database remembers the first"),
    Setting("OFFLINE_MODE", "True", "offline", "no version check, no download of models"),
    Setting("HF_HUB_OFFLINE", "1", "offline", "the Hugging Face library asks nobody"),
    Setting("ENABLE_VERSION_UPDATE_CHECK", "False", "offline", "no question after a newer release"),
    Setting("RAG_EMBEDDING_ENGINE", "ollama", "offline",
            "for documents: embeddings from the endpoint, not from a model fetched at the start"),
    Setting("ANONYMIZED_TELEMETRY", "False", "offline", "its database of vectors reports nothing"),
    Setting("DO_NOT_TRACK", "true", "offline", "the same for other libraries"),
    Setting("SCARF_NO_ANALYTICS", "true", "offline", "the same for other libraries"),
    Setting("ENABLE_COMMUNITY_SHARING", "False", "offline", "no button that uploads a chat"),
    Setting("WEBUI_AUTH", "False", "people",
            "no login: only you reach it, at 127.0.0.1; with more people, True"),
    Setting("ENABLE_EVALUATION_ARENA_MODELS", "False", "calls",
            "no extra entry in the list of models that answers with one of them in secret"),
    Setting("ENABLE_TITLE_GENERATION", "False", "calls",
            "the model is not asked for a title of the chat"),
    Setting("ENABLE_TAGS_GENERATION", "False", "calls", "nor for its topics"),
    Setting("ENABLE_FOLLOW_UP_GENERATION", "False", "calls",
            "nor for questions that you could ask next"),
    Setting("DEFAULT_MODEL_METADATA", '{"capabilities": {"builtin_tools": false}}', "tools",
            "36 tools are not described to the model with every question"),
)  # fmt: skip


def settings(
    url: str,
    *,
    data: Path,
    api: str = "ollama",
    key: str = "ollama",
    profile: str = "lean",
    port: int = 8080,
) -> tuple[Setting, ...]:
    """All settings for an endpoint at `url` (without `/v1`), its state in `data`.

    `api` is "ollama" or "openai"; the key goes only with OpenAI's.
    """
    if api not in ("ollama", "openai") or profile not in PROFILES:
        raise ValueError(f"api {api!r} or profile {profile!r}")
    ours = api == "ollama"
    door = (
        Setting("ENABLE_OLLAMA_API", str(ours), "door", "talk Ollama's language"),
        Setting("ENABLE_OPENAI_API", str(not ours), "door", "talk OpenAI's language"),
        *(
            [Setting("OLLAMA_BASE_URL", url, "door", "where the endpoint is")]
            if ours
            else [
                Setting("OPENAI_API_BASE_URL", f"{url}/v1", "door", "where the endpoint is"),
                Setting(
                    "OPENAI_API_KEY", key, "door", "the key that the endpoint asks for, if any"
                ),
            ]
        ),
    )
    state = (
        Setting("DATA_DIR", str(data), "state", "chats, settings and uploads: this one folder"),
        Setting("DATABASE_URL", f"sqlite:///{data.as_posix()}/webui.db", "state",
                "no other database, even if this variable is set for another program"),
        Setting("WEBUI_SECRET_KEY", secret(data), "state",
                "signs the session; kept in the folder, so that you stay logged in"),
    )  # fmt: skip
    people = Setting("CORS_ALLOW_ORIGIN", f"http://127.0.0.1:{port};http://localhost:{port}",
                     "people", "only its own page may use it; by default every page that you "
                     "visit may, and without a login it could read your chats")  # fmt: skip
    left_out = {"tools", "calls"} - set(PROFILES[profile])
    fixed = (s for s in FIXED if s.kind not in left_out)
    order = list(KINDS)
    return tuple(sorted((*state, *door, people, *fixed), key=lambda s: order.index(s.kind)))


def secret(data: Path) -> str:
    """The key in `data`, made at the first start; readable by this user only."""
    path = data / "secret-key.txt"
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        data.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32))
        return path.read_text(encoding="utf-8").strip()


def environment(chosen: Iterable[Setting]) -> dict[str, str]:
    """The environment of the process: what it needs of ours, and the settings.

    A variable of this user that happens to have one of its some 900 names must not change it, so
    only names that every program may need are passed on.
    """
    general = ("PATH", "HOME", "LANG", "LANGUAGE", "TMP", "TEMP", "TMPDIR", "TZ", "USER",
               "LOGNAME", "USERNAME", "USERPROFILE", "SYSTEMROOT", "SYSTEMDRIVE", "APPDATA",
               "LOCALAPPDATA", "PROGRAMDATA", "WINDIR", "COMSPEC", "PATHEXT", "NO_PROXY",
               "no_proxy", "SSL_CERT_FILE", "OMP_NUM_THREADS", "LD_LIBRARY_PATH")  # fmt: skip
    kept = {
        key: value
        for key, value in os.environ.items()
        if key in general or key.startswith(("LC_", "XDG_"))
    }
    own = {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    return {**kept, **own, **{setting.name: setting.value for setting in chosen}}


def command(python: Path, port: int) -> list[str]:
    """How it is started. Without `--host` it would listen on all addresses, for everybody."""
    code = "from open_webui import app; app()"
    return [str(python), "-c", code, "serve", "--host", "127.0.0.1", "--port", str(port)]

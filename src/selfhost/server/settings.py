"""How one server was asked to run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_PORT = 11434

# Origins of desktop front ends and of pages on this machine. Jan's webview sends
# `tauri://localhost`, `http://tauri.localhost` or `null`, and Ollama's own defaults refuse the
# last two with a 403 (janhq/jan issues 8131 and 8792), so they are named here.
ORIGINS = (
    r"null"
    r"|(tauri|app|file|vscode-webview)://.*"
    r"|https?://tauri\.localhost(:\d+)?"
    r"|https?://(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(:\d+)?"
)


@dataclass(frozen=True)
class Settings:
    """The command line of `python -m selfhost.server`, as values.

    `ctx` is the context per slot in tokens (None: the model's own, at most 4096); `threads` is
    the number of engine threads (None: by model size); times are in seconds, sizes in bytes.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    parallel: int = 8
    ctx: int | None = None
    threads: int | None = None
    reproducible: bool = False
    api_key: str | None = None
    leases: tuple[int, ...] = ()
    ready_file: Path | None = None
    models_dir: Path | None = None
    preload: tuple[str, ...] = ()
    record: bool = False
    origins: tuple[str, ...] = ()
    max_body: int = 32 * 1024 * 1024
    max_queue: int = 512
    max_loaded: int = 6
    keep_alive: float = 300.0
    drain: float = 10.0
    default_ctx: int = field(default=4096)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("127.0.0.1", "localhost", "::1")

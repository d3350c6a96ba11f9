"""A model hub on loopback, and folders of a test's own."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
APRENDIZ = ROOT / "models" / "aprendiz"


@dataclass
class Hub:
    """What the two servers do: `hub` answers about files, `cdn` hands them out."""

    content: bytes
    sha256: str
    hub_port: int = 0
    cdn_port: int = 0
    status: int = 200  # of the hub's answer about the file
    error_code: str = ""  # X-Error-Code
    retry_after: str = "0"
    times: int = 10**9  # how often `status` is given before it is 200 again
    announce: str | None = None  # ETag; default: the sha256
    portal: bool = False  # a sign-in page answers instead
    sent: bytes | None = None  # what the CDN really sends
    cuts: list[int] = field(default_factory=list)  # close the connection after so many bytes
    ranges: bool = True  # whether Range is honoured
    pause: float = 0.0  # seconds between 64 kB
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.hub_port}"

    def gets(self) -> list[dict[str, str]]:
        """Headers of the downloads so far."""
        return [headers for method, path, headers in self.requests if path == "/blob"]


class _HubHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> Hub:
        return self.server.hub  # type: ignore[attr-defined]

    def log_message(self, *args: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        hub = self.hub
        if hub.portal:
            return self._empty(200, {"Content-Type": "text/html"})
        if not re.fullmatch(r"/owner/model/resolve/[^/]+/small\.gguf", self.path):
            return self._empty(404, {})  # the library asks for other things, too
        hub.requests.append((self.command, self.path, dict(self.headers)))
        if hub.status != 200 and hub.times > 0:
            hub.times -= 1
            extra = {"X-Error-Code": hub.error_code} if hub.error_code else {}
            return self._empty(hub.status, {"Retry-After": hub.retry_after, **extra})
        # As the real hub does for a large file: a redirect to another host, and the file's
        # facts in headers of this very answer.
        return self._empty(
            302,
            {
                "Location": f"http://localhost:{hub.cdn_port}/blob",
                "X-Repo-Commit": "f" * 40,
                "X-Linked-Etag": f'"{hub.announce or hub.sha256}"',
                "X-Linked-Size": str(len(hub.content)),
            },
        )

    do_GET = do_HEAD

    def _empty(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()


class _CdnHandler(_HubHandler):
    def do_GET(self) -> None:
        hub = self.hub
        hub.requests.append((self.command, self.path, dict(self.headers)))
        data = hub.content if hub.sent is None else hub.sent
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked and hub.ranges else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        end = hub.cuts.pop(0) if hub.cuts else len(data)
        try:
            for at in range(start, end, 65536):
                self.wfile.write(data[at : min(at + 65536, end)])
                time.sleep(hub.pause)
        except OSError:
            pass  # the client went away
        self.close_connection = True

    do_HEAD = do_GET


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A running hub that holds the shipped 8-bit aprendiz as owner/model/small.gguf.

    The model is known to the kit as `small`, through `known.json` in the test's own store.
    """
    content = (APRENDIZ / "aprendiz-Q8_0.gguf").read_bytes()
    state = Hub(content, hashlib.sha256(content).hexdigest())
    servers = []
    for handler, attribute in ((_HubHandler, "hub_port"), (_CdnHandler, "cdn_port")):
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        server.hub = state  # type: ignore[attr-defined]
        setattr(state, attribute, server.server_port)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
    monkeypatch.setenv("HF_ENDPOINT", state.url)
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "SELFHOST_ACCEPT_LICENCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    # Chunks of 10 MB would leave nothing to resume in a file of 3 MB.
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 65536)
    know(tmp_path, monkeypatch, sha256=state.sha256)
    yield state
    for server in servers:
        server.shutdown()
        server.server_close()


def know(folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Write the test's `known.json`: one model called `small`."""
    store = folder / "models"
    store.mkdir(exist_ok=True)
    monkeypatch.setenv("SELFHOST_MODELS", str(store))
    entry = {
        "name": "small",
        "repo": "owner/model",
        "file": "small.gguf",
        "licence": "Apache-2.0",
        "licence_url": "https://example.org/licence",
        "architecture": "gemma3",
        "note": "a test's model",
        "open_licence": True,
        **changes,
    }
    (store / "known.json").write_text(json.dumps([entry]), encoding="utf-8")


@pytest.fixture
def know_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Change what the kit knows about `small`: know_small(sha256=None, ...)."""
    return lambda **changes: know(tmp_path, monkeypatch, **changes)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout of a test's own, with a copy of the shipped model's GGUF files."""
    root = tmp_path / "kit con ñ"
    folder = root / "models" / "aprendiz"
    folder.mkdir(parents=True)
    sums = []
    for name in ("aprendiz-F16.gguf", "aprendiz-Q8_0.gguf"):
        shutil.copyfile(APRENDIZ / name, folder / name)
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        sums.append(f"{digest}  {name}\n")
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    (root / "pyproject.toml").write_text("", encoding="utf-8")
    monkeypatch.setenv("SELFHOST_ROOT", str(root))
    return root


@pytest.fixture
def own_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Folders and settings of the test's own; an endpoint it started is stopped afterwards."""
    from selfhost.endpoint import stop

    names = ("OLLAMA_HOST", "OPENAI_BASE_URL", "OPENAI_API_KEY")
    for name in [*names, *(name for name in os.environ if name.startswith("SELFHOST_"))]:
        # First set, then deleted: what a test's own code exports is undone, too.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    for name in ("SELFHOST_EXPORTED", "SELFHOST_ENDPOINT", "SELFHOST_MODEL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("SELFHOST_RUN", str(tmp_path / "run de ñ"))
    monkeypatch.setenv("SELFHOST_MODELS", str(tmp_path / "models"))
    yield
    stop()


class _FixedHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answers = self.server.answers  # type: ignore[attr-defined]
        self.server.keys.append(self.headers.get("Authorization"))  # type: ignore[attr-defined]
        answer = answers.get(self.path, 404)
        status, body = (answer, None) if isinstance(answer, int) else (200, answer)
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[Any]:
    """An HTTP server with fixed answers: stranger({path: answer or status}, port=0) -> port."""
    servers = []

    def start(answers: dict[str, Any], port: int = 0) -> int:
        for _ in range(100):  # the port of a process just killed is free once its threads ended
            try:
                server = ThreadingHTTPServer(("127.0.0.1", port), _FixedHandler)
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise OSError(f"port {port} stays taken")
        server.answers, server.keys = answers, []  # type: ignore[attr-defined]
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        start.keys = server.keys  # type: ignore[attr-defined]
        return server.server_port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def one_sentence(error: Any) -> str:
    """The error's text, after a look that a person can act on it."""
    text = str(error)
    assert "\n" not in text and len(text) < 600, text
    assert "Traceback" not in text and "Exception" not in text, text
    return text


@pytest.fixture(name="one_sentence")
def _one_sentence() -> Any:
    return one_sentence

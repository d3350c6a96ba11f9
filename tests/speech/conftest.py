"""Recordings of every kind, and a hub-like server on loopback."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIPS = ROOT / "models" / "oido" / "evaluation"


def tone(seconds: float, rate: int, frequency: float = 440.0) -> np.ndarray:
    """A sine at half of full scale."""
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)


def wav_bytes(samples: np.ndarray, rate: int, width: int = 2) -> bytes:
    """A WAV file of samples, shape (n,) or (n, channels), with `width` bytes per sample."""
    table = samples if samples.ndim == 2 else samples[:, None]
    if width == 1:
        data = np.round(table * 127 + 128).astype("u1").tobytes()
    else:
        data = np.round(table * 32767).astype("<i2").tobytes()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(table.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return buffer.getvalue()


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Hide programs from the PATH: `without("ffmpeg")`."""
    import shutil

    real = shutil.which

    def hide(*names: str) -> None:
        from selfhost.speech import baseline

        monkeypatch.setattr(shutil, "which", lambda name, *a, **k: None if name in names
                            else real(name, *a, **k))  # fmt: skip
        for cached in (baseline.program, baseline.flite_voices, baseline.espeak_voices):
            cached.cache_clear()

    return hide


@pytest.fixture(autouse=True)
def _fresh_programs() -> Iterator[None]:
    """What one test hid is looked for again by the next."""
    yield
    from selfhost.speech import baseline

    for cached in (baseline.program, baseline.flite_voices, baseline.espeak_voices):
        cached.cache_clear()


@dataclass
class Shelf:
    """What the server hands out: path -> bytes; and how it misbehaves."""

    files: dict[str, bytes] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)  # close the connection after so many bytes
    statuses: list[int] = field(default_factory=list)  # answered first, one after the other
    etag: str = '"one"'
    ranges: bool = True
    gets: list[tuple[str, str | None]] = field(default_factory=list)  # (path, Range)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        shelf: Shelf = self.server.shelf  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        asked = self.headers.get("Range")
        shelf.gets.append((path, asked))
        self.close_connection = True
        if shelf.statuses:
            return self._plain(shelf.statuses.pop(0))
        data = shelf.files.get(path)
        if data is None:
            return self._plain(404)
        found = re.fullmatch(r"bytes=(\d+)-", asked or "")
        start = int(found[1]) if found and shelf.ranges else 0
        if start >= len(data) and start:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        self.send_response(206 if start else 200)
        self.send_header("ETag", shelf.etag)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        end = shelf.cuts.pop(0) if shelf.cuts else len(data)
        self.wfile.write(data[start:end])
        return None

    def _plain(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Shelf]:
    """A running server, set as the mirror of all downloads; caches of the test's own."""
    state = Shelf()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.shelf = state  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("SELFHOST_SPEECH_MIRROR", state.url)
    monkeypatch.setenv("HF_ENDPOINT", state.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TTS_HOME", str(tmp_path / "tts"))
    monkeypatch.setenv("SELFHOST_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("SELFHOST_ACCEPT_LICENCE", raising=False)
    monkeypatch.delenv("COQUI_TOS_AGREED", raising=False)
    yield state
    server.shutdown()
    server.server_close()


def sha256(data: bytes) -> str:
    """64 hex digits."""
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Models this small are slower on several threads, above all while other tests run."""
    try:
        import torch
    except ImportError:
        return
    torch.set_num_threads(1)

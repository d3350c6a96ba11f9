"""Jan's requests and origins, sent to our endpoint; Jan's server, played, before our notebooks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost import KitError
from selfhost.endpoint import endpoint
from selfhost.frontends import Recorder, jan, purpose


@pytest.mark.parametrize("origin", jan.ORIGINS)
def test_jan_is_served_whatever_its_origin(recorder: Recorder, origin: str) -> None:
    recorder.clear()
    steps = jan.play(recorder.v1, "aprendiz", origin=origin)
    assert [step.good for step in steps] == [True] * 4, steps
    assert "Paris" in steps[2].said
    told = recorder.requests()
    assert [request["method"] for request in told] == ["OPTIONS", "GET", "POST", "POST"]
    assert {request["origin"] for request in told} == {origin}
    assert told[0]["preflight"] == jan.HEADERS
    assert [request["key"] for request in told[1:]] == ["bearer + x-api-key"] * 3
    assert [purpose(request) for request in told] == [
        "may I? (preflight)", "which models are there?", "your question", "your question",
    ]  # fmt: skip


def test_another_origin_is_answered_and_not_allowed(recorder: Recorder) -> None:
    """Our server never says 403; what a strange page asks, its browser keeps from it."""
    steps = jan.play(recorder.v1, "aprendiz", origin="https://evil.example")
    assert {step.status for step in steps} <= {200, 204}
    assert not any(step.good for step in steps)


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_a_wrong_key_is_a_401_and_the_right_one_counts_in_either_header(
    recorder: Recorder, header: str
) -> None:
    def value(key: str) -> str:
        return f"Bearer {key}" if header == "authorization" else key

    with Recorder(key="the-right-one") as locked:
        wrong = httpx.get(f"{locked.v1}/models", headers={header: value("the-wrong-one")})
        right = httpx.get(f"{locked.v1}/models", headers={header: value("the-right-one")})
        steps = jan.play(locked.v1, "aprendiz", key="the-wrong-one")
    assert (wrong.status_code, right.status_code) == (401, 200)
    assert "key" in wrong.json()["error"]["message"].lower()
    assert [step.status for step in steps] == [204, 401, 401, 401]


def test_ollamas_rule_for_origins() -> None:
    allowed = {origin: jan.ollama_allows(origin) for origin in jan.ORIGINS}
    assert allowed == {
        "tauri://localhost": True, "http://tauri.localhost": False, "null": False,
    }  # fmt: skip
    assert jan.ollama_allows("http://localhost:3000")
    assert not jan.ollama_allows("http://localhost.evil.example")
    assert not jan.ollama_allows("https://evil.example")
    mend = "http://tauri.localhost, null"
    assert all(jan.ollama_allows(origin, mend) for origin in jan.ORIGINS)
    assert not jan.ollama_allows("https://evil.example", mend)


@given(st.text(max_size=40))
def test_a_star_allows_everything_and_no_origin_breaks_the_rule(origin: str) -> None:
    assert jan.ollama_allows(origin, "*")
    assert isinstance(jan.ollama_allows(origin), bool)


class JansServer(BaseHTTPRequestHandler):
    """Jan's Local API Server as its documentation describes it: /v1 only, a key, trusted hosts."""

    def _answer(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Host", "").split(":")[0] not in ("127.0.0.1", "localhost"):
            self._answer(403, {"error": "Invalid host header"})
        elif self.headers.get("Authorization") != "Bearer secret-key-123":
            self._answer(401, {"error": "Invalid or missing authorization token"})
        elif self.path == "/v1/models":
            self._answer(200, {"object": "list", "data": [{"id": "jan-nano-4b"}]})
        elif self.path == "/v1/chat/completions":
            message = {"role": "assistant", "content": "From Jan."}
            self._answer(200, {"choices": [{"index": 0, "message": message}]})
        else:
            self._answer(404, {"error": "Not Found"})

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def jans_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), JansServer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_notebooks_reach_jans_own_server(
    jans_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import openai

    for name in [name for name in os.environ if name.startswith(("SELFHOST_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SELFHOST_ENGINE", "openai")
    monkeypatch.setenv("SELFHOST_ENDPOINT", jans_server)
    with pytest.raises(KitError, match="asks for a key"):
        endpoint()
    monkeypatch.setenv("SELFHOST_API_KEY", "secret-key-123")
    with endpoint() as at:
        assert (at.model, at.apis) == ("jan-nano-4b", ("openai",))
        client = openai.OpenAI(base_url=at.openai_url, api_key=at.api_key)
        said = client.chat.completions.create(
            model=at.model, messages=[{"role": "user", "content": "Hello"}]
        )
    assert said.choices[0].message.content == "From Jan."


def test_the_debian_package_installs_where_its_documentation_says(tmp_path: Path) -> None:
    """/usr/bin/Jan-Desktop since 0.8.5 (its changelog of 2026-10-08), /usr/bin/Jan before."""
    package = os.environ.get("SELFHOST_JAN_DEB")
    if not package:
        pytest.skip("no Jan package here: SELFHOST_JAN_DEB=jan-linux-amd64-VERSION.deb tests one")
    if shutil.which("dpkg-deb") is None:
        pytest.skip("dpkg-deb is not here: this test needs Debian or Ubuntu")
    listed = subprocess.run(
        ["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True
    ).stdout
    paths = {line.split()[5] for line in listed.splitlines()}
    assert paths & {"./usr/bin/Jan-Desktop", "./usr/bin/Jan"}
    subprocess.run(["dpkg-deb", "--extract", package, str(tmp_path)], check=True)
    programs = [*(tmp_path / "usr/bin").iterdir()]
    assert any(os.access(program, os.X_OK) for program in programs)

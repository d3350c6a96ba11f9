"""The server as a process: keys, origins, limits, leases, draining, hang-ups, records."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT, server_environment
from tests.endpoint.conftest import CHAT, Child, long_answer


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def active(http: httpx.Client) -> int:
    models = http.get("/api/ps").json()["models"]
    return sum(engine["active"] for model in models for engine in model["selfhost"])


def run_to_end(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "selfhost.server", *arguments],
        env=server_environment(folder),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_root_answers_get_and_head(http: httpx.Client):
    assert http.get("/").text == "Ollama is running"
    assert http.head("/").status_code == 200
    assert http.get("/api/version").json()["version"]
    info = http.get("/selfhost/info").json()
    assert info["engine"]["name"] == "llama.cpp"
    assert "aprendiz:latest" in info["models"]


@pytest.mark.parametrize(
    "origin",
    ["tauri://localhost", "http://tauri.localhost", "https://tauri.localhost", "null",
     "http://localhost:8888", "http://127.0.0.1:3000", "app://obsidian.md"],
)  # fmt: skip
def test_front_ends_on_this_machine_may_read(http: httpx.Client, origin: str):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-stainless-os",
    }
    preflight = http.options("/v1/chat/completions", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == origin
    assert "x-stainless-os" in preflight.headers["access-control-allow-headers"]
    for path in ("/v1/models", "/v1/nope"):  # errors can be read, too
        answer = http.get(path, headers={"Origin": origin})
        assert answer.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize(
    "origin", ["https://example.org", "http://localhost.example.org", "http://nulll"]
)
def test_other_pages_may_not_read_and_get_no_403(http: httpx.Client, origin: str):
    answer = http.get("/v1/models", headers={"Origin": origin})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    preflight = http.options("/api/chat", headers={"Origin": origin})
    assert "access-control-allow-origin" not in preflight.headers


def test_a_body_over_the_limit_is_a_413_in_each_apis_form(http: httpx.Client):
    large = b'{"model": "aprendiz", "prompt": "' + b"x" * (33 * 1024 * 1024) + b'"}'

    def pieces() -> Any:  # without a Content-Length
        for start in range(0, len(large), 1 << 20):
            yield large[start : start + (1 << 20)]

    for path, content in (("/api/generate", large), ("/v1/completions", pieces())):
        try:
            answer = http.post(path, content=content)
        except httpx.WriteError:  # the server has answered and closed while we still wrote
            continue
        assert answer.status_code == 413
        error = answer.json()["error"]
        assert "larger than" in (error if path.startswith("/api") else error["message"])
    assert http.get("/").status_code == 200


def test_a_key_is_required_where_one_is_set(start: Callable[..., Child]):
    child = start("--api-key", "s3cret")
    assert child.http.get("/").status_code == 200
    assert child.http.get("/api/tags").status_code == 401
    assert child.http.get("/api/tags").json() == {"error": "You didn't provide an API key."}
    wrong = child.http.get("/v1/models", headers={"Authorization": "Bearer nope"})
    assert wrong.status_code == 401
    assert wrong.json()["error"]["code"] == "invalid_api_key"
    for headers in ({"Authorization": "Bearer s3cret"}, {"x-api-key": "s3cret"}):
        assert child.http.get("/v1/models", headers=headers).status_code == 200
    document = child.http.get("/openapi.json", headers={"x-api-key": "s3cret"}).json()
    assert "401" in document["paths"]["/api/chat"]["post"]["responses"]


def test_any_authorization_is_fine_where_no_key_is_set(http: httpx.Client):
    answer = http.get("/v1/models", headers={"Authorization": "Bearer ollama"})
    assert answer.status_code == 200


def test_other_addresses_need_a_key(tmp_path: Path):
    ended = run_to_end("--host", "0.0.0.0", "--port", "0", folder=tmp_path)
    assert ended.returncode == 1
    assert "--api-key" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run_to_end("--port", str(port), folder=tmp_path)
    assert ended.returncode == 1
    assert str(port) in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_ready_file_and_record(start: Callable[..., Child], tmp_path: Path):
    ready = tmp_path / "a" / "ready.json"
    child = start("--ready-file", str(ready), "--record", "--preload", "aprendiz")
    assert json.loads(ready.read_text(encoding="utf-8"))["url"] == child.url
    child.http.post(
        "/api/generate",
        json={"model": "aprendiz", "prompt": "Hi", "temperature": 0, "stream": False},
        headers={"User-Agent": "a test"},
    )
    recorded = child.http.get("/selfhost/requests").json()["requests"]
    assert recorded[-1]["path"] == "/api/generate"
    assert recorded[-1]["user_agent"] == "a test"
    assert recorded[-1]["body"]["temperature"] == 0  # outside `options`: seen, and ignored
    assert (recorded[-1]["status"], recorded[-1]["ended"]) == (200, "whole")
    assert recorded[-1]["seconds"] >= 0
    assert child.http.delete("/selfhost/requests").json() == {"requests": []}
    assert child.http.get("/selfhost/requests").json() == {"requests": []}


def test_the_record_tells_preflights_keys_and_answers_that_were_cut(
    start: Callable[..., Child],
):
    child = start("--record", "--api-key", "a secret", "--preload", "aprendiz")
    asked = {"Origin": "null", "Access-Control-Request-Headers": "authorization,x-api-key"}
    child.http.options("/v1/models", headers=asked)
    key = {"Authorization": "Bearer a secret"}
    child.http.get("/v1/models", headers={"x-api-key": "wrong"})
    body = {"model": "aprendiz", "prompt": "Tell me a story.", "options": {"num_predict": 3000}}
    with child.http.stream("POST", "/api/generate", json=body, headers=key) as answer:
        next(answer.iter_lines())

    def last() -> list[dict[str, Any]]:
        everything = child.http.get("/selfhost/requests", headers=key).json()["requests"]
        assert "a secret" not in json.dumps(everything)
        return everything

    end = time.monotonic() + 20
    while last()[-1]["ended"] == "running" and time.monotonic() < end:
        time.sleep(0.05)
    preflight, refused, cut = last()
    assert (preflight["method"], preflight["origin"], preflight["status"]) == (
        "OPTIONS", "null", 204,
    )  # fmt: skip
    assert preflight["preflight"] == "authorization,x-api-key"
    assert (refused["key"], refused["status"]) == ("x-api-key", 401)
    assert (cut["key"], cut["status"], cut["ended"]) == ("bearer", 200, "cut")


def test_nothing_is_recorded_unasked(http: httpx.Client):
    assert http.get("/selfhost/requests").status_code == 404


def test_the_server_ends_after_its_last_lease(start: Callable[..., Child]):
    first, second = (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) for _ in "ab"
    )
    child = start("--lease", str(first.pid))
    assert child.http.post("/selfhost/lease", json={"pid": second.pid}).json()["leases"] == sorted([
        first.pid,
        second.pid,
    ])
    assert child.http.post("/selfhost/lease", json={"pid": 2**30}).status_code == 400
    first.kill()
    first.wait()
    wait_until(lambda: child.http.get("/selfhost/info").json()["leases"] == [second.pid])
    second.kill()
    second.wait()
    assert child.process.wait(30) == 0


def test_a_hang_up_frees_the_slot(start: Callable[..., Child]):
    child = start("--parallel", "1")
    with child.http.stream("POST", CHAT, json=long_answer()) as stream:
        lines = stream.iter_lines()  # kept: httpx hangs up when it is collected
        assert "chat.completion.chunk" in next(lines)
        assert active(child.http) > 0
    wait_until(lambda: active(child.http) == 0)
    # Who waits for a slot is noticed as well, and so is who did not ask for a stream.
    with child.http.stream("POST", CHAT, json=long_answer()) as stream:
        lines = stream.iter_lines()
        next(lines)
        for streamed in (True, False):
            body = {"model": "aprendiz", "prompt": "Hi", "stream": streamed}
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(child.url + "/api/generate", json=body, timeout=0.3)
        wait_until(lambda: active(child.http) <= 16)
    answer = child.http.post(
        "/api/generate",
        json={"model": "aprendiz", "prompt": "Hi", "stream": False, "options": {"num_predict": 3}},
    )
    assert answer.status_code == 200


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be caught")
def test_sigterm_lets_running_streams_end_and_refuses_new_ones(start: Callable[..., Child]):
    child = start("--drain", "90", "--parallel", "1")
    with child.http.stream("POST", CHAT, json=long_answer(8)) as stream:
        lines = stream.iter_lines()
        next(lines)
        child.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        refused = httpx.post(
            child.url + CHAT,
            json={"model": "aprendiz", "messages": [{"role": "user", "content": "x"}]},
        )
        assert refused.status_code == 503
        assert "shutting down" in refused.json()["error"]["message"]
        assert [line for line in lines if line][-1] == "data: [DONE]"
    assert child.process.wait(30) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be caught")
def test_when_the_time_is_over_streams_end_with_an_error(start: Callable[..., Child]):
    child = start("--drain", "0.2", "--parallel", "1")
    with child.http.stream("POST", CHAT, json=long_answer()) as stream:
        lines = stream.iter_lines()
        next(lines)
        child.process.send_signal(signal.SIGTERM)
        last = json.loads([line for line in lines if line][-1].removeprefix("data: "))
    assert "shutting down" in last["error"]["message"]
    assert child.process.wait(30) == 0


def test_more_than_the_queue_holds_is_a_503(start: Callable[..., Child]):
    child = start("--parallel", "1", "--queue", "4")
    with child.http.stream("POST", CHAT, json=long_answer(4)) as stream:
        lines = stream.iter_lines()
        next(lines)  # one answer is written, three wait
        with httpx.Client(base_url=child.url, timeout=60) as own, pytest.raises(httpx.ReadTimeout):
            own.post("/api/generate", json={"model": "aprendiz", "prompt": "x"}, timeout=0.3)
        two = {"model": "aprendiz", "prompt": ["x", "y", "z"], "max_tokens": 1}
        full = httpx.post(child.url + "/v1/completions", json=two, timeout=60)
        assert full.status_code == 503
        assert "maximum pending requests exceeded" in full.json()["error"]["message"]


def test_kept_alive_streams_never_fail(http: httpx.Client):
    body = {"model": "aprendiz", "prompt": "Hi", "raw": True, "options": {"num_predict": 4}}
    for _ in range(150):
        with http.stream("POST", "/api/generate", json=body) as stream:
            assert json.loads(list(stream.iter_lines())[-1])["done"]


def test_reproducible_answers_are_equal_amid_other_traffic(http: httpx.Client, server: Any):
    stop = threading.Event()

    def traffic(number: int) -> None:
        with httpx.Client(base_url=server.url, timeout=60) as own:
            while not stop.is_set():
                own.post(
                    "/api/generate",
                    json={"model": "aprendiz", "prompt": f"Tell story {number}.", "stream": False},
                )

    threads = [threading.Thread(target=traffic, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    body = {
        "model": "aprendiz",
        "prompt": "Tell me a story.",
        "stream": False,
        "options": {"seed": 7, "temperature": 0.8, "num_predict": 120},
    }
    try:
        by_header = [
            http.post("/api/generate", json=body, headers={"X-Selfhost-Reproducible": "1"}).json()
            for _ in range(6)
        ]
        by_field = [
            http.post("/api/generate", json={**body, "reproducible": True}).json() for _ in range(4)
        ]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len({answer["response"] for answer in by_header + by_field}) == 1
    assert all(answer["selfhost"]["reproducible"] for answer in by_header + by_field)


def test_a_reproducible_server_needs_no_word_in_the_request(start: Callable[..., Child]):
    child = start("--reproducible")
    body = {"model": "aprendiz", "messages": [{"role": "user", "content": "Tell me a story."}]}
    answers = [child.http.post("/v1/chat/completions", json=body).json() for _ in range(3)]
    assert len({answer["choices"][0]["message"]["content"] for answer in answers}) == 1
    told = answers[0]["usage"]["selfhost"]
    assert (told["settings"]["seed"], told["origin"]["seed"]) == (0, "reproducible")
    assert child.http.get("/selfhost/info").json()["reproducible"] is True


def test_a_broken_model_is_an_error_and_not_the_end(start: Callable[..., Child], tmp_path: Path):
    child = start()
    child.http.post("/api/create", json={"model": "mine", "from": str(tmp_path / "m.gguf")})
    path = tmp_path / "m.gguf"
    path.write_bytes((ROOT / "models" / "aprendiz" / "aprendiz-Q8_0.gguf").read_bytes())
    made = child.http.post("/api/create", json={"model": "mine", "from": str(path)})
    assert '"success"' in made.text
    blob = next((tmp_path / "models" / "blobs").iterdir())
    with blob.open("r+b") as file:
        file.truncate(200_000)
    answer = child.http.post("/api/generate", json={"model": "mine", "prompt": "x"})
    assert answer.status_code == 503
    assert "Traceback" not in answer.text
    assert child.http.post("/api/show", json={"model": "mine"}).status_code == 400
    assert child.http.get("/api/tags").status_code == 200
    fine = child.http.post("/api/generate", json={"model": "aprendiz", "prompt": ""})
    assert fine.status_code == 200


@pytest.mark.skipif(os.name == "nt", reason="uses a POSIX read-only folder")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_store_that_cannot_be_written_is_one_sentence(
    start: Callable[..., Child], tmp_path: Path
):
    child = start()
    (tmp_path / "models").mkdir(exist_ok=True)
    (tmp_path / "models").chmod(0o500)
    answer = child.http.post("/api/copy", json={"source": "aprendiz", "destination": "b"})
    assert answer.status_code == 503
    assert "cannot be changed" in answer.json()["error"]

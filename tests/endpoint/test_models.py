"""Models come and go: create, copy, delete, pull, blobs, and engines that are freed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.endpoint.conftest import APRENDIZ, Child
from tests.unit.conftest import Hub, hub  # noqa: F401  (a fixture)


def statuses(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [json.loads(line)["status"] for line in answer.text.splitlines()]


def names(http: httpx.Client) -> list[str]:
    return [model["name"] for model in http.get("/api/tags").json()["models"]]


def say(http: httpx.Client, model: str, text: str = "Hi", **more: Any) -> dict[str, Any]:
    answer = http.post(
        "/api/generate", json={"model": model, "prompt": text, "stream": False, **more}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_tags_and_show(http: httpx.Client):
    entry = next(
        m for m in http.get("/api/tags").json()["models"] if m["name"] == "aprendiz:latest"
    )
    assert entry["size"] == APRENDIZ.stat().st_size
    assert entry["digest"] == hashlib.sha256(APRENDIZ.read_bytes()).hexdigest()
    assert entry["details"]["family"] == "gemma3"
    shown = http.post("/api/show", json={"name": "aprendiz"}).json()
    assert shown["model_info"]["general.architecture"] == "gemma3"
    assert shown["model_info"]["tokenizer.ggml.tokens"] is None
    assert shown["capabilities"] == ["completion"]
    assert "start_of_turn" in shown["template"]
    verbose = http.post("/api/show", json={"model": "aprendiz", "verbose": True}).json()
    assert len(verbose["model_info"]["tokenizer.ggml.tokens"]) > 1000
    assert verbose["tensors"]


def test_create_from_a_modelfile_copy_and_delete(http: httpx.Client):
    text = 'FROM aprendiz\nPARAMETER num_predict 3\nPARAMETER temperature 0\nSYSTEM """Be kind."""'
    told = statuses(http.post("/api/create", json={"name": "short", "modelfile": text}))
    assert told[0] == "parsing modelfile"
    assert told[-1] == "success"
    assert "short:latest" in names(http)
    answer = say(http, "short")
    assert answer["eval_count"] <= 3
    assert answer["selfhost"]["origin"]["num_predict"] == "modelfile"
    assert answer["prompt_eval_count"] > say(http, "aprendiz")["prompt_eval_count"]
    assert say(http, "short", options={"num_predict": 1})["eval_count"] == 1  # the request wins
    v1 = http.post("/v1/completions", json={"model": "short", "prompt": "Once"}).json()
    assert v1["usage"]["selfhost"]["origin"]["temperature"] == "modelfile"
    shown = http.post("/api/show", json={"model": "short"}).json()
    assert shown["system"] == "Be kind."
    assert "num_predict" in shown["parameters"]
    assert shown["modelfile"].startswith("FROM aprendiz:latest\n")
    copied = http.post("/api/copy", json={"source": "short", "destination": "me/shorter:v2"})
    assert (copied.status_code, copied.content) == (200, b"")
    assert say(http, "me/shorter:v2")["eval_count"] <= 3
    for name in ("short", "me/shorter:v2"):
        assert http.request("DELETE", "/api/delete", json={"model": name}).status_code == 200
        assert http.request("DELETE", "/api/delete", json={"name": name}).status_code == 404
    assert "short:latest" not in names(http)


def test_create_in_the_new_form_inherits(http: httpx.Client):
    base = {"model": "base1", "from": "aprendiz", "system": "A", "parameters": {"top_k": 5}}
    statuses(http.post("/api/create", json=base))
    child = {
        "model": "child1",
        "from": "base1",
        "parameters": {"stop": ["x"]},
        "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}],
        "stream": False,
    }
    assert http.post("/api/create", json=child).json() == {"status": "success"}
    shown = http.post("/api/show", json={"model": "child1"}).json()
    assert shown["system"] == "A"
    assert "top_k" in shown["parameters"]
    assert shown["messages"][0]["content"] == "q"
    for name in ("base1", "child1"):
        http.request("DELETE", "/api/delete", json={"model": name})


def test_create_from_a_file_on_this_machine(http: httpx.Client, tmp_path: Path):
    path = tmp_path / "mi modelo ñ.gguf"
    path.write_bytes(APRENDIZ.read_bytes())
    assert statuses(http.post("/api/create", json={"model": "filed", "from": str(path)}))
    path.unlink()  # the store has its own
    assert say(http, "filed")["done"]
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(APRENDIZ.read_bytes()[:100_000])
    refused = http.post("/api/create", json={"model": "cut", "from": str(cut), "stream": False})
    assert refused.status_code == 400
    assert "cut.gguf" in refused.json()["error"]
    assert http.request("DELETE", "/api/delete", json={"model": "filed"}).status_code == 200


def test_create_from_an_upload(http: httpx.Client):
    data = APRENDIZ.read_bytes()
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    assert http.head(f"/api/blobs/{digest}").status_code == 404
    wrong = http.post(f"/api/blobs/sha256:{'0' * 64}", content=data)
    assert wrong.status_code == 400
    assert http.post(f"/api/blobs/{digest}", content=data).status_code == 201
    assert http.head(f"/api/blobs/{digest}").status_code == 200
    body = {"model": "sent", "files": {"m.gguf": digest}}
    assert statuses(http.post("/api/create", json=body))[-1] == "success"
    assert say(http, "sent")["done"]
    http.request("DELETE", "/api/delete", json={"model": "sent"})
    assert http.head(f"/api/blobs/{digest}").status_code == 404
    assert http.post("/api/blobs/nonsense", content=b"x").status_code == 400


def test_wrong_creations_are_refused(http: httpx.Client):
    for body, status in (
        ({"model": "x"}, 400),
        ({"model": "../x", "from": "aprendiz"}, 400),
        ({"model": "x", "from": "nope"}, 404),
        ({"model": "x", "from": "/nope.gguf"}, 400),
        ({"model": "x", "from": "aprendiz", "parameters": {"top_k": "many"}}, 400),
        ({"model": "x", "from": "aprendiz", "template": "{{ if }}"}, 400),
        ({"model": "x", "from": "aprendiz", "quantize": "q4_0"}, 400),
        ({"model": "x", "files": {"a": "sha256:" + "1" * 64}}, 400),
    ):
        answer = http.post("/api/create", json={**body, "stream": False})
        assert answer.status_code == status, (body, answer.text)


def test_what_comes_with_the_kit_stays(http: httpx.Client):
    answer = http.request("DELETE", "/api/delete", json={"model": "aprendiz"})
    assert answer.status_code == 400
    assert APRENDIZ.is_file()


def test_keep_alive_frees_the_engine(http: httpx.Client):
    say(http, "aprendiz:q8_0", keep_alive="1s", options={"num_predict": 1})
    loaded = {m["name"]: m for m in http.get("/api/ps").json()["models"]}
    assert loaded["aprendiz:q8_0"]["size_vram"] == 0
    end = time.monotonic() + 20
    while "aprendiz:q8_0" in [m["name"] for m in http.get("/api/ps").json()["models"]]:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert say(http, "aprendiz:q8_0", options={"num_predict": 1})["load_duration"] > 0


def test_pull_from_a_hub(hub: Hub, start: Callable[..., Child]):  # noqa: F811
    child = start(HF_ENDPOINT=hub.url)  # its store holds the hub's `known.json`
    assert child.http.post("/api/generate", json={"model": "small"}).status_code == 404
    answer = child.http.post("/api/pull", json={"model": "small"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[0] == {"status": "pulling manifest"}
    assert lines[-1] == {"status": "success"}
    assert max(line.get("completed", 0) for line in lines) == len(hub.content)
    assert say(child.http, "small")["response"]
    assert child.http.request("DELETE", "/api/delete", json={"model": "small"}).status_code == 200
    hub.status = 404
    failed = child.http.post("/api/pull", json={"model": "small"}).text.splitlines()
    assert "error" in json.loads(failed[-1])


def test_pull_without_network_is_one_sentence(start: Callable[..., Child]):
    child = start(HF_ENDPOINT="http://127.0.0.1:9", SELFHOST_ACCEPT_LICENCE="1")
    answer = child.http.post("/api/pull", json={"model": "smollm2:135m", "stream": False})
    assert answer.status_code == 503
    assert len(answer.json()["error"]) < 400
    assert "Traceback" not in answer.text
    assert child.http.post("/api/pull", json={"model": "nope"}).status_code == 404
    done = statuses(child.http.post("/api/pull", json={"model": "aprendiz"}))
    assert done[-1] == "success"

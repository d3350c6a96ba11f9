"""A base and an adapter, served beside the base: `create` with `adapters` or ADAPTER."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.endpoint.conftest import APRENDIZ, Child

ASK = {"messages": [{"role": "user", "content": "What is the capital of Portugal?"}],
       "stream": False, "options": {"temperature": 0, "num_predict": 12}}  # fmt: skip


def write_adapter(
    path: Path, *, strength: float = 0.0, architecture: str = "gemma3", kind: str = "adapter",
    name: str = "blk.0.ffn_down.weight", rows: int = 768,
) -> Path:  # fmt: skip
    """A LoRA adapter of rank 2 for one matrix of the shipped model."""
    from gguf import GGUFWriter

    draw = np.random.default_rng(1)
    writer = GGUFWriter(path, architecture)
    writer.add_type(kind)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 2.0)
    writer.add_tensor(f"{name}.lora_a", draw.standard_normal((2, rows)).astype("float32"))
    b = strength * draw.standard_normal((256, 2))
    writer.add_tensor(f"{name}.lora_b", b.astype("float32"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def upload(child: Child, path: Path) -> str:
    data = path.read_bytes()
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert child.http.post(f"/api/blobs/{digest}", content=data).status_code == 201
    return digest


def create(child: Child, **body: Any) -> dict[str, Any]:
    reply = child.http.post("/api/create", json={"stream": False, **body})
    return {"status_code": reply.status_code, **reply.json()}


def answer(child: Child, model: str) -> str:
    reply = child.http.post("/api/chat", json={"model": model, **ASK})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["message"]["content"])


def test_base_and_adapter_side_by_side(start: Callable[..., Child], tmp_path: Path) -> None:
    child = start()
    still = upload(child, write_adapter(tmp_path / "still.gguf"))
    loud = upload(child, write_adapter(tmp_path / "loud.gguf", strength=3.0))
    assert create(child, model="calm", **{"from": "aprendiz"}, adapters={"a": still})["status"]
    made = create(child, model="aprendiz:tuned", **{"from": "aprendiz"}, adapters={"a": loud})
    assert made["status"] == "success"
    base = answer(child, "aprendiz")
    assert "Lisbon" in base
    assert answer(child, "calm") == base  # B = 0 adds nothing
    assert answer(child, "aprendiz:tuned") != base
    assert answer(child, "aprendiz") == base  # and the base beside it is as it was
    names = {m["name"] for m in child.http.get("/api/tags").json()["models"]}
    assert {"aprendiz:latest", "aprendiz:tuned", "calm:latest"} <= names
    assert "aprendiz:tuned" in {m["id"] for m in child.http.get("/v1/models").json()["data"]}
    shown = child.http.post("/api/show", json={"model": "aprendiz:tuned"}).json()
    assert "FROM aprendiz" in shown["modelfile"] and "\nADAPTER " in shown["modelfile"]
    # A copy and a model made from it keep the adapter; deleting one leaves the other's file.
    child.http.post("/api/copy", json={"source": "aprendiz:tuned", "destination": "second"})
    create(child, model="third", **{"from": "second"}, system="Be brief.")
    assert child.http.request("DELETE", "/api/delete", json={"model": "aprendiz:tuned"}).is_success
    assert answer(child, "second") != base
    for name in ("second", "third"):
        child.http.request("DELETE", "/api/delete", json={"model": name})
    blobs = {file.name for file in (child.folder / "models" / "blobs").iterdir()}
    assert loud.replace(":", "-") not in blobs and still.replace(":", "-") in blobs


def test_a_modelfile_with_adapter(start: Callable[..., Child], tmp_path: Path) -> None:
    child = start()
    path = write_adapter(tmp_path / "mine.gguf", strength=3.0)
    made = create(child, model="mine", modelfile=f"FROM aprendiz\nADAPTER {path}\n")
    assert made["status"] == "success"
    path.unlink()  # it was taken into the store
    assert answer(child, "mine") != answer(child, "aprendiz")


def test_what_does_not_fit_is_refused(start: Callable[..., Child], tmp_path: Path) -> None:
    child = start()
    changes: list[tuple[dict[str, Any], str]] = [
        ({"kind": "model"}, "not a GGUF adapter"),
        ({"architecture": "llama"}, "is for llama"),
        ({"name": "blk.77.ffn_down.weight"}, "does not fit"),
        ({"rows": 128}, "does not fit"),
    ]
    for change, words in changes:
        digest = upload(child, write_adapter(tmp_path / "x.gguf", **change))
        made = create(child, model="x", **{"from": "aprendiz"}, adapters={"x": digest})
        assert made["status_code"] == 400 and words in made["error"]
    unknown = create(child, model="x", **{"from": "aprendiz"}, adapters={"x": "sha256:" + "0" * 64})
    assert unknown["status_code"] == 400 and "has not been uploaded" in unknown["error"]
    model = upload(child, APRENDIZ)
    wrong = create(child, model="x", **{"from": "aprendiz"}, adapters={"x": model})
    assert wrong["status_code"] == 400 and "not a GGUF adapter" in wrong["error"]
    assert child.http.post("/api/show", json={"model": "x"}).status_code == 404

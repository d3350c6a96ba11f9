"""peft's adapter, the GGUF adapter and the merged file are one and the same model."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from selfhost import KitError, finetune, weights
from selfhost.finetune import adapter, evaluate, merge, train
from tests.finetune.conftest import BASE, Tuned

F16 = BASE / "aprendiz-F16.gguf"
PROMPTS = [
    f"<start_of_turn>user\n{text}<end_of_turn>\n<start_of_turn>model\n"
    for text in ("Help desk: The printer in room 7 is broken.", "Why is the sky blue?", "Hello!")
]


def _transformers(model: object, prompts: list[str]) -> list[np.ndarray]:
    import torch

    _, tokenizer = train.load()
    found = []
    for prompt in prompts:
        ids = tokenizer("<bos>" + prompt, add_special_tokens=False, return_tensors="pt")
        with torch.no_grad():
            logits = model(**ids).logits[0, -1]  # type: ignore[operator]
        found.append(torch.log_softmax(logits.float(), -1).numpy())
    return found


def _llama(gguf: Path, lora: Path | None = None) -> list[dict[int, float]]:
    with evaluate.opened(gguf, lora, threads=1) as model:
        return [model.next_logprobs(prompt, top=20) for prompt in PROMPTS]


@pytest.fixture(scope="module")
def answers(tuned: Tuned, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    merged = merge.merge(F16, tuned.gguf, tmp_path_factory.mktemp("m") / "merged.gguf", kind="F32")
    return {
        "base": _llama(F16),
        "adapter": _llama(F16, tuned.gguf),
        "merged": _llama(merged),
        "peft": _transformers(tuned.trained.model, PROMPTS),
        "file": merged,
    }


def _largest(a: list[dict[int, float]], b: list) -> float:  # type: ignore[type-arg]
    """Largest difference in probability, over the tokens that `a` lists."""
    return max(
        abs(np.exp(value) - np.exp(y[token]))
        for x, y in zip(a, b, strict=True)
        for token, value in x.items()
        if isinstance(y, np.ndarray) or token in y
    )


def test_the_adapter_changes_the_model(answers: dict[str, list]) -> None:  # type: ignore[type-arg]
    assert _largest(answers["base"], answers["adapter"]) > 0.05


def test_llama_cpp_computes_what_peft_computes(answers: dict[str, list]) -> None:  # type: ignore[type-arg]
    assert _largest(answers["adapter"], answers["peft"]) < 0.01


def test_merged_equals_adapter_on_base(answers: dict[str, list]) -> None:  # type: ignore[type-arg]
    assert _largest(answers["merged"], answers["adapter"]) < 0.01


def test_scale_zero_is_the_base(tuned: Tuned) -> None:
    chats = [[{"role": "user", "content": "Why is the sky blue?"}]]
    with evaluate.opened(F16, threads=1) as model:
        base = model.answers(chats, tokens=16)
    with evaluate.opened(F16, tuned.gguf, threads=1) as model:
        assert model.answers(chats, tokens=16, scale=0.0) == base
        assert model.answers(chats, tokens=16, scale=1.0) != base


def test_what_is_in_the_files(tuned: Tuned) -> None:
    info = weights.read_gguf(tuned.gguf)
    assert info.metadata["general.type"] == "adapter" and info.architecture == "gemma3"
    assert info.metadata["adapter.lora.alpha"] == 16.0
    assert info.metadata["general.base_model.0.name"] == "aprendiz"
    assert info.parameters == tuned.trained.trainable == 227_328
    assert len(info.tensors) == 6 * 7 * 2
    for file in tuned.folder.iterdir():  # no path of this machine in what one would publish
        assert str(BASE.parent).encode() not in file.read_bytes(), file.name
    config = json.loads((tuned.folder / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "aprendiz"


def test_rehearsed_questions_are_no_benchmark_items() -> None:
    rules = evaluate._scoring()
    asked = {rules.messages(i)[-1]["content"] for name in rules.NAMES for i in rules.load(name)}
    pairs = evaluate.rehearsal(F16, times=1)
    assert len(pairs) > 40 and all(pair.answer and pair.question not in asked for pair in pairs)
    _, tokenizer = train.load()
    ids, question = train.encode(tokenizer, pairs[0])
    assert tokenizer.decode(ids[question:]).strip().startswith(pairs[0].answer[:5])


def test_full_training_moves_everything() -> None:
    settings = train.Settings(steps=2, batch=4, items=20, threads=1)
    found = train.full(settings)
    assert found.trainable == found.parameters == 5_577_728
    # AdamW keeps two numbers per weight, and there is a gradient for each: three times the weights.
    assert found.training_bytes == pytest.approx(3 * found.weight_bytes, rel=0.01)


def test_training_ends_at_its_limit() -> None:
    settings = train.Settings(steps=10_000, batch=2, items=10, threads=1, limit=0.5)
    assert train.full(settings).steps < 10_000


def test_tree_is_drawn_from_the_files(
    tuned: Tuned, answers: dict[str, object], tmp_path: Path
) -> None:
    small = tmp_path / "small.gguf"
    merge.rewrite(answers["file"], small, kind="Q8_0")  # type: ignore[arg-type]
    nodes = finetune.tree.tree([BASE, F16, tuned.gguf, answers["file"], small])  # type: ignore[list-item]
    by_name = {node.name: node for node in nodes}
    assert by_name["aprendiz"].parent is None and by_name["aprendiz"].licence == "apache-2.0"
    assert by_name["aprendiz (F16)"].relation == "conversion"
    lora = by_name["aprendiz-help-desk-lora"]
    assert lora.relation == "adapter" and lora.parent == "aprendiz"
    assert finetune.tree.read(tuned.folder).parent == "aprendiz"
    merged = by_name["aprendiz-help-desk"]
    assert merged.relation == "merge" and merged.parent == "aprendiz-help-desk-lora"
    assert by_name["aprendiz-help-desk (Q8_0)"].relation == "quantized"
    text = finetune.tree.lines(nodes)
    assert len(text) == 5 and text[0].startswith("aprendiz: base")
    assert finetune.tree.draw(nodes).axes
    lonely = finetune.tree.lines(finetune.tree.tree([tuned.gguf]))
    assert "of aprendiz (not here)" in lonely[0]


def test_mistakes_end_in_a_sentence(tuned: Tuned, tmp_path: Path) -> None:
    with pytest.raises(KitError, match="not a LoRA adapter"):
        adapter.to_gguf(tmp_path, tmp_path / "x.gguf")
    broken = tmp_path / "broken"
    shutil.copytree(tuned.folder, broken)
    data = (broken / "adapter_model.safetensors").read_bytes()
    (broken / "adapter_model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(KitError, match="not a LoRA adapter"):
        adapter.to_gguf(broken, tmp_path / "x.gguf")
    with pytest.raises(KitError, match="no GGUF adapter"):
        merge.merge(F16, F16, tmp_path / "x.gguf")
    with pytest.raises(KitError, match="cannot load"), evaluate.opened(F16, tmp_path / "none.gguf"):
        pass
    assert not list(tmp_path.glob("*.gguf")) and not list(tmp_path.glob(".*part"))


LIMITED = """
import resource, sys
from pathlib import Path
from selfhost import finetune
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    {call}
except finetune.adapter.KitError as error:
    print(error)
    sys.exit(1)
"""


def limited(call: str, setup: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", setup or LIMITED.format(call=call)],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=240,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
@pytest.mark.parametrize("what", ["convert", "merge"])
def test_a_disk_that_takes_no_more(what: str, tuned: Tuned, tmp_path: Path) -> None:
    # A real limit: the kernel refuses to write beyond 200 kB, in the middle of the file.
    out = tmp_path / "out" / "x.gguf"
    out.parent.mkdir()
    out.write_bytes(b"the file from before")
    call = {
        "convert": f"finetune.adapter.to_gguf(Path({str(tuned.folder)!r}), Path({str(out)!r}))",
        "merge": f"finetune.merge.merge(Path({str(F16)!r}), Path({str(tuned.gguf)!r}), "
        f"Path({str(out)!r}))",
    }[what]
    done = limited(call)
    assert done.returncode == 1 and "cannot be written" in done.stdout, done.stdout + done.stderr
    assert "Traceback" not in done.stderr and done.stdout.count("\n") == 1
    assert [file.name for file in out.parent.iterdir()] == ["x.gguf"]
    assert out.read_bytes() == b"the file from before"


@pytest.mark.skipif(sys.platform != "linux", reason="a small tmpfs is mounted on Linux only")
def test_a_full_disk_keeps_nothing_half_written(tuned: Tuned, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if mounted.returncode != 0:
        pytest.skip(f"mount is not allowed here: {mounted.stderr.strip()}")
    try:
        out = disk / "adapter"
        with pytest.raises(KitError, match="cannot be written") as caught:
            adapter.save(tuned.trained.model, out, base="aprendiz", trained=tuned.trained)
        assert "\n" not in str(caught.value)
        with pytest.raises(KitError, match="cannot be written"):
            adapter.to_gguf(tuned.folder, disk / "x.gguf")
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS limits a process on Linux only")
def test_training_without_memory(tmp_path: Path) -> None:
    code = f"""
import resource, sys
from pathlib import Path
import psutil
from selfhost import finetune
finetune.train.load()  # libraries take address space of their own
import peft
limit = psutil.Process().memory_info().vms + 150_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    finetune.train.lora(Path({str(tmp_path / "out")!r}),
                        finetune.train.Settings(steps=2, batch=800, items=800, threads=1))
except finetune.adapter.KitError as error:
    print(error)
    sys.exit(1)
"""
    done = limited("", code)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Memory ran out" in done.stdout and done.stdout.count("\n") == 1
    assert list(tmp_path.iterdir()) == []

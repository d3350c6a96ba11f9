"""`selfhost finetune` from a terminal: train, merge, tree; mistakes in one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from selfhost import weights


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "selfhost", "finetune", *words],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=240,
    )  # fmt: skip


def test_from_training_to_the_tree(tmp_path: Path) -> None:
    folder, merged = tmp_path / "lora", tmp_path / "merged.gguf"
    told = json.loads(run("train", str(folder), "--steps", "2", "--batch", "2", "--json").stdout)
    assert told["steps"] == 2 and told["trainable"] == 227_328
    adapter = folder / "adapter.gguf"
    assert weights.read_gguf(adapter).metadata["general.type"] == "adapter"
    done = run("merge", "aprendiz", str(adapter), str(merged))
    assert done.returncode == 0 and "merged.gguf" in done.stdout, done.stderr
    assert weights.read_gguf(merged).parameters == 5_577_728
    lines = run("tree", str(weights.find("aprendiz")), str(adapter), str(merged)).stdout
    assert [line.strip(" └─").split(":")[0] for line in lines.splitlines()] == [
        "aprendiz", "aprendiz-help-desk-lora", "aprendiz-help-desk",
    ]  # fmt: skip


def test_mistakes(tmp_path: Path) -> None:
    for words, said in (
        (("convert", str(tmp_path), str(tmp_path / "x.gguf")), "not a LoRA adapter"),
        (("merge", "nonsense", "a.gguf", "b.gguf"), "no known model"),
        (("tree", str(tmp_path)), "neither a model's folder"),
        (("train", str(tmp_path / "x"), "--steps", "0"), "at least 1"),
    ):
        done = run(*words)
        assert done.returncode == 1 and said in done.stderr, done.stderr
        assert "Traceback" not in done.stderr and not done.stdout
    assert list(tmp_path.iterdir()) == []

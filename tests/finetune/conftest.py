"""One very short training for all tests: long enough that the adapter changes the model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from selfhost import finetune
from selfhost.finetune.train import Settings, Trained
from tests.conftest import ROOT

BASE = ROOT / "models" / "aprendiz"


@dataclass
class Tuned:
    """What the training left: peft's folder, its GGUF, and the model in transformers."""

    folder: Path
    gguf: Path
    trained: Trained


@pytest.fixture(scope="session")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """A LoRA adapter after four steps."""
    folder = tmp_path_factory.mktemp("tuned") / "adapter"
    settings = Settings(steps=4, batch=6, items=40, rate=2e-2, threads=1)
    trained = finetune.train.lora(folder, settings)
    return Tuned(folder, finetune.adapter.to_gguf(folder, folder.parent / "adapter.gguf"), trained)

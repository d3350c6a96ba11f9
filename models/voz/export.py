"""From a training run to files that ``TTS.api`` loads.

    python -m models.voz.export RUN-EN models/voz

writes ``voz-en.pth`` (tensors only), ``voz-en.json`` (Coqui's configuration) and
``training_log-en.jsonl``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from .settings import coqui_config


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    state = torch.load(options.run / "state.pt", map_location="cpu", weights_only=True)
    language, progress = state["language"], state["progress"]
    weights = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in state["average"].items()
    }
    options.out.mkdir(parents=True, exist_ok=True)
    model = options.out / f"voz-{language}.pth"
    torch.save({"model": weights, "step": progress["step"]}, model)
    config = json.dumps(coqui_config(language), indent=1, ensure_ascii=False) + "\n"
    (options.out / f"voz-{language}.json").write_text(config, encoding="utf-8")
    lines = "\n".join(json.dumps(entry) for entry in progress["log"]) + "\n"
    (options.out / f"training_log-{language}.jsonl").write_text(lines, encoding="utf-8")
    print(f"{model.name}: {model.stat().st_size / 1e6:.2f} MB, step {progress['step']}")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Score GGUF files on the held-out benchmarks and the showcase.

python -m models.aprendiz.evaluate                       # both shipped files
python -m models.aprendiz.evaluate --gguf F.gguf --show  # another file, with what it got wrong
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from .engine import Engine
from .scoring import HERE, NAMES, load, messages, score

SHIPPED = ("aprendiz-F16.gguf", "aprendiz-Q8_0.gguf")
SETS = (*NAMES, "showcase")
RESULTS = HERE / "results.json"
STORY = "Write a short story about a fox."


def evaluate(engine: Engine, show: bool = False) -> dict[str, float]:
    """The share of right greedy answers, by set."""
    shares = {}
    for name in SETS:
        items = load(name)
        texts = engine.answers([messages(item) for item in items])
        right = [score(item, text) for item, text in zip(items, texts, strict=True)]
        shares[name] = round(sum(right) / len(items), 4)
        for item, text, ok in zip(items, texts, right, strict=True):
            if show and not ok:
                print(f"{item['id']}: {messages(item)[-1]['content']!r} -> {text!r}")
    return shares


def stories(engine: Engine, n: int = 5) -> list[str]:
    """The same prompt n times at temperature 0.8, with seeds 1 to n."""
    chat = [{"role": "user", "content": STORY}]
    return [engine.answers([chat], temperature=0.8, seed=seed)[0] for seed in range(1, n + 1)]


def samples(engine: Engine) -> str:
    """The stories and every answer to the showcase, as Markdown."""
    out = ["# Samples", "", f'"{STORY}", temperature 0.8, seeds 1 to 5:', ""]
    out += [f"{n}. {text.strip()}" for n, text in enumerate(stories(engine), 1)]
    out += ["", "The showcase, greedy:", ""]
    items = load("showcase")
    texts = engine.answers([messages(item) for item in items])
    for item, text in zip(items, texts, strict=True):
        asked = " / ".join(m["content"] for m in messages(item)).replace("\n", " / ")
        mark = "right" if score(item, text) else "**wrong**"
        answer = text.strip().replace("\n", " / ")
        out.append(f"- {asked} → {answer} ({mark})")
    return "\n".join(out) + "\n"


def main(argv: list[str] | None = None) -> None:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--gguf", type=Path, nargs="+", default=[HERE / name for name in SHIPPED])
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--show", action="store_true", help="print wrong answers")
    p.add_argument("--out", type=Path, help="write the figures here as JSON")
    p.add_argument("--samples", type=Path, help="write the first file's answers here as Markdown")
    a = p.parse_args(argv)
    found: dict[str, Any] = {}
    for gguf in a.gguf:
        with Engine(gguf, threads=a.threads) as engine:
            found[gguf.name] = evaluate(engine, a.show)
            if a.samples and len(found) == 1:
                a.samples.write_text(samples(engine), encoding="utf-8")
        print(json.dumps({gguf.name: found[gguf.name]}), flush=True)
    if a.out:
        a.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Train aprendiz from nothing, and write the files that engines load.

    python -m models.aprendiz --quick --out build/aprendiz-quick    # minutes
    python -m models.aprendiz --out build/aprendiz                  # hours: all five stages

Stopped, it goes on where it was when it is started again.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

from .export import export
from .sample import QUESTIONS, answer, load
from .train import main as train

LAST = "stage5"


def _stages(out: Path) -> list[list[str]]:
    """The arguments of each stage's training."""
    first, *later = (out / f"stage{n}" for n in range(1, 6))
    stages = [
        ["stage1", "--out", str(first)],
        ["stage2", "--out", str(later[0]), "--base", str(first)],
    ]
    log = str(Path(__file__).parent / "train_log.jsonl")
    for before, run in pairwise(later):
        stages.append([run.name, "--out", str(run), "--start", str(before), "--replay", log])
    return stages


def main(argv: list[str] | None = None) -> None:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--quick", action="store_true", help="a small model of few subjects")
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args(argv)
    last = a.out / ("quick" if a.quick else LAST)
    quick = [["quick", "--out", str(last)]]
    for stage in quick if a.quick else _stages(a.out):
        if not train([*stage, "--threads", str(a.threads)]):
            print("Stopped. The same command goes on.")
            return
    model = load(last)
    for question in QUESTIONS:
        print(f"> {question}\n{answer(model, question)}\n", flush=True)
    export(last, a.out / "model", ("F16", "Q8_0"))
    print(f"Written: {a.out / 'model'}")


if __name__ == "__main__":
    main()

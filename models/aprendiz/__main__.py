# SPDX-License-Identifier: MIT
"""Train aprendiz from nothing, and write the files that engines load.

    python -m models.aprendiz --quick --out build/aprendiz-quick    # minutes
    python -m models.aprendiz --out build/aprendiz                  # hours: all four stages

Stopped, it goes on where it was when it is started again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .export import export
from .sample import QUESTIONS, answer, load
from .train import main as train


def main(argv: list[str] | None = None) -> None:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--quick", action="store_true", help="a small model of few subjects")
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args(argv)
    common = ["--threads", str(a.threads)]
    last = a.out / ("quick" if a.quick else "stage4")
    if a.quick:
        train(["quick", "--out", str(last), *common])
    else:
        log = ["--replay", str(Path(__file__).parent / "train_log.jsonl")]
        first, second, third = (a.out / f"stage{n}" for n in (1, 2, 3))
        train(["stage1", "--out", str(first), *common])
        train(["stage2", "--out", str(second), "--base", str(first), *common])
        train(["stage3", "--out", str(third), "--start", str(second), *log, *common])
        train(["stage4", "--out", str(last), "--start", str(third), *log, *common])
    model = load(last)
    for question in QUESTIONS:
        print(f"> {question}\n{answer(model, question)}\n", flush=True)
    export(last, a.out / "model", ("F16", "Q8_0"))
    print(f"Written: {a.out / 'model'}")


if __name__ == "__main__":
    main()

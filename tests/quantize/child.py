"""Quantize in a process with a limit of its own, and print what happened as one JSON line.

    python -m tests.quantize.child file-size 1000000 Q8_0 FOLDER
    python -m tests.quantize.child memory 30000000 Q8_0 FOLDER
    python -m tests.quantize.child none 0 Q8_0 FOLDER
    python -m tests.quantize.child file-size 1000000 "quanto int8" FOLDER

With `none` the check of free space is skipped, so that a really full disk is met while writing.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
F16 = ROOT / "models" / "aprendiz" / "aprendiz-F16.gguf"


def main(limit: str, amount: int, kind: str, folder: Path) -> dict[str, object]:
    os.environ["SELFHOST_MODELS"] = str(folder)
    from selfhost import KitError
    from selfhost.quantize import convert, llamacpp

    llamacpp.need()
    if limit == "file-size":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (amount, amount))
    elif limit == "memory":
        import resource

        import psutil

        now = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (now + amount, now + amount))
    else:
        real = shutil.disk_usage
        shutil.disk_usage = lambda path: real(path)._replace(free=1 << 40)  # type: ignore[assignment]
    try:
        if kind.startswith("quanto"):
            from selfhost.quantize import torchside

            result: dict[str, object] = {"made": str(torchside.prepare(F16.parent, kind))}
        else:
            result = {"made": convert.quantize(F16, kind, threads=1).bytes}
    except KitError as error:
        result = {"message": error.message, "mend": error.mend}
    left = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    return {**result, "left": left}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))))

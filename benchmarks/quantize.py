"""What our quantizer costs beyond llama.cpp's own function, and how fast each type is made.

    python -m benchmarks.make_test_model --shape 200mb build/bench/random-200mb.gguf
    selfhost quantize build/bench/random-200mb.gguf --type F16 --again --out build/bench
    python -m benchmarks.quantize build/bench/random-200mb-F16.gguf

Both sides quantize the same file with the same number of threads; rounds alternate, so that a slow
minute of the machine hits both. Ours checks the header, the free space and the result, listens to
the progress, writes beside the target and renames. Wanted: within 5 % of the function called
directly. Figures: seconds (the best round: on a busy machine the others measure the neighbours),
processor seconds of all threads (median), million weights per second.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from benchmarks.machine import heading


def direct(source: Path, kind: str, target: Path, threads: int) -> None:
    """llama_model_quantize, called as its header says, with nothing around it."""
    from llama_cpp import llama_cpp

    from selfhost.quantize.convert import TYPES

    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_{TYPES[kind]}")
    params.nthread = threads
    params.allow_requantize = True
    status = llama_cpp.llama_model_quantize(
        os.fsencode(source), os.fsencode(target), ctypes.byref(params)
    )
    if status:
        raise SystemExit(f"llama.cpp returned {status}")


def ours(source: Path, kind: str, target: Path, threads: int) -> None:
    """The same through the kit, with a progress function as notebooks have."""
    from selfhost.quantize.convert import quantize

    quantize(source, kind, target=target, threads=threads, again=True,
             progress=lambda label, done, total: None)  # fmt: skip


Work = Callable[[Path, str, Path, int], None]


def timed(work: Work, source: Path, kind: str, target: Path, threads: int) -> tuple[float, float]:
    """(seconds, processor seconds) of one call; its file is deleted outside of the time."""
    start, busy = time.perf_counter(), time.process_time()
    work(source, kind, target, threads)
    seconds = time.perf_counter() - start, time.process_time() - busy
    target.unlink()
    return seconds


def main() -> None:
    """Print a table."""
    from selfhost import weights
    from selfhost.quantize import llamacpp

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("source", type=Path)
    parser.add_argument("--types", nargs="+", default=["Q8_0", "Q4_0", "Q4_K_M"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    million = weights.read_gguf(args.source).parameters / 1e6
    print(heading(), f"llama-cpp-python {llamacpp.package_version()}", sep=", ")
    print(f"\n{args.source.name}, {million:.1f} M weights, {args.threads} threads, {args.rounds} "
          "rounds\n")  # fmt: skip
    print("| type | llama.cpp s | ours s | ratio | llama.cpp cpu s | ours cpu s | ratio | M/s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for kind in args.types:
        sides: dict[Work, list[tuple[float, float]]] = {direct: [], ours: []}
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "x.gguf"
            for number in range(args.rounds + 1):
                order = list(sides) if number % 2 else list(sides)[::-1]
                for work in order:
                    with silence(work):
                        found = timed(work, args.source, kind, target, args.threads)
                    if number:  # the first round warms the disk's cache
                        sides[work].append(found)
        wall = [min(seconds for seconds, _ in found) for found in sides.values()]
        busy = [statistics.median(cpu for _, cpu in found) for found in sides.values()]
        print(f"| {kind} | {wall[0]:.2f} | {wall[1]:.2f} | {wall[1] / wall[0]:.3f} "
              f"| {busy[0]:.2f} | {busy[1]:.2f} | {busy[1] / busy[0]:.3f} "
              f"| {million / wall[1]:.0f} |", flush=True)  # fmt: skip


def silence(work: Work) -> AbstractContextManager[None]:
    """llama.cpp called directly would print its log; ours listens to it by itself."""
    from selfhost.quantize import llamacpp

    return llamacpp.listening(lambda line: None) if work is direct else nullcontext()


if __name__ == "__main__":
    main()

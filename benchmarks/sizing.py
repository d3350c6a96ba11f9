"""Is the arithmetic of `selfhost.sizing` right? Memory and decode speed, computed and measured.

    python -m benchmarks.sizing                             # the shipped files
    python -m benchmarks.sizing build/bench/gemma3-1b-random.gguf [FILE ...]

The second file is made by `python -m benchmarks.make_test_model`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.machine import heading
from selfhost.paths import shipped_models
from selfhost.sizing import bandwidth, measure, read
from selfhost.sizing.measure import Load

LOADS = [Load(256, batch=64), Load(512), Load(1024), Load(2048), Load(2048, cache="f32"),
         Load(2048, slots=4)]  # fmt: skip


def main() -> None:
    """Print two tables of Markdown."""
    shipped = sorted((shipped_models() / "aprendiz").glob("*.gguf"))
    files = [Path(name) for name in sys.argv[1:]] or shipped
    print(heading())
    besides = measure.overhead(shipped[0])
    print(f"\nbesides the computed terms: {besides / 2**20:.1f} MiB\n")
    print("| file | context | cache | batch | slots | computed MiB | measured MiB | error |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for file in files:
        for how, computed, real, error, _ in measure.compare(read(file), LOADS, besides):
            print(f"| {file.stem} | {how.context} | {how.cache} | {how.batch} | {how.slots} | "
                  f"{computed / 2**20:.1f} | {real / 2**20:.1f} | {error:+.1%} |")  # fmt: skip
    print("\n| file | read per token | bandwidth GB/s | bound tok/s | one thread tok/s | share |")
    print("| --- | --- | --- | --- | --- | --- |")
    for file in files:
        count = read(file).per_token
        fast = max(bandwidth.read_bandwidth(count, 1.0) for _ in range(3))
        speed = measure.decode_speed(file, times=3, tokens=64)
        print(f"| {file.stem} | {count / 1e6:.1f} MB | {fast / 1e9:.1f} | {fast / count:.1f} | "
              f"{speed:.1f} | {speed * count / fast:.0%} |")  # fmt: skip


if __name__ == "__main__":
    main()

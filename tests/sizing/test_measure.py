"""The arithmetic against real processes, and what happens when memory runs out."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from selfhost import KitError, sizing
from selfhost.sizing import bandwidth, measure
from selfhost.sizing.measure import Load
from tests.conftest import ROOT

F16 = ROOT / "models" / "aprendiz" / "aprendiz-F16.gguf"
MB = 2**20


@pytest.fixture(scope="module")
def besides() -> int:
    """What a process needs besides the computed terms, from one small load."""
    return measure.overhead(F16)


@pytest.fixture(scope="module")
def four_bits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped model with 4-bit weights, written with the gguf library."""
    from gguf import GGMLQuantizationType as Type
    from gguf import GGUFReader, GGUFWriter, quants

    out = tmp_path_factory.mktemp("q4") / "q4_0.gguf"
    reader = GGUFReader(F16)
    writer = GGUFWriter(out, "gemma3")
    for name, part in reader.fields.items():
        if not name.startswith("GGUF.") and name != "general.architecture":
            kind = part.types[0]
            sub = part.types[-1] if len(part.types) > 1 else None
            writer.add_key_value(name, part.contents(), kind, sub)
    for tensor in reader.tensors:
        data = quants.dequantize(tensor.data, tensor.tensor_type)
        to = Type.Q4_0 if len(tensor.shape) > 1 else Type.F32
        writer.add_tensor(tensor.name, quants.quantize(data, to), raw_dtype=to)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return out


@pytest.mark.parametrize(
    ("file", "how"),
    [
        ("f16", Load(512)),
        ("f16", Load(2048)),
        ("f16", Load(2048, cache="f32", slots=4)),
        ("q8_0", Load(2048)),
        ("q4_0", Load(1024)),
    ],
)
def test_within_ten_percent_of_the_process(
    file: str, how: Load, besides: int, four_bits: Path
) -> None:
    path = {"f16": F16, "q8_0": F16.with_name("aprendiz-Q8_0.gguf"), "q4_0": four_bits}[file]
    ((_, computed, real, error, _),) = measure.compare(sizing.read(path), [how], besides)
    assert abs(error) < 0.10, f"computed {computed / MB:.1f} MiB, the process took {real / MB:.1f}"


def test_two_loads_differ_by_what_the_formula_says() -> None:
    # The difference of two loads: everything that is not computed drops out.
    small, large = Load(256, cache="f32", slots=1), Load(2048, cache="f32", slots=8)
    model = sizing.read(F16)
    real = measure.load(F16, large).cost - measure.load(F16, small).cost
    computed = (
        sizing.memory(model, 2048, cache="f32", slots=8).total
        - sizing.memory(model, 256, cache="f32", slots=1).total
    )
    assert computed == pytest.approx(real, rel=0.10)


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS limits a process on Linux only")
def test_out_of_memory_is_one_sentence() -> None:
    how = replace(Load(2048), slots=8, limit=24 * MB)
    with pytest.raises(KitError) as caught:
        measure.load(F16, how)
    said = str(caught.value)
    assert "could not load aprendiz-F16.gguf" in said and "it needs" in said
    assert "\n" not in said and len(said) < 600


def test_a_bound_is_bandwidth_by_bytes() -> None:
    fast = bandwidth.read_bandwidth(4_000_000, seconds=0.01)
    assert fast > 0 and bandwidth.bound(4_000_000, fast) == fast / 4_000_000
    assert measure.decode_speed(F16, tokens=8) > 0


def test_the_command(tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "selfhost", "sizing", *words],
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip

    told = json.loads(run("aprendiz", "--measure", "--json", "--set", "demand=1000").stdout)
    assert told["fits"] == "yes" and told["total"] == sum(told["terms"].values())
    assert told["measured"]["bytes"] == pytest.approx(told["total"], rel=0.25)
    assert {case["case"] for case in told["cost"]["cases"]} == set(sizing.cost.CASES)
    words = run("gemma3:27b", "--users", "4", "--free", "16", "--no-cost").stdout
    assert "does NOT fit" in words and "16.0 GB" in words
    refused = run("nonsense")
    assert refused.returncode == 1 and refused.stdout == ""
    assert "Traceback" not in refused.stderr and "no known size" in refused.stderr

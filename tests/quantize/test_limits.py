"""Full disks and too little memory, with real limits: one sentence, no half-written file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from selfhost import KitError
from selfhost.quantize import convert

from .conftest import F16, ROOT, need_llama_cpp

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


def child(limit: str, amount: int, kind: str, folder: Path) -> dict:
    need_llama_cpp()
    done = subprocess.run(
        [sys.executable, "-m", "tests.quantize.child", limit, str(amount), kind, str(folder)],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=170,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    if "message" in found:
        assert found["message"].endswith(".") and "\n" not in found["message"], found
        assert found["mend"] and found["left"] == [], found
    return found


@UNIX
@pytest.mark.parametrize("most", [1_000, 1_000_000, 5_900_000])
def test_a_file_that_may_not_grow(tmp_path, most):
    """Cut off in the header, in the middle, near the end."""
    found = child("file-size", most, "Q8_0", tmp_path)
    assert "disk is full" in found["message"]


@UNIX
def test_the_same_in_transformers(tmp_path):
    pytest.importorskip("optimum.quanto")
    found = child("file-size", 1_000_000, "quanto int8", tmp_path)
    assert "cannot be written" in found["message"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits memory so")
def test_too_little_memory(tmp_path):
    found = child("memory", 18_000_000, "IQ4_XS", tmp_path)  # 12 to 25 million fail here
    assert "memory" in found["message"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes; needs root."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root on Linux")
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        pytest.skip(f"this machine does not let root mount: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_really_full_disk(small_disk):
    found = child("none", 0, "Q8_0", small_disk)
    assert "disk is full" in found["message"]


def test_too_little_room_is_said_before_anything_is_written(small_disk, monkeypatch):
    need_llama_cpp()
    monkeypatch.setenv("SELFHOST_MODELS", str(small_disk))
    with pytest.raises(KitError, match=r"about 6\.\d MB are needed, .* MB are free"):
        convert.quantize(F16, "Q8_0")
    assert not [path for path in small_disk.rglob("*") if path.is_file()]
    with pytest.raises(KitError, match="not enough room"):
        convert.quantize(F16, "F32", target=small_disk / "x.gguf")
    assert convert.quantize(F16, "Q2_K").bytes < 3_000_000  # what fits is made


def test_the_expected_size_is_a_close_upper_bound(files):
    from selfhost import weights

    info = weights.read_gguf(F16)
    for kind, made in files.items():
        assert made.bytes <= convert.expected_bytes(info, kind) <= 1.02 * made.bytes, kind


def test_a_folder_that_cannot_be_made(tmp_path, monkeypatch):
    need_llama_cpp()
    (tmp_path / "models").write_text("a file, where a folder should be", encoding="utf-8")
    monkeypatch.setenv("SELFHOST_MODELS", str(tmp_path / "models"))
    with pytest.raises(KitError, match="cannot be written"):
        convert.quantize(F16, "Q8_0")


def test_a_broken_source_is_refused_before_llama_cpp_sees_it(store, tmp_path):
    need_llama_cpp()
    whole = F16.read_bytes()
    broken = tmp_path / "x.gguf"
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(KitError, match="after the end of the file"):
        convert.quantize(broken, "Q8_0")
    shutil.copyfile(F16, broken)
    data = bytearray(broken.read_bytes())
    data[8:16] = (2**63).to_bytes(8, "little")
    broken.write_bytes(data)
    with pytest.raises(KitError, match="claims"):
        convert.quantize(broken, "Q8_0", target=tmp_path / "y.gguf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.gguf"]

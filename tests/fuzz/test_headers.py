"""Twenty thousand broken model headers: none hangs, none is believed, none takes memory.

Each mutated file is read in a child process whose address space may grow by 100 MB only, so a
reader that believes a length of 2^63 dies there. The children work through seeded blocks; a
failure names the block and number that repeat it.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfhost import KitError, weights
from selfhost.weights.safetensors_header import MAX_HEADER

from .headers import gguf_header, mutate, safetensors_header

ROOT = Path(__file__).resolve().parents[2]
APRENDIZ = ROOT / "models" / "aprendiz"
BLOCKS, EACH = 4, 3000  # of each format: 24,000 in all


@pytest.mark.parametrize("kind", ["gguf", "safetensors"])
@pytest.mark.parametrize("block", range(BLOCKS))
def test_mutated_headers_end_in_a_sentence(tmp_path, kind, block):
    """In a child with 100 MB to grow: a result, or a KitError of one sentence."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.headers", kind, str(block), str(EACH), str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=170,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["files"] == EACH and not found["wrong"], found["wrong"][:3]
    # The mutations reached both sides of the check, and memory stayed where it was.
    assert found["refused"] > EACH // 2 and found["read"] > 0
    assert found["grown"] < 100_000_000
    assert found["slowest"] < 5


NUMBERS = st.sampled_from([0, 1, 2**31, 2**32 - 1, 2**61, 2**63 - 1, 2**63, 2**64 - 1])


@settings(max_examples=200, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(at=st.integers(0, 400), number=NUMBERS, whole=st.booleans())
def test_a_number_in_any_place_of_a_gguf_header(tmp_path, at, number, whole):
    content = bytearray(gguf_header())
    at = min(at, len(content) - 9)
    content[at : at + (8 if whole else 4)] = struct.pack("<Q", number)[: 8 if whole else 4]
    reads_or_says_why(tmp_path / "x.gguf", bytes(content))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "dtype": st.sampled_from(["F32", "F16", "F4", "X", 3]),
        "shape": st.lists(st.integers(-2, 2**64), max_size=4) | JSON,
        "data_offsets": st.lists(st.integers(-1, 2**64), max_size=3) | JSON,
    },
)


@settings(max_examples=300, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(header=st.dictionaries(st.text(max_size=6), ENTRY | JSON, max_size=4) | JSON,
       rest=st.binary(max_size=64), lie=st.none() | NUMBERS)  # fmt: skip
def test_any_json_as_a_safetensors_header(tmp_path, header, rest, lie):
    text = json.dumps(header).encode()
    length = len(text) if lie is None else lie
    reads_or_says_why(tmp_path / "x.safetensors", struct.pack("<Q", length) + text + rest)


def reads_or_says_why(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    reader = weights.read_gguf if path.suffix == ".gguf" else weights.read_safetensors
    try:
        info = reader(path)
    except KitError as error:
        assert "\n" not in str(error) and len(str(error)) < 600
        assert error.message.count(". ") == 0 and error.message.endswith(".")
        return
    for tensor in info.tensors:
        assert 0 <= tensor.offset <= tensor.offset + tensor.bytes <= len(content)


def safetensors(text: bytes, data: bytes = b"", length: int | None = None) -> bytes:
    return struct.pack("<Q", len(text) if length is None else length) + text + data


ONE = b'"dtype":"F32","shape":[2],"data_offsets":[0,8]'
BROKEN = {
    "empty": (b"", "0 bytes"),
    "a length of 2^63": (safetensors(b"{}", length=2**63), "claims"),
    "a length of all ones": (safetensors(b"{}", length=2**64 - 1), "claims"),
    "longer than the file": (safetensors(b"{}", length=3), "claims"),
    "not JSON": (safetensors(b"{nonsense}"), "JSON"),
    "a list": (safetensors(b"[]"), "begin with {"),
    "a blank first": (safetensors(b" {}"), "begin with {"),
    "no text": (safetensors(b'{"\xff":1}'), "UTF-8"),
    "nested a thousandfold": (
        safetensors(b'{"a":' + (b"[" + b" " * 20) * 100_000), "JSON"),
    "a list of brackets": (safetensors(b'{"a":' + b"[" * 100_000), "no list of tensors"),
    "the same name twice": (safetensors(b'{"a":{%s},"a":{%s}}' % (ONE, ONE), bytes(8)), "twice"),
    "the same key twice": (safetensors(b'{"a":{"dtype":"F32",%s}}' % ONE, bytes(8)), "twice"),
    "metadata that is no text": (safetensors(b'{"__metadata__":{"a":1}}'), "metadata"),
    "no entry": (safetensors(b'{"a":7}'), "no dtype"),
    "an unknown type": (safetensors(b'{"a":{%s}}' % ONE.replace(b"F32", b"Q9"), bytes(8)), "type"),
    "a negative size": (
        safetensors(b'{"a":{%s}}' % ONE.replace(b"[2]", b"[-2]"), bytes(8)), "shape"),
    "a size that is true": (safetensors(b'{"a":{%s}}' % ONE.replace(b"[2]", b"[true]")), "shape"),
    "a size with a million digits": (
        safetensors(b'{"a":{%s}}' % ONE.replace(b"[2]", b"[" + b"9" * 1_000_000 + b"]"), bytes(8)),
        "too long",
    ),
    "not a number": (safetensors(b'{"a":{%s}}' % ONE.replace(b"[2]", b"[NaN]"), bytes(8)), "NaN"),
    "other bytes than its shape": (
        safetensors(b'{"a":{%s}}' % ONE.replace(b"0,8", b"0,9"), bytes(9)), "for its shape"),
    "places the wrong way round": (
        safetensors(b'{"a":{%s}}' % ONE.replace(b"0,8", b"8,0"), bytes(8)), "place"),
    "a tensor outside of the file": (
        safetensors(b'{"a":{%s}}' % ONE.replace(b"0,8", b"80,88"), bytes(8)), "gap"),
    "a tensor cut off": (safetensors(b'{"a":{%s}}' % ONE, bytes(7)), "after the end"),
    "two tensors in one place": (
        safetensors(b'{"a":{%s},"b":{%s}}' % (ONE, ONE), bytes(16)), "overlaps"),
    "bytes that belong to nobody": (safetensors(b'{"a":{%s}}' % ONE, bytes(9)), "no tensor"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_safetensors_are_refused_with_the_reason(tmp_path, name):
    content, words = BROKEN[name]
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(KitError) as caught:
        weights.read_safetensors(path)
    assert words in caught.value.message, caught.value.message
    reads_or_says_why(path, content)


@pytest.mark.parametrize("unit", [b"[],", b"{},", b'"ab",', b"1.5,", b"-9,", b'{"a":1},'])
@pytest.mark.parametrize("wide", [b"", "\U0001f600".encode()])
def test_the_largest_header_takes_little_memory(tmp_path, unit, wide):
    """Five million bytes of whatever costs Python most."""
    head = b'{"a":["%s",' % wide
    body = head + unit * ((MAX_HEADER - len(head) - 3) // len(unit)) + b"1]}"
    path = tmp_path / "x.safetensors"
    path.write_bytes(safetensors(body))
    tracemalloc.start()
    try:
        with pytest.raises(KitError):
            weights.read_safetensors(path)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_sound_safetensors_say_what_the_library_says():
    from safetensors import safe_open

    path = APRENDIZ / "model.safetensors"
    ours = weights.read_safetensors(path)
    with safe_open(path, "numpy") as theirs:
        assert {t.name for t in ours.tensors} == set(theirs.keys())
        for tensor in ours.tensors:
            part = theirs.get_slice(tensor.name)
            assert list(tensor.shape) == part.get_shape() and tensor.type == part.get_dtype()
        assert ours.metadata == theirs.metadata()
    assert ours.parameters == weights.read_gguf(APRENDIZ / "aprendiz-F16.gguf").parameters


def test_what_we_refuse_the_library_refuses_too(tmp_path):
    """We are not stricter than the format, apart from sizes."""
    from safetensors import SafetensorError, safe_open

    path = tmp_path / "x.safetensors"
    for name, (content, _) in BROKEN.items():
        if name in ("the same name twice", "the same key twice", "a blank first"):
            continue  # the library keeps one of them, or skips the blank; the format forbids it
        path.write_bytes(content)
        with pytest.raises((SafetensorError, OSError, ValueError)):
            safe_open(path, "numpy").__enter__()


def test_mutations_of_a_seed_are_the_same_every_time():
    first, again = (
        [mutate(safetensors_header(), "s", n) for n in range(20)] for _ in range(2)
    )  # fmt: skip
    assert first == again and len(set(first)) > 15

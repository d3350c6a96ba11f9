"""Reading GGUF headers: what a sound file says, and that no broken one gets past the check."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfhost import KitError, weights
from selfhost.weights.gguf_check import BLOCKS, check_gguf

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "models" / "aprendiz" / "aprendiz-Q8_0.gguf"


def text(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(raw)) + raw


def pair(key: str | bytes, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def tensor(name: str, shape: list[int], kind: int = 0, offset: int = 0) -> bytes:
    dims = struct.pack(f"<{len(shape)}Q", *shape)
    return text(name) + struct.pack("<I", len(shape)) + dims + struct.pack("<IQ", kind, offset)


def gguf(
    pairs: list[bytes],
    tensors: list[bytes] = (),
    data: bytes = b"",
    *,
    magic: bytes = b"GGUF",
    version: int = 3,
    counts: tuple[int, int] | None = None,
) -> bytes:
    """A file built by hand, right or wrong; `counts` overrides what it claims to hold."""
    n_tensors, n_pairs = counts or (len(tensors), len(pairs))
    head = magic + struct.pack("<IQQ", version, n_tensors, n_pairs)
    head += b"".join(pairs) + b"".join(tensors)
    return head + b"\0" * (-len(head) % 32) + data


ARCHITECTURE = pair("general.architecture", 8, text("gemma3"))
GOOD = gguf([ARCHITECTURE], [tensor("a", [8])], b"\0" * 32)


@pytest.fixture
def broken(tmp_path, one_sentence):
    """Write bytes, expect a one-sentence refusal, and return it."""

    def write(content: bytes) -> str:
        path = tmp_path / "x.gguf"
        path.write_bytes(content)
        with pytest.raises(KitError) as caught:
            weights.read_gguf(path)
        return one_sentence(caught.value)

    return write


def test_reads_the_shipped_model():
    info = weights.read_gguf(SHIPPED)
    assert info.architecture == "gemma3"
    assert info.of_architecture("context_length") == info.metadata["gemma3.context_length"]
    assert info.parameters == sum(each.elements for each in info.tensors)
    assert {"Q8_0", "F32"} == {each.type for each in info.tensors}
    tokens = info.metadata["tokenizer.ggml.tokens"]
    table = next(each for each in info.tensors if each.name == "token_embd.weight")
    assert len(tokens) == table.shape[1] and "<bos>" in tokens[:10]
    assert len(info.metadata["tokenizer.ggml.scores"]) == len(tokens)
    last = max(info.tensors, key=lambda each: each.offset)
    assert last.offset + last.bytes <= SHIPPED.stat().st_size


def test_gives_what_the_library_gives(tmp_path):
    """Our quicker reading of lists must not change a single value."""
    import gguf as library

    path = tmp_path / "types.gguf"
    writer = library.GGUFWriter(str(path), "gemma3")
    writer.add_array("x.ints", [1, -2, 3])
    writer.add_array("x.floats", [0.5, 1.5])
    writer.add_array("x.bools", [True, False])
    writer.add_array("x.words", ["", "ñ", "日本"])
    writer.add_uint8("x.byte", 7)
    writer.add_float64("x.double", 0.1)
    writer.add_tensor("w", np.arange(64, dtype=np.float32).reshape(2, 32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    theirs = library.GGUFReader(path)
    ours = weights.read_gguf(path)
    for name, part in theirs.fields.items():
        if not name.startswith("GGUF."):
            assert ours.metadata[name] == part.contents(), name
    assert [(t.name, list(t.shape), t.type, t.bytes, t.offset) for t in ours.tensors] == [
        (t.name, list(t.shape), t.tensor_type.name, t.n_bytes, t.data_offset)
        for t in theirs.tensors
    ]
    assert weights.read_tensors(path).tensors == ours.tensors


def test_tensors_alone_are_the_same_tensors():
    quick, whole = weights.read_tensors(SHIPPED), weights.read_gguf(SHIPPED)
    assert quick.tensors == whole.tensors and quick.parameters == whole.parameters


def test_the_table_of_tensor_types_is_the_librarys():
    from gguf.constants import GGML_QUANT_SIZES

    assert {int(kind): sizes for kind, sizes in GGML_QUANT_SIZES.items()} == BLOCKS


def test_bytes_that_are_no_text_do_not_stop_it(tmp_path):
    path = tmp_path / "x.gguf"
    odd = struct.pack("<IQ", 8, 2) + text(b"ok") + text(b"\xff\xfe")
    path.write_bytes(gguf([ARCHITECTURE, pair("tokenizer.ggml.tokens", 9, odd)]))
    assert weights.read_gguf(path).metadata["tokenizer.ggml.tokens"] == ["ok", "\ufffd\ufffd"]


BROKEN = {
    "empty": (b"", "GGUF"),
    "a web page": (b"<!doctype html>" * 20, "letters GGUF"),
    "only the magic": (b"GGUF", "4 bytes"),
    "version 1": (gguf([ARCHITECTURE], version=1), "version 1"),
    "version 99": (gguf([ARCHITECTURE], version=99), "version 99"),
    "big-endian": (b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "big-endian"),
    "claims many tensors": (gguf([ARCHITECTURE], counts=(2**63, 1)), "claims"),
    "claims many pairs": (gguf([ARCHITECTURE], counts=(0, 2**60)), "claims"),
    "one pair too few": (gguf([ARCHITECTURE], counts=(0, 2)), ""),
    "huge key": (gguf([struct.pack("<Q", 2**62) + b"x" * 40]), "key 1"),
    "key not text": (gguf([pair(b"\xff\xfe", 4, b"\0\0\0\0")]), "UTF-8"),
    "empty key": (gguf([pair("", 4, b"\0\0\0\0")]), "empty"),
    "same key twice": (gguf([ARCHITECTURE, ARCHITECTURE]), "twice"),
    "the library's own key": (gguf([pair("GGUF.version", 4, b"\0\0\0\0")]), "twice"),
    "unknown type": (gguf([pair("k", 77, b"\0" * 40)]), "unknown type (77)"),
    "huge string": (gguf([pair("k", 8, struct.pack("<Q", 2**63) + b"x")]), "ends inside"),
    "huge list": (gguf([pair("k", 9, struct.pack("<IQ", 4, 2**61))]), "ends inside"),
    "huge list of strings": (gguf([pair("k", 9, struct.pack("<IQ", 8, 2**61))]), "strings"),
    "list of lists": (gguf([pair("k", 9, struct.pack("<IQ", 9, 1) + b"\0" * 40)]), "list of an"),
    "alignment 3": (gguf([pair("general.alignment", 4, struct.pack("<I", 3))]), "power of two"),
    "alignment 0": (gguf([pair("general.alignment", 4, struct.pack("<I", 0))]), "power of two"),
    "alignment as text": (gguf([pair("general.alignment", 8, text("32"))]), "32-bit"),
    "five dimensions": (gguf([], [tensor("a", [1] * 5)], b"\0" * 32), "dimensions"),
    "billions of dimensions": (
        gguf([], [text("a") + struct.pack("<I", 2**31) + b"\0" * 64]),
        "dimensions",
    ),
    "size zero": (gguf([], [tensor("a", [0])], b"\0" * 32), "shape"),
    "unknown tensor type": (gguf([], [tensor("a", [8], kind=250)], b"\0" * 32), "unknown type"),
    "odd row": (gguf([], [tensor("a", [33], kind=8)], b"\0" * 64), "shape"),
    "odd offset": (gguf([], [tensor("a", [8], offset=7)], b"\0" * 64), "multiple of 32"),
    "same tensor twice": (gguf([], [tensor("a", [8])] * 2, b"\0" * 64), "twice"),
    "tensor past the end": (gguf([], [tensor("a", [9])], b"\0" * 32), "4 bytes after the end"),
    "overflowing shape": (
        gguf([], [tensor("a", [2**62, 2**62, 2**62])], b"\0" * 32),
        "after the end",
    ),
    "long tensor name": (gguf([], [tensor("a" * 64, [8])], b"\0" * 32), "64 bytes long"),
}


def test_the_hand_made_good_file_is_good(tmp_path):
    path = tmp_path / "x.gguf"
    path.write_bytes(GOOD)
    assert weights.read_gguf(path).tensors[0].elements == 8


@pytest.mark.parametrize("name", BROKEN)
def test_broken_headers_are_refused_in_one_sentence(broken, name):
    content, words = BROKEN[name]
    assert words in broken(content)


def test_every_truncation_of_a_small_file_is_refused(tmp_path):
    path = tmp_path / "x.gguf"
    for length in range(len(GOOD)):
        path.write_bytes(GOOD[:length])
        with pytest.raises(KitError):
            check_gguf(path)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_mutated_header_reads_or_is_refused(tmp_path, data):
    """Whatever happens to a header: a result or a KitError, never another exception.

    The small file's header is hit in every place; a check that let a bad count or offset through
    would show here as an exception of the library, or as a tensor outside the file.
    """
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["flip", "byte", "word", "cut", "insert"]))
        if kind == "flip":
            content[at] ^= 1 << data.draw(st.integers(0, 7))
        elif kind == "byte":
            content[at] = data.draw(st.sampled_from([0, 1, 127, 128, 255]))
        elif kind == "word":
            value = data.draw(st.sampled_from([0, 2**31, 2**32 - 1, 2**63, 2**64 - 1]))
            content[at : at + 8] = struct.pack("<Q", value)
        elif kind == "cut":
            del content[at:]
            content += b"\0" * (not content)
        else:
            content[at:at] = data.draw(st.binary(max_size=9))
    path = tmp_path / "x.gguf"
    path.write_bytes(content)
    try:
        info = weights.read_gguf(path)
    except KitError as error:
        assert "\n" not in str(error)
    else:
        for each in info.tensors:
            assert each.offset >= 0 and each.offset + each.bytes <= len(content)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 100_000), value=st.integers(0, 255))
def test_a_mutated_byte_of_the_shipped_header(tmp_path, at, value):
    content = bytearray(SHIPPED.read_bytes()[:110_000])
    content[at] = value
    path = tmp_path / "x.gguf"
    path.write_bytes(content)
    with pytest.raises(KitError):  # cut short behind the header: never whole
        weights.read_gguf(path)


def test_a_missing_file_is_told(tmp_path, one_sentence):
    with pytest.raises(KitError) as caught:
        weights.read_gguf(tmp_path / "none.gguf")
    assert "cannot be read" in one_sentence(caught.value)

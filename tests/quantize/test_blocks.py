"""Block formats by hand, held bit for bit against the gguf library."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from selfhost import KitError, weights
from selfhost.quantize.blocks import DECODERS, decode, encode_q4_0, encode_q8_0


def library(raw: np.ndarray, kind: str) -> np.ndarray:
    from gguf import GGMLQuantizationType, quants

    with np.errstate(all="ignore"):
        return quants.dequantize(raw, GGMLQuantizationType[kind]).reshape(-1)


@pytest.mark.parametrize("kind", DECODERS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_bytes_decode_as_the_library_decodes_them(kind, data):
    """Any bytes: scales that are infinite or not a number included."""
    size = DECODERS[kind][1]
    raw = data.draw(arrays.arrays(np.uint8, (data.draw(st.integers(1, 5)), size)))
    with np.errstate(all="ignore"):
        ours = decode(raw, kind)
    theirs = library(raw, kind)
    numbers = ~np.isnan(theirs)
    assert np.array_equal(numbers, ~np.isnan(ours))
    assert np.array_equal(ours[numbers].view(np.uint32), theirs[numbers].view(np.uint32))


def test_every_block_of_real_files(files):
    """All tensors of the three types in files that llama.cpp wrote, bit for bit."""
    seen = set()
    for kind in ("Q8_0", "Q4_0", "Q4_K_M"):
        info = weights.read_gguf(files[kind].path)
        with info.path.open("rb") as file:
            for tensor in info.tensors:
                if tensor.type not in DECODERS:
                    continue
                file.seek(tensor.offset)
                raw = np.frombuffer(file.read(tensor.bytes), np.uint8)
                ours, theirs = decode(raw, tensor.type), library(raw.reshape(1, -1), tensor.type)
                assert np.array_equal(ours.view(np.uint32), theirs.view(np.uint32)), tensor.name
                assert len(ours) == tensor.elements
                seen.add(tensor.type)
    assert seen == set(DECODERS)


@pytest.mark.parametrize(("kind", "encode"), [("Q8_0", encode_q8_0), ("Q4_0", encode_q4_0)])
@settings(deadline=None)
@given(
    x=arrays.arrays(
        np.float32, (4, 32), elements=st.floats(-1e4, 1e4, width=32, allow_subnormal=False)
    )
)
def test_encoding_is_the_librarys(kind, encode, x):
    from gguf import GGMLQuantizationType, quants

    with np.errstate(all="ignore"):
        theirs = quants.quantize(x, GGMLQuantizationType[kind])
    assert np.array_equal(encode(x), theirs)


def test_encoding_is_what_llama_cpp_wrote(files):
    """Our Q8_0 of the original's values is, byte for byte, llama.cpp's file."""
    original, made = (weights.read_gguf(files[kind].path) for kind in ("F32", "Q8_0"))
    values = {t.name: t for t in original.tensors}
    for tensor in made.tensors:
        if tensor.type != "Q8_0" or "ffn_up" not in tensor.name:
            continue
        x = np.fromfile(
            original.path, np.float32, tensor.elements, offset=values[tensor.name].offset
        )
        raw = np.fromfile(made.path, np.uint8, tensor.bytes, offset=tensor.offset)
        assert np.array_equal(encode_q8_0(x.reshape(-1, 32)).reshape(-1), raw), tensor.name


def test_half_a_block_and_other_types_are_refused():
    with pytest.raises(KitError, match="no whole number"):
        decode(b"\0" * 33, "Q8_0")
    with pytest.raises(KitError, match="by hand"):
        decode(b"\0" * 34, "Q2_K")

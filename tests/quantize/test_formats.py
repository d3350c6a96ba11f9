"""Number formats by hand: what they keep, what they lose, and that no input breaks them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from selfhost import KitError
from selfhost.quantize.formats import bfloat16, error, float16, pack, round_trip

FINITE = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)
TABLES = arrays.arrays(np.float32, st.tuples(st.integers(1, 6), st.just(64)), elements=FINITE)


@given(arrays.arrays(np.float32, 50, elements=st.floats(width=32)))
def test_bfloat16_is_the_librarys(values):
    from gguf import GGMLQuantizationType, quants

    kind = GGMLQuantizationType.BF16
    finite = np.where(np.isnan(values), np.float32(0), values)
    theirs = quants.dequantize(quants.quantize(finite.reshape(1, -1), kind), kind)
    assert np.array_equal(bfloat16(finite).view(np.uint32), theirs[0].view(np.uint32))
    assert np.array_equal(np.isnan(bfloat16(values)), np.isnan(values))


def test_bfloat16_keeps_the_range_and_float16_the_digits():
    assert np.isfinite(bfloat16([1e30]))[0] and np.isinf(float16([1e30]))[0]
    x = np.float32([1.001])
    assert abs(float16(x) - x)[0] < abs(bfloat16(x) - x)[0]


@settings(deadline=None)
@given(TABLES, st.sampled_from([4, 8]), st.sampled_from(["tensor", "row", 16, 32]), st.booleans())
def test_no_value_is_off_by_more_than_half_a_step(values, bits, per, zero_point):
    packed = pack(values, bits=bits, per=per, zero_point=zero_point)
    steps = np.broadcast_to(packed.scale, packed.q.shape).reshape(values.shape)
    # Half a step, and float32's own rounding of values and of the lowest one.
    slack = 1e-6 * (1 + np.abs(values) + np.abs(values).max())
    assert (np.abs(packed.unpack() - values) <= 0.5 * steps + slack).all()
    assert packed.q.max() < 2**bits and packed.q.min() > -(2 ** (bits - 1))


@given(TABLES)
def test_smaller_groups_never_have_a_larger_step(values):
    tensor, row, block = (pack(values, bits=4, per=p).scale.max() for p in ("tensor", "row", 32))
    assert block <= row <= tensor


def test_an_outlier_hurts_its_own_group_only():
    values = np.random.default_rng(1).normal(0, 0.02, (8, 64)).astype(np.float32)
    values[0, 0] = 5
    whole, blocks = (error(values, round_trip(values, bits=4, per=p)) for p in ("tensor", 32))
    assert whole.lost > 0.95 and blocks.lost < 0.3
    quiet = error(values[1:], round_trip(values, bits=4, per=32)[1:])
    assert quiet.relative < 0.15


def test_a_zero_point_pays_where_values_lean_to_one_side():
    leaning = np.random.default_rng(2).uniform(3, 5, (4, 64)).astype(np.float32)
    without, with_it = (
        error(leaning, round_trip(leaning, bits=4, per=32, zero_point=z)).mean
        for z in (False, True)
    )
    assert with_it < without / 3


def test_bits_per_weight_counts_the_scales():
    values = np.ones((2, 64), np.float32)
    assert pack(values, bits=4, per=32).bits_per_weight == 4.5
    assert pack(values, bits=8, per=32, zero_point=True).bits_per_weight == 9.0


@pytest.mark.parametrize("per", [0, 7, 48, -1, "column"])
def test_blocks_that_do_not_fit_are_refused(per):
    with pytest.raises(KitError, match="cannot be cut"):
        pack(np.ones((2, 64)), per=per)


def test_what_is_not_finite_is_refused():
    with pytest.raises(KitError, match="not a number"):
        pack([[1.0, float("nan")]])


def test_zeros_stay_zeros():
    zeros = np.zeros((2, 32), np.float32)
    for zero_point in (False, True):
        assert not round_trip(zeros, bits=4, per=32, zero_point=zero_point).any()
    assert error(zeros, zeros).relative == 0

"""Self-checks of lab 2, "Will it fit, will it pay?": what is wrong, in the reader's terms."""

from __future__ import annotations

from typing import Any

from selfhost.checks import Hint, close, expect, filled
from selfhost.sizing.cost import Assumptions, verdict
from selfhost.sizing.shape import Shape, published_shapes


def check_weights(function: Any) -> str:
    """Exercise 1: bytes of weights from parameters and bits per weight."""
    found = function(1_000_000_000, 16)
    filled(found, "the result")
    expect(found != 16e9, "That is bits; a byte has 8 of them.")
    expect(abs(found - 2e9) < 1, "1,000,000,000 parameters of 16 bits are 2,000,000,000 bytes.")
    expect(abs(function(8, 4.5) - 4.5) < 1e-9, "Bits per weight may be a fraction: 4.5 for Q4_0.")
    return "parameters and bits become bytes"


def check_cache(function: Any) -> str:
    """Exercise 2: the KV cache with a sliding window, against the kit's own arithmetic."""
    shape = published_shapes()["gemma3:27b"]
    tokens = 32_768
    found = function(shape, tokens)
    filled(found, "the result")
    bare = _by_hand(shape, tokens)

    def close(wrong: float) -> bool:
        return abs(found - wrong) <= wrong * 0.001

    whole = shape.layers * 16 * 2 * 128 * tokens * 2
    expect(not close(whole), "Without the window: ten of 62 layers need all tokens, the others "
           "only the window's.")  # fmt: skip
    expect(not (close(bare / 2) or close(bare / 4)), "A part is missing: keys *and* values, "
           "2 bytes each.")  # fmt: skip
    expect(not close(bare / shape.kv_heads[0]), "Each layer has `kv_heads[layer]` heads, and each "
           "of them keeps a key and a value.")  # fmt: skip
    expect(not close(_by_hand(shape, tokens, swapped=True)), "The other way round: the global "
           "layers need all tokens.")  # fmt: skip
    expect(close(bare), f"For gemma3:27b with {tokens:,} tokens it should be "
           f"{bare / 1e9:.3f} GB, not {found / 1e9:.3f}.")  # fmt: skip
    short = function(shape, 100)
    expect(abs(short - _by_hand(shape, 100)) < 1, "A context shorter than the window: then the "
           "window's layers hold the context only.")  # fmt: skip
    return "global layers, window layers, keys and values: all counted"


def _by_hand(shape: Shape, tokens: int, *, swapped: bool = False) -> int:
    """Without llama.cpp's steps of 256 cells and its room for a batch."""
    window = min(tokens, shape.window or tokens)
    per_cell = [heads * (shape.head_dim + shape.value_dim) * 2 for heads in shape.kv_heads]
    return sum(
        size * (tokens if shape.is_global(layer) != swapped else window)
        for layer, size in enumerate(per_cell)
    )


def check_choice(choice: Any, fits: dict[str, bool], order: list[str]) -> str:
    """Exercise 3: the largest model that fits."""
    filled(choice, "choice")
    expect(choice in fits, f"`choice` should be one of {', '.join(fits)}.")
    expect(fits[choice], f"{choice} does not fit: add its KV cache for 12 users.")
    better = [name for name in order[order.index(choice) + 1 :] if fits[name]]
    expect(not better, f"It fits, and so does a larger one: {', '.join(better)}.")
    return f"{choice} is the largest that fits"


def check_speed(value: Any, bandwidth: float, weight_bytes: int) -> str:
    """Exercise 4: tokens per second at most."""
    filled(value, "at_most")
    expect(abs(value - weight_bytes / bandwidth) > 1e-6, "Upside down: that is seconds per token.")
    close(value, bandwidth / weight_bytes, 0.02 * bandwidth / weight_bytes, "at_most",
          "Bytes per second, divided by the bytes that one token needs.")  # fmt: skip
    return "the bound follows from bytes and bandwidth"


def check_months(function: Any, given: Assumptions) -> str:
    """Exercise 5: months until a purchase has paid for itself."""
    found = function(1000, 150, 50)
    expect(found is not None and found is not ..., "1000 EUR, 150 against 50 a month: that does "
           "pay back, but the function returns nothing. (Still empty?)")  # fmt: skip
    expect(abs(found - 10) < 1e-9, "1000 EUR, saving 150 - 50 a month: 10 months.")
    for api, own in ((50, 50), (50, 150)):
        try:
            never = function(1000, api, own)
        except ZeroDivisionError:
            raise Hint("If API and own running cost the same, nothing is ever saved.") from None
        expect(never is None, f"API {api} and running costs {own} a month: it never pays back, "
               "so return None, not a number.")  # fmt: skip
    for case in ("favourable", "typical"):
        v = verdict(given, case)
        mine = function(v.purchase, v.api, v.own)
        expect((mine is None) == (v.months is None), f"The {case} case comes out differently.")
    return "savings, purchase, and the honest `None`"

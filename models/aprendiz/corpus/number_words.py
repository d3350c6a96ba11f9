# SPDX-License-Identifier: MIT
"""Numbers as English and Spanish words."""

from __future__ import annotations

from .tables import ONES, ONES_ES, TENS, TENS_ES


def words(n: int) -> str:
    """``forty-two``; digits from 1000 on."""
    if n < 0:
        return "minus " + words(-n)
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + ("-" + ONES[n % 10] if n % 10 else "")
    if n < 1000:
        return ONES[n // 100] + " hundred" + (" and " + words(n % 100) if n % 100 else "")
    return str(n)


def words_es(n: int) -> str:
    """``cuarenta y dos``; digits from 100 on."""
    if n < 0:
        return "menos " + words_es(-n)
    if n < 30:
        return ONES_ES[n]
    if n < 100:
        return TENS_ES[n // 10] + (" y " + ONES_ES[n % 10] if n % 10 else "")
    return str(n)

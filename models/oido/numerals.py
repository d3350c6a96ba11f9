"""Whole numbers and years in English and Spanish words (0 to 9999)."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


_EN = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_EN_TENS = _words("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
_ES = _words(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro "
    "veinticinco veintiséis veintisiete veintiocho veintinueve"
)
_ES_TENS = _words("cero diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_ES_HUNDREDS = _words(
    "cero ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
    "ochocientos novecientos"
)


def _english(number: int) -> str:
    if number < 20:
        return _EN[number]
    if number < 100:
        rest = f"-{_EN[number % 10]}" if number % 10 else ""
        return _EN_TENS[number // 10] + rest
    if number < 1000:
        rest = f" and {_english(number % 100)}" if number % 100 else ""
        return f"{_EN[number // 100]} hundred{rest}"
    last = number % 1000
    tail = f"{' and' if last < 100 else ''} {_english(last)}" if last else ""
    return f"{_english(number // 1000)} thousand{tail}"


def _spanish(number: int) -> str:
    if number < 30:
        return _ES[number]
    if number < 100:
        rest = f" y {_ES[number % 10]}" if number % 10 else ""
        return _ES_TENS[number // 10] + rest
    if number == 100:
        return "cien"
    if number < 1000:
        rest = f" {_spanish(number % 100)}" if number % 100 else ""
        return _ES_HUNDREDS[number // 100] + rest
    thousands = "mil" if number < 2000 else f"{_spanish(number // 1000)} mil"
    return thousands + (f" {_spanish(number % 1000)}" if number % 1000 else "")


def spell(number: int, language: str) -> str:
    """The number in words."""
    if not 0 <= number <= 9999:
        raise ValueError(f"cannot spell {number}: only 0 to 9999")
    return _english(number) if language == "en" else _spanish(number)


def spell_year(year: int, language: str) -> str:
    """The year as it is usually read aloud."""
    if language == "en" and (1100 <= year < 2000 or 2010 <= year <= 2099):
        century, rest = divmod(year, 100)
        if rest == 0:
            return f"{_english(century)} hundred"
        return f"{_english(century)} {'oh ' if rest < 10 else ''}{_english(rest)}"
    return spell(year, language)

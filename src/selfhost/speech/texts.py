"""Prepare a text for a voice: numbers in words, signs it cannot speak left out, short pieces.

A voice knows the letters it was trained with and nothing else. What happens to the rest (digits,
emoji, other scripts) must be decided before, and said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from selfhost.errors import KitError
from selfhost.speech.sound import package

LONGEST = 200  # characters in a piece: the network's memory grows with the square of it
_SIGNS = {
    "es": {"%": " por ciento", "€": " euros", "$": " dólares", "+": " más ", "−": " menos ",
           "=": " igual a ", "&": " y ", "@": " arroba ", "°": " grados ", "×": " por ", "/": " "},
    "en": {"%": " percent", "€": " euros", "+": " plus ", "−": " minus ", "=": " equals ",
           "&": " and ", "@": " at ", "°": " degrees ", "×": " times ", "/": " "},
}  # fmt: skip
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": "", "”": "", "«": "", "»": "", '"': "", "—": ", ",
                        "–": ", ", "…": "...", ";": ",", ":": ",", "(": ", ", ")": ", ",
                        "\n": " ", "\t": " ", "_": " ", "*": "", "#": "", "`": ""})  # fmt: skip
# A hyphen joins words; between or before numbers, with room around it, it is a sum's or a sign.
_MINUS = re.compile(r"(?<=[\d)])\s[-−–]\s(?=[\d(])|(?<![\w-])[-−](?=\d)|−(?=\d)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Prepared:
    """Pieces to be spoken one by one, and what a reader should know about them."""

    pieces: tuple[str, ...]
    notes: tuple[str, ...] = ()


def prepare(text: str, language: str, alphabet: Collection[str], *, words: bool = True) -> Prepared:
    """Make `text` speakable with the letters of `alphabet` (small letters and punctuation).

    `words`: write numbers out here; a voice that reads digits itself wants them as they are.
    Raises `KitError` when the text is empty or nothing speakable remains.
    """
    if not isinstance(text, str) or not text.strip():
        raise KitError("There is nothing to say: the text is empty.", 'speech.speak("Hello.")')
    spoken = _MINUS.sub(_SIGNS.get(language, {}).get("−", " "), unicodedata.normalize("NFC", text))
    spoken = spoken.translate(_PLAIN)
    for sign, said in _SIGNS.get(language, {}).items():
        spoken = spoken.replace(sign, said)
    if words:
        spoken = numbers_in_words(spoken, language)
    kept, lost = _known_letters(spoken, alphabet)
    kept = re.sub(r"\s+([,.?!])", r"\1", re.sub(r"\s+", " ", kept)).strip(" ,")
    if not any(letter.isalnum() for letter in kept):
        raise KitError(_nothing_left(text, language), "write it with the letters of the language")
    return Prepared(tuple(split(kept)), _notes(lost))


def numbers_in_words(text: str, language: str) -> str:
    """'12' -> 'doce', '3,5' -> 'tres coma cinco', by `num2words`; long rows digit by digit."""
    convert = package("num2words").num2words

    def words(found: re.Match[str]) -> str:
        digits = found[0]
        thousands, decimal = (".", ",") if language == "es" else (",", ".")
        if re.fullmatch(rf"\d{{1,3}}(\{thousands}\d{{3}})+(\{decimal}\d+)?", digits):
            digits = digits.replace(thousands, "")
        digits = digits.replace(",", ".")
        try:
            if digits.count(".") > 1 or len(digits) > 15 or re.match(r"0\d", digits):
                return " ".join(_digit(each, convert, language) for each in digits)
            number = float(digits) if "." in digits else int(digits)
            said = str(convert(number, lang=language))
            if language == "es" and "," in found[0]:
                said = said.replace(" punto ", " coma ")
            return f" {said} "
        except (NotImplementedError, OverflowError, ValueError):
            return found[0]

    return _NUMBER.sub(words, text)


def _digit(sign: str, convert: object, language: str) -> str:
    if sign.isdigit():
        return str(convert(int(sign), lang=language))  # type: ignore[operator]
    return "punto" if language == "es" else "point"


def _known_letters(text: str, alphabet: Collection[str]) -> tuple[str, dict[str, int]]:
    """The text in known letters, and the signs left out with their numbers.

    A letter with a mark that the voice lacks (ñ in English) loses its mark.
    """
    kept: list[str] = []
    lost: dict[str, int] = {}
    for sign in text:
        small = sign.lower()
        if small in alphabet:
            kept.append(sign)
            continue
        bare = unicodedata.normalize("NFD", small)[0]
        if bare in alphabet and bare.isalpha():
            kept.append(bare.upper() if sign.isupper() else bare)
        elif sign in "-/" or sign.isspace():
            kept.append(" ")
        elif not unicodedata.combining(sign) and sign not in "\u200d\ufe0f":
            lost[sign] = lost.get(sign, 0) + 1
    return "".join(kept), lost


def _notes(lost: dict[str, int]) -> tuple[str, ...]:
    if not lost:
        return ()
    shown = " ".join(list(lost)[:8]) + (" …" if len(lost) > 8 else "")
    return (f"not spoken, for the voice does not know it: {shown}",)


def _nothing_left(text: str, language: str) -> str:
    letters = [each for each in text if each.isalpha()]
    if not letters:
        return "There is nothing to say: the text has no letters and no numbers."
    script = unicodedata.name(letters[0], "other").split(" ")[0].capitalize()
    return f"This voice ({language}) has no letter for any sign of the text (script: {script})."


def split(text: str, longest: int = LONGEST) -> list[str]:
    """Sentences, each at most `longest` characters: cut at commas, else at spaces, else anywhere.

    Each ends with a sign of punctuation: the voices learned only such sentences, and one of two
    letters is too short for their encoder without it.
    """
    found: list[str] = []
    for sentence in re.split(r"(?<=[.?!])\s+", text.strip()):
        rest = sentence.strip()
        while len(rest) > longest:
            cut = max(rest.rfind(", ", 0, longest) + 1, 0) or rest.rfind(" ", 0, longest)
            cut = cut if cut > 0 else longest
            found.append(rest[:cut].strip())
            rest = rest[cut:].strip()
        if rest:
            found.append(rest)
    whole = []
    for each in found:
        if not any(letter.isalnum() for letter in each):
            continue
        each = each.rstrip(",")
        each = each if each[-1] in ".?!" else each + "."
        whole.append(each + "." * max(0, 3 - len(each)))
    return whole

"""The words in the figures, in the language that is being drawn.

The drawing code is the same for every language. It says each word through `say`, in English, and
the Spanish is looked up in slides/es/figures.yaml; a name, or a text that somebody really wrote,
goes through `kept`, and a number through `number`. Translators edit that one file. What is missing
in it, what nobody says any more, and a word that came into a figure by another way, are all found
when the figure is drawn.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from selfhost.errors import KitError

CATALOGUES = {"es": Path(__file__).resolve().parents[2] / "slides" / "es" / "figures.yaml"}
LANGUAGES = ("en", *CATALOGUES)
SHARED = "shared"  # the section of the words that several figures say
SPACE = "\u00a0"  # one that no line breaks at
Key = tuple[str, str]  # English on one line, and what it is about (where one word needs two)


@dataclass
class Drawing:
    """The figure being drawn: in which language, and what has been said in it so far."""

    figure: str
    language: str
    catalogue: dict[str, dict[Key, str]]
    used: set[tuple[str, Key]] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)


_drawings: list[Drawing] = []


def catalogue(language: str, path: Path | None = None) -> dict[str, dict[Key, str]]:
    """Section -> (English, about) -> translation. Empty for English; a `KitError` for a mistake."""
    if language == "en":
        return {}
    path = path or CATALOGUES[language]
    sections: dict[str, dict[Key, str]] = {}
    for section, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        words = sections.setdefault(section, {})
        for entry in entries:
            key = (_line(entry["en"]), entry.get("about", ""))
            if key in words or not entry.get(language):
                raise KitError(
                    f"{path.name}, {section}: “{key[0]}” is there twice, or has no {language}.",
                    "edit it",
                )
            words[key] = entry[language]
    return sections


@contextmanager
def drawing(figure: str, language: str, found: dict[str, dict[Key, str]]) -> Iterator[Drawing]:
    """All that is said inside is said in this figure, in this language.

    Raises `KitError` at the end if words were said that have no translation, or if the figure's
    section holds words that were not said.
    """
    now = Drawing(figure, language, found)
    _drawings.append(now)
    try:
        yield now
    finally:
        _drawings.pop()
    if now.missing:
        raise KitError(
            f"Figure {figure} says “{'”, “'.join(now.missing)}”: there is no {language} for it.",
            f"add it to {CATALOGUES[language].name}",
        )
    own = {(figure, key) for key in found.get(figure, {})}
    stale = sorted(text for _, (text, _) in own - now.used)
    if stale:
        raise KitError(
            f"Figure {figure} no longer says: {'; '.join(stale)}.", "take it out of figures.yaml"
        )


def language() -> str:
    """The language being drawn."""
    return _now().language


def say(english: str, about: str = "", **values: Any) -> str:
    """The words in the language being drawn, with the values put in as `str.format` does it.

    `about` tells apart two uses of one English word that another language has two words for.
    Raises `KitError` where a value holds unsaid words; `drawing` does where words are missing.
    """
    now = _now()
    for value in values.values():
        if isinstance(value, str):
            refuse_unsaid(value)
    text = english if now.language == "en" else _translated(now, english, about)
    try:
        result = _Localised().format(text, **values)
    except (KeyError, IndexError, ValueError) as error:
        raise KitError(
            f"Figure {now.figure}: the {now.language} of “{_line(english)}” does not fit: {error}.",
            "use the same { } as the English",
        ) from None
    now.said.add(result)
    return result


def kept(text: str) -> str:
    """A text that is the same in every language: a name, a quotation, a token, a unit."""
    _now().said.add(text)
    return text


def number(value: float, spec: str = "") -> str:
    """A number as `format` writes it, with the signs of the language being drawn.

    Spanish: decimal comma, a space before %, and groups of three only from five digits on
    (Real Academia Española, Ortografía 2010). `_` in `spec` groups by spaces in every language.
    """
    text = format(value, spec)
    if "e" in text:  # 9.8e-05 is read aloud badly
        text = f"{Decimal(text):f}"
    if _now().language == "es" and abs(value) < 10_000:
        text = text.replace(",", "").replace("_", "")
    return signs(text.replace("_", SPACE).replace("-", "−"))


def signs(text: str) -> str:
    """A number written the English way, in the signs of the language being drawn."""
    if _now().language == "es":
        text = text.replace(",", SPACE).replace(".", ",").replace("%", f"{SPACE}%")
    return text


def refuse_unsaid(text: str) -> None:
    """Raise `KitError` if the text holds letters that came neither from `say` nor from `kept`."""
    now, left = _now(), text
    for part in sorted(now.said, key=len, reverse=True):
        left = left.replace(part, " ")
    if re.search(r"[^\W\d_]", left):
        raise KitError(
            f"Figure {now.figure} holds “{' '.join(left.split())}”, which no language knows.",
            "say it through tools.figures.words.say, or kept if it is a name",
        )


class _Localised(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int | float) and format_spec:
            return number(value, format_spec)
        return str(super().format_field(value, format_spec))


def _translated(now: Drawing, english: str, about: str) -> str:
    line = _line(english)
    for section in (now.figure, SHARED):
        for key in ((line, about), (line, "")):
            if key in now.catalogue.get(section, {}):
                now.used.add((section, key))
                return now.catalogue[section][key]
    now.missing.append(f"{line} ({about})" if about else line)
    return english


def _now() -> Drawing:
    if not _drawings:
        raise RuntimeError("words are said while a figure is drawn: tools.figures.__main__.draw")
    return _drawings[-1]


def _line(text: str) -> str:
    return " ".join(text.split())

"""The voices in Coqui's catalogue by licence: what each lets you do with a model of its kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from selfhost.speech import hub

# What the licence text says about commercial use, in short. It is the licence of the model; the
# recordings that it learned from may have conditions of their own.
_COMMERCIAL = {
    "apache 2.0": "yes",
    "bsd-3-clause": "yes",
    "mit": "yes",
    "mpl": "yes; changed files stay under it",
    "cc-by-4.0": "yes, naming the author",
    "cc-by-sa 4.0": "yes; changes under the same licence",
    "openrail": "yes, except for a list of uses",
    "cpml": "no, neither the model nor what it says",
    "cc by-nc-nd 4.0": "no, and no changed copies",
}


@dataclass(frozen=True)
class LicenceRow:
    """A licence as Coqui's list spells it, how many voices have it, commercial use in words."""

    licence: str
    voices: int
    commercial: str
    example: str


def by_licence() -> list[LicenceRow]:
    """Every licence in the installed catalogue, the most frequent first. Raises `KitError`."""
    known = {
        name: str(entry.get("license") or "none named").partition(" - ")[0].lower()
        for name, entry in hub.coqui_catalogue().items()
        if name.startswith("tts_models/")
    }
    counted = Counter(known.values())
    return [
        LicenceRow(
            licence,
            count,
            _COMMERCIAL.get(licence, "read its own terms"),
            next(name for name in known if known[name] == licence).removeprefix("tts_models/"),
        )
        for licence, count in counted.most_common()
    ]


def in_language(code: str) -> list[tuple[str, str, str]]:
    """(name, licence, commercial use) of the catalogue's voices of a language."""
    return [
        (name, licence, _COMMERCIAL.get(licence.lower(), "read its own terms"))
        for name, licence in (
            (name, str(entry.get("license") or "none named"))
            for name, entry in hub.coqui_catalogue().items()
            if name.startswith(("tts_models/" + code + "/", "tts_models/multilingual/"))
        )
    ]

"""Which licence a LICENSE file is, found by its words and not by its title.

A title proves little: "MIT License" with one more paragraph is another licence. So the text is
compared word by word with the usual licences (the texts that the `identify` package carries) and
what was added or left out is told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from .licences import custom, normalise

# A run of so many added or missing words is a change of terms, whatever the words are.
CHANGED_WORDS = 8
# Shorter runs are a change too ("irrevocable" to "revocable"), except titles, numbers, names in
# the places made for them, and these wordings of MIT, ISC and BSD that are in common use.
_VARIANTS = {("or", ""), ("its", "any"), ("holder or contributors", "holders"),
             ("", "including the next paragraph")}  # fmt: skip
_FORMAL = frozenset(
    re.findall(
        r"\w+",
        "1 2 3 4 a b c d i ii iii iv the mit bsd isc license licence clause http https copyright "
        "holder holders owner owners author authors contributor contributors",
    )
)
_TELLING = frozenset(
    re.findall(
        r"\w+",
        "no not non only except excluding unless without commercial commercially research academic "
        "education educational evaluation personal military use used user users purpose purposes "
        "revocable written fee fees",
    )
)
_OPENING = 10  # equal words in a row: here the title and the names end, and the terms begin
MODIFIED = "LicenseRef-modified-text"
_TITLE_CHARS = 600


@dataclass(frozen=True)
class TextMatch:
    """`licence` is an id or None; `how` says how it was recognised, in half a sentence."""

    licence: str | None
    how: str
    base: str = ""


def _words(text: str) -> list[str]:
    text = text.split("END OF TERMS AND CONDITIONS")[0]
    kept = [
        line
        for line in text.splitlines()
        if not re.match(r"\s*(copyright\b|\(c\)|©|all rights reserved)", line, re.IGNORECASE)
    ]
    return re.findall(r"[a-z0-9]+", "\n".join(kept).lower())


@cache
def _texts() -> dict[str, tuple[str, ...]]:
    from identify.vendor.licenses import LICENSES

    return {name: tuple(_words(text)) for name, text in LICENSES}


def identify(text: str) -> TextMatch:
    """Recognise a licence by its text."""
    tagged = re.search(r"SPDX-License-Identifier:\s*([A-Za-z0-9.+() -]+)", text)
    if tagged and len(text) < 2000:
        stated = tagged.group(1).strip()
        return TextMatch(normalise(stated) or stated, f"the file states SPDX id {stated}")
    head = " ".join(text[:_TITLE_CHARS].split()).lower()
    for key, row in custom().items():
        if row["marks"] and all(mark.lower() in head for mark in row["marks"]):
            return TextMatch(key, f"by its title, {row['name']}")
    words = _words(text)
    if len(words) < 40:
        return _statement(text)
    name, ratio = _closest(words)
    if ratio < 0.5:
        return TextMatch(None, "its text is none of the usual licences")
    said = _changes(_texts()[name], words)
    if not said:
        return TextMatch(_current(name), f"word by word the text of {name}")
    if ratio < 0.75 and len(words) - len(_texts()[name]) > 250:
        return TextMatch(None, "its text is none of the usual licences")
    return TextMatch(MODIFIED, f"the text of {name}, but changed; " + "; ".join(said), name)


def _current(name: str) -> str:
    """`identify` still uses GPL-3.0; SPDX calls the bare text GPL-3.0-only."""
    return normalise(name) or name


def _statement(text: str) -> TextMatch:
    """A file of a line or two: it states a licence or it does not."""
    for line in [*text.splitlines(), text]:
        clean = line.strip().strip("#*.").strip()
        if clean and (known := normalise(clean)):
            return TextMatch(known, f"the file only states '{clean}'")
    return TextMatch(None, "too short to be a licence")


def _closest(words: list[str]) -> tuple[str, float]:
    """The licence whose set of words is nearest (Jaccard similarity), and how near."""
    mine = set(words)
    ranked = ((len(mine & set(w)) / len(mine | set(w)), -abs(len(w) - len(words)), name)
              for name, w in _texts().items())  # fmt: skip
    ratio, _, name = max(ranked)
    return name, ratio


def _changes(standard: tuple[str, ...], words: list[str]) -> list[str]:
    """What was added, left out and changed, in words; empty when only forms and names differ."""
    told: dict[str, list[str]] = {"added": [], "left out": [], "changed": []}
    opening = True
    matcher = difflib.SequenceMatcher(a=standard, b=words, autojunk=False)
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        if kind == "equal":
            opening = opening and a1 - a0 < _OPENING
            continue
        was, now = standard[a0:a1], words[b0:b1]
        if max(len(was), len(now)) < CHANGED_WORDS and _harmless(was, now, opening):
            continue
        old, new = _short(" ".join(was)), _short(" ".join(now))
        if was and now and max(len(was), len(now)) < CHANGED_WORDS:
            told["changed"].append(f'"{old}" to "{new}"')
        else:
            told["added"] += [f'"{new}"'] if now else []
            told["left out"] += [f'"{old}"'] if was else []
    return [f"words {how}: {_some(which)}" for how, which in told.items() if which]


def _harmless(was: Sequence[str], now: Sequence[str], opening: bool) -> bool:
    """A title, a number, a name or a well-known wording in place of the standard's."""
    if (" ".join(was), " ".join(now)) in _VARIANTS or _FORMAL.issuperset([*was, *now]):
        return True
    if not _TELLING.isdisjoint(now):
        return False
    named = "holder" in was or (not was and now[0] == "copyright")
    return opening or named


def _some(quoted: list[str], limit: int = 3) -> str:
    once = list(dict.fromkeys(quoted))
    return ", ".join(once[:limit]) + (" …" if len(once) > limit else "")


def _short(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"

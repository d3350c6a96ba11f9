"""Which licence a LICENSE file is, found by its words and not by its title.

A title proves little: "MIT License" with one more paragraph is another licence. So the text is
compared word by word with the usual licences (the texts that the `identify` package carries) and
what was added or left out is told.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache

from .licences import custom, normalise

# A run of so many added or missing words is a change of terms, not a name or a year.
CHANGED_WORDS = 8
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
    added, removed = _changes(_texts()[name], words)
    if not added and not removed:
        return TextMatch(_current(name), f"word by word the text of {name}")
    if ratio < 0.75 and len(added) > 1500:
        return TextMatch(None, "its text is none of the usual licences")
    said = []
    if added:
        said.append(f'words added: "{_short(added)}"')
    if removed:
        said.append(f'words left out: "{_short(removed)}"')
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


def _changes(standard: tuple[str, ...], words: list[str]) -> tuple[str, str]:
    """Runs of words added to and missing from the standard text, if long enough to matter."""
    added: list[str] = []
    removed: list[str] = []
    matcher = difflib.SequenceMatcher(a=standard, b=words, autojunk=False)
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        if kind == "equal":
            continue
        if b1 - b0 >= CHANGED_WORDS:
            added.append(" ".join(words[b0:b1]))
        if a1 - a0 >= CHANGED_WORDS:
            removed.append(" ".join(standard[a0:a1]))
    return " … ".join(added), " … ".join(removed)


def _short(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"

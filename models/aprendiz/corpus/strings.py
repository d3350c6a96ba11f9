# SPDX-License-Identifier: MIT
"""Spelling, counting letters, upper case, lists."""

from __future__ import annotations

from random import Random

from .people import character
from .tables import ANIMALS, CREATURES, ONES, WORD_CLASSES, WORDS
from .template import Answered, fill, held, pick

ALL_WORDS = sorted(
    {w[0] for w in WORDS}
    | {a[0] for a in ANIMALS}
    | {w for k in list(WORD_CLASSES)[:14] for w in WORD_CLASSES[k][2] if w.islower()}
)


def sentence(r: Random) -> str:
    """A plain short sentence."""
    a = character(r, False)
    return fill(
        r,
        pick(
            r,
            [
                "The $c is $k.",
                "$n likes the $w.",
                "I see a $c near the $w.",
                "$n has a $c and a $d.",
                "The $c and the $d are friends.",
                "We read a book about the $w.",
                "My $c is very $k.",
                "$n walks to the $w every day.",
                "There is a $c in the $w.",
            ],
        ),
        {
            "n": a["n"],
            "c": pick(r, CREATURES)[0],
            "d": pick(r, CREATURES)[0],
            "k": pick(r, ["big", "small", "happy", "old", "quiet", "fast", "tired", "brave"]),
            "w": pick(
                r,
                ["sea", "garden", "house", "river", "forest", "school", "city", "park", "library"],
            ),
        },
    )


def q_string(r: Random, es: int) -> Answered:
    k = int(r.random() * 14)
    w = pick(r, ALL_WORDS)
    if k < 8 and held("str", k, w, pct=8):
        w = "house"
    v: dict[str, object] = {
        "w": w,
        "W": w.upper(),
        "n": len(w),
        "nw": ONES[len(w)] if len(w) < 20 else len(w),
        "rev": w[::-1],
        "sp": "-".join(w),
        "f": w[0],
        "l": w[-1],
    }
    if k == 0:
        spelt = "-".join(w)
        return fill(r, "[Spell the word $w.|How do you spell $w?|Spell $w.]", v), spelt, spelt
    if k == 1:
        return (
            fill(
                r,
                "[How many letters are there in [the word |]$w?|How many letters does $w"
                " have?|Count the letters of $w.]",
                v,
            ),
            str(v["n"]),
            fill(r, "[The word $w has $n letters.|It has $n letters.|$n|$sp: $n letters.]", v),
        )
    if k == 2:
        return (
            fill(r, "[Reverse the word $w.|Write $w backwards.|Reverse: $w]", v),
            w[::-1],
            w[::-1],
        )
    if k == 3:
        return (
            fill(r, "[What is the first letter of $w?|Which letter does $w start with?]", v),
            w[0],
            fill(r, "[The first letter of $w is $f.|It is $f.|$f]", v),
        )
    if k == 4:
        return (
            fill(r, "[What is the last letter of $w?|Which letter does $w end with?]", v),
            w[-1],
            fill(r, "[The last letter of $w is $l.|It is $l.|$l]", v),
        )
    if k == 5:
        return (
            fill(r, "[Write $w in upper case.|Write $w in capital letters.|Uppercase: $w]", v),
            w.upper(),
            w.upper(),
        )
    if k == 6:
        n = pick(r, (2, 3, 4, 5))
        return (
            fill(
                r,
                "[Say|Write|Repeat] $w $n times.",
                {"w": w, "n": ONES[n] if r.random() < 0.5 else n},
            ),
            " ".join([w] * n),
            " ".join([w] * n),
        )
    if k == 7:
        letter = r.sample("abcdefghijklmnopqrstuvwxyz", 1)[0]
        if r.random() >= 0.3:  # mostly a letter of the word
            letter = pick(r, w)
        n = w.count(letter)
        return (
            f"How many times does the letter {letter} appear in {w}?",
            str(n),
            fill(
                r,
                "[$n|It appears $n time$s.|The letter $l appears $n time$s in $w.]",
                {"n": n, "s": "" if n == 1 else "s", "l": letter, "w": w},
            ),
        )
    if k == 8:
        items = r.sample(ALL_WORDS, pick(r, (3, 3, 4, 5)))
        s = ", ".join(sorted(items))
        return (
            fill(
                r,
                "[Sort these words alphabetically: $l|Put these words in alphabetical order: $l]",
                {"l": ", ".join(items)},
            ),
            s,
            s,
        )
    s = sentence(r)
    if k == 9:
        n = len(s.split())
        return (
            fill(
                r, "[How many words are there in this sentence: $s|Count the words: $s]", {"s": s}
            ),
            str(n),
            fill(r, "[$n|There are $n words.|The sentence has $n words.]", {"n": n}),
        )
    if k == 10:
        return (
            fill(
                r,
                "[Write in upper case: $s|Rewrite in capital letters: $s|Uppercase this"
                " sentence: $s]",
                {"s": s},
            ),
            s.upper(),
            s.upper(),
        )
    if k == 11:
        return (
            fill(
                r,
                "[Write in lower case: $s|Lowercase: $s]",
                {"s": s if r.random() < 0.5 else s.upper()},
            ),
            s.lower(),
            s.lower(),
        )
    if k == 12:
        return (
            fill(
                r, "[Repeat after me: $s|Repeat: $s|Say this: $s|Copy this sentence: $s]", {"s": s}
            ),
            s,
            s,
        )
    items = r.sample(ALL_WORDS, pick(r, (3, 4, 5)))
    s = "\n".join("- " + w for w in items)
    return (
        fill(
            r,
            "[Write these words as a list: $l|Make a bulleted list with: $l]",
            {"l": ", ".join(items)},
        ),
        s,
        s,
    )

# SPDX-License-Identifier: MIT
"""Questions about a text that the prompt gives."""

from __future__ import annotations

import json
from random import Random

from .number_words import words
from .people import NAMES
from .stories import story
from .tables import COUNTRIES, CREATURES, DAYS, JOBS, WORD_CLASSES
from .template import Answered, fill, pick, upper_first
from .workshop import TOPICS, topic_a


def q_context(r: Random, es: int) -> Answered:
    k = int(r.random() * 8)
    g = pick(r, NAMES)
    c = pick(r, COUNTRIES)
    j = pick(r, JOBS)
    age = 18 + int(r.random() * 60)
    an = pick(r, CREATURES)[0]
    col = pick(r, WORD_CLASSES["colours"][2])
    v = {
        "n": g[0],
        "c": c[2],
        "ce": c[3],
        "j": j[0],
        "aj": ("an " if j[0][0] in "aeiou" else "a ") + j[0],
        "age": age,
        "a": an,
        "aa": ("an " if an[0] in "aeiou" else "a ") + an,
        "col": col,
        "He": "She" if g[1] == "f" else "He",
        "his": "her" if g[1] == "f" else "his",
        "His": "Her" if g[1] == "f" else "His",
    }
    if k < 2:
        if es:
            p = fill(r, "$n tiene $age años y vive en $ce.", v)
            fs = [
                ("¿Cuántos años tiene $n?", str(age), "[$n tiene $age años.|Tiene $age años.]"),
                ("¿Dónde vive $n?", c[3], "[$n vive en $ce.|Vive en $ce.]"),
            ]
            q, s, a = pick(r, fs)
            return "Texto: " + p + "\n" + fill(r, q, v), s, fill(r, a, v)
        ss = [
            "$n is $age years old.",
            "$He lives in $c.",
            "$He works as $aj.",
            "$He has $aa.",
            "$His favourite colour is $col.",
        ]
        h = ss[1:]
        r.shuffle(h)
        p = fill(r, " ".join([ss[0], *h[: 2 + int(r.random() * 3)]]), v)
        asked = [
            (
                "How old is $n?",
                str(age),
                "[$n is $age years old.|$He is $age years old.|$He is $age.]",
                "years old",
            ),
            ("Where does $n live?", c[2], "[$n lives in $c.|$He lives in $c.|In $c.]", "lives in"),
            ("What is $n's job?", j[0], "[$n works as $aj.|$He is $aj.|$n is $aj.]", "works as"),
            ("What animal does $n have?", an, "[$n has $aa.|$He has $aa.]", " has a"),
            (
                "What is the favourite colour of $n?",
                col,
                "[$His favourite colour is $col.|It is $col.]",
                "favourite",
            ),
        ]
        q, s, a, key = pick(r, asked)
        qq = fill(r, q, v)
        pre = (
            pick(
                r,
                [
                    "Text: $p\nQuestion: $q",
                    "$p\n$q",
                    "Read this: $p\n\n$q",
                    "Context: $p\n\nQuestion: $q",
                    "$p $q",
                ],
            )
            .replace("$p", p)
            .replace("$q", qq)
        )
        if key not in p:
            return (
                pre,
                "I do not know",
                pick(r, ["The text does not say it.", "I do not know: the text does not say it."]),
            )
        return pre, s, fill(r, a, v)
    if k == 2:
        js = (
            {"name": g[0], "age": age, "city": c[2]}
            if r.random() < 0.6
            else {"name": g[0], "job": j[0], "city": c[2]}
        )
        p = fill(
            r,
            "$n is $age years old and lives in $c." if "age" in js else "$n works as $aj in $c.",
            v,
        )
        ks = list(js)
        return (
            fill(
                r,
                "[Extract|Get] the $k as JSON: $p",
                {"k": ", ".join(ks[:-1]) + " and " + ks[-1], "p": p},
            ),
            None,
            json.dumps(js, ensure_ascii=False),
        )
    if k == 3:
        pos = r.random() < 0.5
        o = pick(
            r,
            [
                "film",
                "book",
                "hotel",
                "restaurant",
                "phone",
                "song",
                "course",
                "game",
                "museum",
                "app",
            ],
        )
        t = fill(
            r,
            (
                "[I loved this $o.|What a wonderful $o!|This $o is excellent, I recommend it.|The"
                " best $o I know.|I am very happy with this $o.|A great $o, I enjoyed every"
                " minute.]"
                if pos
                else (
                    "[I hated this $o.|What a terrible $o!|This $o is very bad, do not buy it.|The"
                    " worst $o I know.|I am very unhappy with this $o.|A boring $o, I want my money"
                    " back.]"
                )
            ),
            {"o": o},
        )
        return (
            fill(
                r,
                "[Is this review positive or negative?|Classify the sentiment (positive or"
                " negative):|What is the sentiment of this text?] $t",
                {"t": t},
            ),
            "positive" if pos else "negative",
            fill(
                r,
                "[$S|The review is $s.|$S.|It is $s.]",
                {"s": "positive" if pos else "negative", "S": "Positive" if pos else "Negative"},
            ),
        )
    if k == 4:
        s, m = story(r, es, max_episodes=1)
        if es:
            return (
                fill(
                    r,
                    "[Resume en una frase|Resume este cuento en una frase|Resumen en una"
                    " frase]: $s",
                    {"s": s},
                ),
                None,
                m,
            )
        return (
            fill(
                r,
                "[Summarise in one sentence|Summarize in one sentence|Summarise this story in one"
                " sentence|Give me a one-sentence summary]: $s",
                {"s": s},
            ),
            None,
            m,
        )
    if k == 5:
        h1, h2 = 7 + int(r.random() * 4), 14 + int(r.random() * 8)
        pl = pick(
            r,
            [
                "library",
                "museum",
                "shop",
                "school",
                "bakery",
                "swimming pool",
                "post office",
                "lab",
            ],
        )
        v = {"p": pl, "a": h1, "b": h2, "d": pick(r, DAYS), "N": words(h1)}
        t = fill(r, "The $p opens at $a and closes at $b. It is closed on $d.", v)
        q, s, a = pick(
            r,
            [
                ("When does the $p open?", str(h1), "[The $p opens at $a.|It opens at $a.|At $a.]"),
                (
                    "When does the $p close?",
                    str(h2),
                    "[The $p closes at $b.|It closes at $b.|At $b.]",
                ),
                (
                    "On which day is the $p closed?",
                    v["d"],
                    "[The $p is closed on $d.|It is closed on $d.|On $d.]",
                ),
                (
                    "How many hours is the $p open?",
                    str(h2 - h1),
                    "[It is open for $h hours.|$h hours.]",
                ),
            ],
        )
        v["h"] = h2 - h1
        return (
            fill(r, "[Use this text to answer: |Text: |Document: |]")
            + t
            + pick(r, ["\n", "\n\n", " "])
            + fill(r, q, v),
            s,
            fill(r, a, v),
        )
    if k == 6:
        ks = r.sample([k_ for k_ in list(WORD_CLASSES)[:14] if k_ not in ("planets",)], 2)
        items = r.sample(WORD_CLASSES[ks[0]][2], 3)
        odd = pick(r, WORD_CLASSES[ks[1]][2])
        if odd in WORD_CLASSES[ks[0]][2]:
            odd = "table" if ks[0] != "furniture" else "apple"
        words_ = [*items, odd]
        r.shuffle(words_)
        return (
            fill(
                r,
                "[Which word does not belong: $l?|Find the odd one out: $l]",
                {"l": ", ".join(words_)},
            ),
            odd,
            fill(
                r,
                "[$O: the others are $k.|$O does not belong, because the others are $k.]",
                {"O": upper_first(odd), "k": ks[0]},
            ),
        )
    k1, k2 = r.sample(
        [
            t
            for t in TOPICS
            if t["T"] and not t["T"][0].startswith(("the four", "an open source software"))
        ],
        2,
    )
    a1, a2 = topic_a(r, k1, False), topic_a(r, k2, False)
    topic = k1 if r.random() < 0.5 else k2
    fill(r, pick(r, topic["A"]))  # not used, kept so that the corpus stays the same
    return (
        fill(
            r,
            "[Use the documents to answer.|Answer using only these documents.|]\n(1) $a\n(2) $b\n\n"
            "[Question: |]What is $t?",
            {"a": a1, "b": a2, "t": topic["T"][0]},
        ).strip(),
        None,
        (a1 if topic is k1 else a2) + (" (1)" if topic is k1 else " (2)"),
    )

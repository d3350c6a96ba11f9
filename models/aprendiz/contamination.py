# SPDX-License-Identifier: MIT
"""Does the training text contain a benchmark item, or nearly so?

    python -m models.aprendiz.contamination --documents 20000

Three tests over the first documents of a stream:

* the same question: a user turn that equals an item's prompt once case, punctuation, greetings and
  wishes for the answer's form are taken away;
* nearly the same question: a user turn that shares at least 80 % of its word trigrams with the
  prompt (not for sums: they differ from one another by their numbers alone, so the next test
  counts for them);
* the same sum: operator and operands of an item, as a question, whatever the words around it.

What is *not* held out: the facts (that Paris is the capital of France is in the training text, in
other words), and for sums the columns of single digits in the worked answers.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from .batches import document_function
from .scoring import NAMES, load

NEAR = 0.8
LEAST = 5  # trigrams; below it a share says nothing
TURN = re.compile(r"<start_of_turn>user\n(.*?)<end_of_turn>", re.S)
SIGNS = {"plus": "+", "minus": "-", "times": "*", "x": "*", "×": "*", "más": "+", "menos": "-"}
SIGNS |= {"por": "*", "+": "+", "-": "-", "*": "*"}
# Two numbers and no third one.
SUM = re.compile(
    r"(?<![\d*+-])(?<![-+*] )(\d+) ?(plus|minus|times|x|×|más|menos|por|[-+*]) ?(\d+)(?! ?[-+*\d])"
)
FRAMES = re.compile(
    r"\b(answer|reply|respond|responde|return)\b[^.\n]*[.\n]|\b(only the number|solo el número)\."
    r"|^(hi|hello|hola|tell me|question|please tell me|i have a question)[!,:. ]+"
)


def normal(text: str) -> str:
    """Lower case, one space between words, no punctuation, no frames around the question."""
    text = FRAMES.sub(" ", text.lower().strip() + "\n")
    return " ".join(re.findall(r"[\w+*×-]+", text))


def trigrams(text: str) -> frozenset[tuple[str, ...]]:
    """The word trigrams of a normal text."""
    words = text.split()
    return frozenset(tuple(words[i : i + 3]) for i in range(len(words) - 2))


def sums(text: str) -> set[tuple[str, str, str]]:
    """(left, operator, right) of the sums in a question."""
    return {(a, SIGNS[op], b) for a, op, b in SUM.findall(text.lower())}


class Heldout:
    """The benchmarks, ready to be looked up."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = [item for name in NAMES for item in load(name)]
        self.exact = {normal(item["prompt"]): item["id"] for item in self.items}
        self.grams = [(i["id"], trigrams(normal(i["prompt"]))) for i in self.items]
        self.grams = [(n, g) for n, g in self.grams if len(g) >= LEAST and "arith" not in n]
        self.index: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for k, (_, grams) in enumerate(self.grams):
            for gram in grams:
                self.index[gram].append(k)
        # A choice's distractors are no sums; the question's first line is.
        first = ((i["id"], sums(i["prompt"].split("\n")[0])) for i in self.items)
        self.sums = {found: name for name, all_ in first for found in all_}

    def _near(self, text: str) -> str | None:
        shared: dict[int, int] = defaultdict(int)
        for gram in trigrams(text):
            for k in self.index.get(gram, ()):
                shared[k] += 1
        for k, n in shared.items():
            name, grams = self.grams[k]
            if n / len(grams) >= NEAR:
                return name
        return None

    def found_in(self, turn: str) -> list[tuple[str, str]]:
        """(test, item) of every item that this user turn contains."""
        text = normal(turn)
        found = [("same question", self.exact[text])] if text in self.exact else []
        near = self._near(text)
        if near:
            found.append(("nearly the same question", near))
        found += [("same sum", self.sums[s]) for s in sums(turn.split("\n")[-1]) if s in self.sums]
        found += [("same sum", self.sums[s]) for s in sums(turn.split("\n")[0]) if s in self.sums]
        return found


def examine(documents: Iterable[str]) -> dict[str, Any]:
    """Counts, and up to twenty examples of what was found."""
    heldout, turns, found = Heldout(), 0, list[dict[str, str]]()
    for document in documents:
        for turn in TURN.findall(document):
            turns += 1
            for test, item in heldout.found_in(turn):
                found.append({"test": test, "item": item, "turn": turn})
    return {"user_turns": turns, "found": len(found), "examples": found[:20]}


def main(argv: list[str] | None = None) -> int:
    """The command line; the exit status is 1 when something was found."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--documents", type=int, default=20_000, help="of each mix")
    p.add_argument("--mixes", nargs="+", default=["stage1", "stage2", "stage3", "stage4", "quick"])
    a = p.parse_args(argv)
    bad = 0
    for mix in a.mixes:
        document, r = document_function(mix), random.Random(f"{mix}-0")
        result = examine(document(r) for _ in range(a.documents))
        bad += result["found"]
        print(json.dumps({"mix": mix, **result}, ensure_ascii=False))
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())

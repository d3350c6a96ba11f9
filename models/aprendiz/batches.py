# SPDX-License-Identifier: MIT
"""Training rows, made while training: no data set is stored, none is ever repeated.

A stream is cut into blocks, and a block depends on the stream's name and its number alone. So a
run can stop anywhere and go on, and everybody who has the code has the data.
"""

from __future__ import annotations

import hashlib
import importlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

HERE = Path(__file__).parent
TOKENIZER = HERE / "tokenizer.model"
BOS, EOS, START, END = 2, 1, 4, 5
Block: TypeAlias = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]
Document: TypeAlias = Callable[[random.Random], str]


def document_function(mix: str) -> Document:
    """The ``document`` function of a stage's module in ``corpus/``."""
    return importlib.import_module(f".corpus.{mix}", __package__).document


def stream_hash(mix: str, stream: str, documents: int = 2000) -> str:
    """sha256 of a stream's first documents, in hex."""
    document, r, h = document_function(mix), random.Random(stream), hashlib.sha256()
    for _ in range(documents):
        h.update(document(r).encode() + b"\0")
    return h.hexdigest()


class Rows:
    """Rows of ``length + 1`` tokens, and the weight of each token in the loss.

    Documents follow one another without padding, each between <bos> and <eos>. What the user
    says has a small weight: the model should learn to answer, not to ask. The letter that ends
    the answer to a multiple choice can have a large one: it is one token of many, and finding it
    is a skill of its own. So can the tokens where a model that goes down the options stops, or
    goes on to the next one.
    """

    def __init__(self, mix: str, length: int, user_weight: float) -> None:
        import sentencepiece

        self.document = document_function(mix)
        self.length, self.user_weight = length, user_weight
        self.sp = sentencepiece.SentencePieceProcessor(model_file=str(TOKENIZER))
        self.model_role = self.sp.encode("model")[0]
        self.letters = frozenset(self.sp.piece_to_id("▁" + letter) for letter in "ABCD")
        self.options = frozenset(self.sp.piece_to_id(letter) for letter in "ABCD")
        self.colon, self.newline = self.sp.encode(":")[0], self.sp.encode("\n")[0]

    def _weigh(self, tokens: list[int], letter: float, scan: float) -> list[float]:
        out: list[float] = []
        user = False
        for i, token in enumerate(tokens):
            then, later = (*tokens[i + 1 : i + 3], 0, 0)[:2]
            if token == START:
                user = then != self.model_role
                out.append(self.user_weight)
            elif user:
                out.append(self.user_weight)
            elif token in self.letters and then == END:
                out.append(letter)
            elif (token == self.colon and then in self.letters and later == END) or (
                token == self.newline and then in self.options
            ):
                out.append(scan)
            else:
                out.append(1.0)
        return out

    def block(
        self, stream: str, rows: int, letter_weight: float = 1.0, scan_weight: float = 1.0
    ) -> Block:
        """Tokens and weights, (rows, length + 1) each."""
        r, need = random.Random(stream), rows * (self.length + 1)
        ids: list[int] = []
        weights: list[float] = []
        while len(ids) < need:
            for tokens in self.sp.encode([self.document(r) for _ in range(64)]):
                ids += [BOS, *tokens, EOS]
                weights += [0.0, *self._weigh(tokens, letter_weight, scan_weight), self.user_weight]
        shape = (rows, self.length + 1)
        return (
            np.array(ids[:need], np.int64).reshape(shape),
            np.array(weights[:need], np.float32).reshape(shape),
        )

"""Cut text into tokens exactly as a GGUF file says, and show how it is done.

Covers the SentencePiece kind of vocabulary (`tokenizer.ggml.model = "llama"`), which Gemma 3,
Llama 2, Mistral and the shipped model use: start from single characters and, again and again, join
the neighbouring pair whose joined piece has the best score. Characters that are not in the
vocabulary become bytes. Tested against the `tokenizers` library.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping, Sequence
from typing import Any

from selfhost.errors import KitError

SPACE = "\u2581"  # SentencePiece writes a space as this sign
_UNKNOWN, _CONTROL, _USER, _BYTE = 2, 3, 4, 6  # llama.cpp's enum llama_token_type


class Tokenizer:
    """Text to token ids and back, from the vocabulary in a GGUF header."""

    def __init__(
        self,
        pieces: Sequence[str],
        scores: Sequence[float],
        kinds: Sequence[int],
        *,
        bos: int | None = None,
        add_space_prefix: bool = False,
    ) -> None:
        self.pieces = list(pieces)
        self.scores = list(scores)
        self.kinds = list(kinds)
        self.bos = bos
        self.add_space_prefix = add_space_prefix
        self.ids = {piece: i for i, piece in enumerate(self.pieces)}
        self._bytes = {int(p[3:5], 16): i for i, p in enumerate(self.pieces) if kinds[i] == _BYTE}
        self._unknown = next((i for i, kind in enumerate(kinds) if kind == _UNKNOWN), 0)
        self._control = self._finder(_CONTROL, _USER)
        self._user = self._finder(_USER)

    @classmethod
    def from_gguf(cls, metadata: Mapping[str, Any]) -> Tokenizer:
        """The tokenizer in a GGUF header. Raises KitError for the other kinds of vocabulary."""
        kind = metadata.get("tokenizer.ggml.model")
        if kind != "llama":
            raise KitError(
                f"This file's vocabulary is of the kind {kind!r}; only SentencePiece's is read.",
                "use the shipped model: SELFHOST_MODEL=aprendiz",
            )
        return cls(
            metadata["tokenizer.ggml.tokens"],
            metadata["tokenizer.ggml.scores"],
            metadata["tokenizer.ggml.token_type"],
            bos=metadata.get("tokenizer.ggml.bos_token_id"),
            add_space_prefix=bool(metadata.get("tokenizer.ggml.add_space_prefix", True)),
        )

    def __len__(self) -> int:
        return len(self.pieces)

    def encode(self, text: str, *, bos: bool = False, special: bool = False) -> list[int]:
        """Token ids of `text`; `special` reads <start_of_turn> and the like as control tokens.

        Engines read them so only in the template, never in what a user typed: otherwise a user
        could close their own turn and speak as somebody else.
        """
        found = [self.bos] if bos and self.bos is not None else []
        finder = self._control if special else self._user
        first = True
        for part in finder.split(text) if finder else [text]:
            if not part:
                continue
            if finder and finder.fullmatch(part):
                found.append(self.ids[part])
            else:
                prefix = " " if first and self.add_space_prefix else ""
                found += self._merge((prefix + part).replace(" ", SPACE))
            first = False
        return found

    def decode(self, ids: Sequence[int], *, special: bool = False) -> str:
        """The text of token ids; control tokens are left out unless `special`."""
        raw = b""
        for i in ids:
            if self.kinds[i] == _BYTE:
                raw += bytes([int(self.pieces[i][3:5], 16)])
            elif self.kinds[i] != _CONTROL or special:
                raw += self.pieces[i].replace(SPACE, " ").encode()
        text = raw.decode("utf-8", errors="replace")
        return text.removeprefix(" ") if self.add_space_prefix else text

    def label(self, i: int) -> str:
        """How to write token `i` in a picture: spaces visible, bytes as in the vocabulary."""
        return self.pieces[i].replace(SPACE, "\u00b7").replace("\n", "\\n")

    def steps(self, text: str) -> list[list[str]]:
        """The pieces after each merge, from single characters to the tokens."""
        states: list[list[str]] = []
        self._merge(text.replace(" ", SPACE), states)
        return states

    def _finder(self, *kinds: int) -> re.Pattern[str] | None:
        names = [p for p, k in zip(self.pieces, self.kinds, strict=True) if k in kinds and p]
        if not names:
            return None
        longest_first = sorted(names, key=len, reverse=True)
        return re.compile("(" + "|".join(re.escape(name) for name in longest_first) + ")")

    def _merge(self, text: str, states: list[list[str]] | None = None) -> list[int]:
        """Join pairs, best score first, the leftmost of equals: as llama.cpp's SPM tokenizer."""
        parts: list[str] = list(text)
        after = list(range(1, len(parts) + 1))
        before = list(range(-1, len(parts) - 1))
        queue: list[tuple[float, int, str]] = []

        def offer(left: int) -> None:
            right = after[left] if left >= 0 else len(parts)
            if left < 0 or right >= len(parts):
                return
            joined = parts[left] + parts[right]
            i = self.ids.get(joined)
            if i is not None:
                heapq.heappush(queue, (-self.scores[i], left, joined))

        def note() -> None:
            if states is not None:
                states.append([part for part in parts if part])

        note()
        for left in range(len(parts)):
            offer(left)
        while queue:
            _, left, joined = heapq.heappop(queue)
            right = after[left]
            stale = not parts[left] or right >= len(parts) or parts[left] + parts[right] != joined
            if stale:
                continue
            parts[left], parts[right] = joined, ""
            after[left] = after[right]
            if after[left] < len(parts):
                before[after[left]] = left
            note()
            offer(before[left])
            offer(left)
        return [i for part in parts if part for i in self._piece(part)]

    def _piece(self, part: str) -> list[int]:
        if part in self.ids:
            return [self.ids[part]]
        octets = part.encode()
        if all(octet in self._bytes for octet in octets):
            return [self._bytes[octet] for octet in octets]
        return [self._unknown]

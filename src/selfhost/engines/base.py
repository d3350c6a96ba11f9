"""What all engines have in common: prompts go in as token ids, tokens with probabilities come out.

Prompts are token ids, so that no engine can put a template or a BOS token around them unasked.
Only an endpoint (HTTP) is given the messages instead, since its API takes nothing else.
"""

from __future__ import annotations

import logging
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from selfhost.determinism.compare import Step
from selfhost.engines.source import Source
from selfhost.errors import KitError
from selfhost.stackcard.card import UNKNOWN, Model, Serving
from selfhost.stackcard.card import Engine as EnginePart

Progress = Callable[[str, int, int], None]


def silent(label: str, done: int, total: int) -> None:
    """The progress that shows nothing."""


@dataclass(frozen=True)
class Settings:
    """How the next token is chosen.

    `temperature` 0 takes the likeliest one; `top_k`, `top_p` and `seed` matter above 0 only.
    `repeat_penalty` 1 is none. The engines agree on the name of the penalty, not on its meaning:
    transformers looks back at the whole text, llama.cpp at the last 64 tokens of it, CTranslate2
    at the answer only.
    """

    max_tokens: int = 48
    temperature: float = 0.0
    top_k: int = 40
    top_p: float = 0.9
    repeat_penalty: float = 1.0
    seed: int = 7

    def __post_init__(self) -> None:
        if self.max_tokens < 1 or self.temperature < 0 or self.repeat_penalty <= 0:
            raise KitError("Settings need max_tokens ≥ 1, temperature ≥ 0, repeat_penalty > 0.")
        if self.top_k < 1 or not 0 < self.top_p <= 1:
            raise KitError("Settings need top_k ≥ 1 and top_p above 0, at most 1.")

    @property
    def in_force(self) -> dict[str, Any]:
        """What has an effect, for a stack card; greedy decoding is written as `top_k` 1."""
        always = {"temperature": self.temperature, "repeat_penalty": self.repeat_penalty,
                  "max_tokens": self.max_tokens}  # fmt: skip
        if self.temperature == 0:
            return {**always, "top_k": 1}
        return {**always, "top_k": self.top_k, "top_p": self.top_p, "seed": self.seed}


GREEDY = Settings()


@dataclass(frozen=True)
class Prompt:
    """What is asked: as token ids for engines in this process, as messages for an endpoint."""

    ids: tuple[int, ...]
    messages: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Generated:
    """An answer. `logprobs` (nats) are those of the tokens taken; `top5` the likeliest ids first.

    They are the model's own probabilities, before temperature and penalty (except for a penalty
    in CTranslate2, which tells them only afterwards). The token that ended the answer is not
    among the tokens; `finish` is "stop" or "length".
    """

    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]
    top5: tuple[tuple[int, ...], ...]
    text: str
    finish: str

    @property
    def steps(self) -> list[Step]:
        """In the form that `selfhost.determinism.compare` measures."""
        return [Step(*each) for each in zip(self.tokens, self.logprobs, self.top5, strict=True)]


class Engine(ABC):
    """One engine with loaded weights. Use it in a `with` block, or call `close`."""

    name: str
    source: Source

    def generate(self, prompt: Prompt | Sequence[int], settings: Settings = GREEDY) -> Generated:
        """The answer to one prompt. Raises `KitError`."""
        asked = prompt if isinstance(prompt, Prompt) else Prompt(tuple(prompt))
        return self.generate_all([asked], settings)[0]

    @abstractmethod
    def generate_all(
        self, prompts: Sequence[Prompt], settings: Settings = GREEDY,
        progress: Progress = silent,
    ) -> list[Generated]:  # fmt: skip
        """The answers to several prompts, in their order; in batches where the engine can."""

    @abstractmethod
    def about(self) -> EnginePart:
        """The engine, its version and build, for a stack card."""

    def model(self) -> Model:
        """The weights as this engine holds them: in float32 unless it says otherwise."""
        return self.source.model("F32", "F32")

    def serving(self) -> Serving:
        """How the engine was started."""
        return Serving(api="in process")

    def close(self) -> None:  # noqa: B027  (an engine that holds nothing has nothing to give back)
        """Give back what the engine holds."""

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def check(prompts: Sequence[Prompt], settings: Settings, context: int) -> None:
    """Raise `KitError` for prompts that an engine would cut or fail on without saying why."""
    for prompt in prompts:
        if not prompt.ids:
            raise KitError("A prompt without tokens: engines in this process take token ids.")
        if len(prompt.ids) + settings.max_tokens > context:
            raise KitError(
                f"A prompt of {len(prompt.ids)} tokens and an answer of {settings.max_tokens} do "
                f"not fit into the context of {context}."
            )


def top5_of(logits: Any) -> tuple[tuple[int, ...], Any]:
    """The five likeliest ids (the lower id first among equals), and log-probabilities, nats.

    `logits`: one row, any floating type; computed in float64 so that this step adds no rounding.
    """
    import numpy as np

    row = np.asarray(logits, dtype=np.float64)
    shifted = row - row.max()
    logprobs = shifted - np.log(np.exp(shifted).sum())
    some = np.argpartition(-row, min(5, len(row) - 1))[:5]
    return tuple(int(i) for i in some[np.lexsort((some, -row[some]))]), logprobs


@contextmanager
def quiet() -> Iterator[None]:
    """Without the notes of large libraries about things that do not concern a reader.

    Torch, transformers and their companions report absent GPU libraries, deprecations and loading
    bars on stderr; an error is still an exception.
    """
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def package(name: str) -> str:
    """`name version` of an installed package, for cards."""
    from importlib import metadata

    try:
        return f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return UNKNOWN


def need(module: str, pip_name: str) -> Any:
    """Import an optional engine. Raises `KitError` in one sentence when it is not installed."""
    import importlib

    try:
        with quiet():
            return importlib.import_module(module)
    except ImportError as error:
        raise KitError(
            f"{pip_name} is not installed in this environment ({error}).",
            f"python -m pip install {pip_name}",
        ) from error

"""An engine in this process as the client of an experiment (`selfhost.determinism.runner`)."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from selfhost.determinism.clients import Generation
from selfhost.determinism.experiment import Experiment
from selfhost.determinism.replay import with_run
from selfhost.engines.base import GREEDY, Engine, Prompt, Settings
from selfhost.engines.benchmark import OWN, Rendering
from selfhost.engines.cards import card_of
from selfhost.errors import KitError
from selfhost.stackcard import Card

_NAMES = {"num_predict": "max_tokens"}
_KNOWN = ("max_tokens", "temperature", "top_k", "top_p", "repeat_penalty", "seed")


class InProcess:
    """Answers one request at a time; what was not asked for is greedy, as in `GREEDY`.

    Tokens are given as texts, as an endpoint gives them. Options are named as in Ollama's API;
    one that no engine here knows raises `KitError`, it is not ignored.
    """

    def __init__(self, engine: Engine, rendering: Rendering = OWN) -> None:
        self.engine, self.rendering = engine, rendering
        self._one = threading.Lock()

    def ask(
        self,
        prompt: str,
        options: Mapping[str, Any],
        *,
        system: str | None = None,
        extra: Mapping[str, Any] | None = None,
        reproducible: bool = False,
    ) -> Generation:
        """One answer. `reproducible` is always the case here."""
        if extra:
            raise KitError("An engine in this process has no request body for `extra` fields.")
        settings = _settings(options)
        messages = [{"role": "system", "content": system}] if system else []
        messages.append({"role": "user", "content": prompt})
        source = self.engine.source
        text = source.render(messages, self.rendering.template)
        ids = source.encode(text, add_bos=self.rendering.add_bos)
        started = time.perf_counter()
        with self._one:
            made = self.engine.generate(Prompt(ids, tuple(messages)), settings)
        seconds = time.perf_counter() - started
        return Generation(
            made.text, [self._text(i) for i in made.tokens], list(made.logprobs),
            [[self._text(i) for i in top] for top in made.top5], made.finish, seconds,
            dict(settings.in_force),
        )  # fmt: skip

    def card(self, experiment: Experiment, rows: Sequence[dict[str, Any]]) -> Card:
        """The stack card of an experiment that ran here; `selfhost replay` repeats it elsewhere."""
        first = next(iter(experiment.cells()))
        settings = _settings(experiment.options(first))
        return with_run(card_of(self.engine, settings, self.rendering, [], []), experiment, rows)

    def _text(self, number: int) -> str:
        return str(self.engine.source.tokenizer.id_to_token(number)).replace("▁", " ")

    def neighbours(self, count: int) -> AbstractContextManager[None]:
        """Refused: nobody else shares an engine in this process."""
        raise KitError(f"An engine in this process has no neighbours ({count} were asked for).")


def _settings(options: Mapping[str, Any]) -> Settings:
    asked = {_NAMES.get(name, name): value for name, value in options.items()}
    unknown = sorted(asked.keys() - set(_KNOWN))
    if unknown:
        raise KitError(f"No engine in this process knows {', '.join(unknown)}.")
    return Settings(**{**vars(GREEDY), **asked})

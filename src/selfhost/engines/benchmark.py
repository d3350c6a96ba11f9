"""The questions: four small sets with known answers, shipped with the model, 200 items each."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from selfhost import paths
from selfhost.engines.base import Prompt
from selfhost.engines.source import CHATML, NO_TEMPLATE, Source
from selfhost.errors import KitError

SETS = ("arith", "capitals", "choice", "workshop_qa")


@dataclass(frozen=True)
class Item:
    """One question: what to ask, and the rule by which an answer is right."""

    id: str
    set: str
    messages: tuple[Mapping[str, str], ...]
    rule: Mapping[str, Any]

    def right(self, text: str) -> bool:
        """Whether a text answers the question, by the benchmark's own rule."""
        return bool(_scoring().score(self.rule, text))


@dataclass(frozen=True)
class Rendering:
    """How a question becomes tokens: with which template, and who puts BOS in front.

    `template` None is the model's own, which writes BOS itself. With `add_bos` the tokenizer puts
    one in front as well, as it does by default when it is given a text.
    """

    name: str = "its own template"
    template: str | None = None
    add_bos: bool = False

    def prompt(self, source: Source, item: Item) -> Prompt:
        """Token ids for engines in this process, messages for an endpoint."""
        text = source.render(item.messages, self.template)
        return Prompt(source.encode(text, add_bos=self.add_bos), item.messages)


OWN = Rendering()
DOUBLED_BOS = Rendering("doubled BOS", add_bos=True)
OTHER_TEMPLATE = Rendering("ChatML template", CHATML, add_bos=True)
WITHOUT_TEMPLATE = Rendering("no template", NO_TEMPLATE, add_bos=True)
RENDERINGS = {each.name: each for each in (OWN, DOUBLED_BOS, OTHER_TEMPLATE, WITHOUT_TEMPLATE)}


def items(per_set: int = 25, sets: Sequence[str] = SETS) -> list[Item]:
    """So many items of each set, evenly spread over it: always the same ones.

    Raises `KitError` when a set has fewer.
    """
    found = []
    for name in sets:
        listed = _scoring().load(name)
        if not 0 < per_set <= len(listed):
            raise KitError(f"{name} has {len(listed)} items; {per_set} were asked for.")
        picked = [listed[n * len(listed) // per_set] for n in range(per_set)]
        found += [
            Item(str(each["id"]), name, tuple(_scoring().messages(each)), each) for each in picked
        ]
    return found


@cache
def _scoring() -> ModuleType:
    """The rules lie beside the benchmarks, in a file of the standard library only."""
    path = paths.shipped_models() / "aprendiz" / "scoring.py"
    spec = importlib.util.spec_from_file_location("selfhost_engines_scoring", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise KitError("models/aprendiz/scoring.py is missing.", "selfhost models verify")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

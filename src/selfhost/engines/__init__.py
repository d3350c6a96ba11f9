"""The same weights through several engines, and how far their answers are apart.

>>> from selfhost import engines
>>> with engines.open_engine("llama.cpp/F32") as engine:
...     run = engines.run(engine, engines.items(per_set=25))
>>> engines.against(reference, run).disagreement_rate

`base` (the interface), `source` (weights, tokenizer, template), `convert` (to each engine's
format, kept), one module per engine (`hf`, `llama`, `ct2`, `graphs`, `http`), `catalogue` (names),
`benchmark` (questions), `runs` (answers and comparisons), `causes` (one factor at a time).
"""

from selfhost.engines.base import Engine, Generated, Prompt, Settings
from selfhost.engines.benchmark import (
    DOUBLED_BOS,
    OTHER_TEMPLATE,
    OWN,
    RENDERINGS,
    SETS,
    WITHOUT_TEMPLATE,
    Item,
    Rendering,
    items,
)
from selfhost.engines.catalogue import (
    ENDPOINT,
    FIVE,
    KNOWN,
    REFERENCE,
    available,
    open_engine,
)
from selfhost.engines.measures import FORMULAS
from selfhost.engines.runs import Comparison, Run, against, load, matrix, run, save
from selfhost.engines.source import Source, shipped

__all__ = [
    "DOUBLED_BOS",
    "ENDPOINT",
    "FIVE",
    "FORMULAS",
    "KNOWN",
    "OTHER_TEMPLATE",
    "OWN",
    "REFERENCE",
    "RENDERINGS",
    "SETS",
    "WITHOUT_TEMPLATE",
    "Comparison",
    "Engine",
    "Generated",
    "Item",
    "Prompt",
    "Rendering",
    "Run",
    "Settings",
    "Source",
    "against",
    "available",
    "items",
    "load",
    "matrix",
    "open_engine",
    "run",
    "save",
    "shipped",
]

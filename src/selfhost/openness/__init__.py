"""The openness of a model: facts in, a class and its reasons out.

`release()` or a reader (`audit.audit`, `yamlio.read`) gives the facts, `judge()` applies the rules
of three definitions: the six classes of the spectrum, the Model Openness Framework, and the OSI's
Open Source AI Definition. Rules do no I/O; readers do nothing else.
"""

from __future__ import annotations

from .aspects import ASPECTS
from .classes import CLASSES
from .components import components
from .facts import NO_LICENCE, NOT_KNOWN, Item, Release, release
from .verdict import Verdict, judge

__all__ = [
    "ASPECTS",
    "CLASSES",
    "NOT_KNOWN",
    "NO_LICENCE",
    "Item",
    "Release",
    "Verdict",
    "components",
    "judge",
    "release",
]

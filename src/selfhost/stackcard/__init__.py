"""The stack card: what ran, in one small JSON + Markdown file, and what differs between two.

>>> from selfhost import stackcard
>>> card = stackcard.collect(at)             # an endpoint
>>> stackcard.write(card, Path("card.json")) # and card.md
>>> stackcard.differences(card, stackcard.read(Path("another.json")))
"""

from selfhost.stackcard.card import Card, parse, read, schema, write
from selfhost.stackcard.collect import collect, model_from_file
from selfhost.stackcard.diff import Difference, differences, likely_reason
from selfhost.stackcard.hardware import hardware, instruction_sets, software
from selfhost.stackcard.render import markdown, paragraph

__all__ = [
    "Card",
    "Difference",
    "collect",
    "differences",
    "hardware",
    "instruction_sets",
    "likely_reason",
    "markdown",
    "model_from_file",
    "paragraph",
    "parse",
    "read",
    "schema",
    "software",
    "write",
]

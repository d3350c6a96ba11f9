"""What is inside a generative language model, for notebook 01.

`files` opens the model file, `template` and `tokens` turn a conversation into token ids as the
file says, `forward` computes one step with numpy, `sampling` turns its result into a choice,
`release` lists what else a model release holds. Nothing here is needed to *run* a model: engines
do that (`engine` finds one for comparison). This is for looking.
"""

from selfhost.anatomy.engine import engine_for
from selfhost.anatomy.files import (
    SHIPPED,
    Anatomy,
    Group,
    facts,
    first_values,
    groups,
    local_model,
    occurrences,
    open_model,
    readable,
)
from selfhost.anatomy.forward import Gemma3, Trace, load, reference_logits
from selfhost.anatomy.pictures import flow, temperatures
from selfhost.anatomy.release import Part, parts
from selfhost.anatomy.sampling import choose, kept, probabilities, softmax, top
from selfhost.anatomy.template import render, stop_tokens
from selfhost.anatomy.tokens import Tokenizer

__all__ = [
    "SHIPPED",
    "Anatomy",
    "Gemma3",
    "Group",
    "Part",
    "Tokenizer",
    "Trace",
    "choose",
    "engine_for",
    "facts",
    "first_values",
    "flow",
    "groups",
    "kept",
    "load",
    "local_model",
    "occurrences",
    "open_model",
    "parts",
    "probabilities",
    "readable",
    "reference_logits",
    "render",
    "softmax",
    "stop_tokens",
    "temperatures",
    "top",
]

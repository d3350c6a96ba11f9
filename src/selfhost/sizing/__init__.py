"""What a model needs: memory, speed and money, by arithmetic that is held against measurements.

>>> from selfhost import sizing
>>> model = sizing.read("aprendiz")                  # a GGUF, a config.json, or a known name
>>> sizing.memory(model, context=2048).total         # bytes
>>> sizing.read("gemma3:27b", "Q4_K_M").weights      # {'Q4_K': ..., 'Q6_K': ..., 'F32': ...}

One module per subject: `shape` (numbers of an architecture), `tensors` (bytes by tensor type),
`source` (where the numbers come from), `memory` (the sum), `measure` (what llama.cpp really
takes, in a process of its own), `bandwidth` (speed), `cost` (money), `pictures`.
"""

from selfhost.sizing.cost import Assumptions, Quantity, assumptions, compare
from selfhost.sizing.memory import Memory, kv_cache, memory
from selfhost.sizing.shape import Shape, published_shapes
from selfhost.sizing.source import Sized, read

__all__ = [
    "Assumptions",
    "Memory",
    "Quantity",
    "Shape",
    "Sized",
    "assumptions",
    "compare",
    "kv_cache",
    "memory",
    "published_shapes",
    "read",
]

"""An engine for a file that the notebook looks into, whatever answers in the notebook."""

from __future__ import annotations

import os

from selfhost.endpoint import Endpoint, endpoint
from selfhost.weights import normalise

_CHOICES = ("SELFHOST_ENGINE", "SELFHOST_ENDPOINT", "SELFHOST_MODEL")


def engine_for(at: Endpoint, model: str) -> Endpoint:
    """`at` if it serves `model` by Ollama's API; otherwise the embedded endpoint.

    That one has the shipped models. The comparison in notebook 01 needs the very file whose
    numbers were used by hand, also when an Ollama or another server answers the questions.
    """
    if normalise(at.model) == normalise(model) and "ollama" in at.apis:
        return at
    return endpoint(model) if at.kind == "embedded" else embedded(model)


def embedded(model: str) -> Endpoint:
    """The kit's own server with `model`, whatever the environment asks for."""
    before = {name: os.environ.pop(name, None) for name in _CHOICES}
    os.environ["SELFHOST_ENGINE"] = "embedded"
    try:
        return endpoint(model)
    finally:
        del os.environ["SELFHOST_ENGINE"]
        os.environ.update({name: value for name, value in before.items() if value is not None})

"""A model that comes from a hub goes the same way as the shipped one: fetch, header, process."""

from __future__ import annotations

from typing import Any

import pytest

from selfhost import KitError, sizing, weights
from selfhost.finetune import evaluate, task
from selfhost.sizing import measure
from selfhost.sizing.measure import Load


def test_notebooks_04_and_10_with_a_fetched_model(hub: Any) -> None:
    with pytest.raises(KitError, match="not on this computer"):
        sizing.read("small")
    path = weights.fetch("small")
    model = sizing.read("small")
    assert model.path == path and model.exact and len(hub.gets()) == 1
    besides = measure.overhead(path)
    ((_, _, _, error, _),) = measure.compare(model, [Load(512)], besides)
    assert abs(error) < 0.10
    with evaluate.opened(path) as loaded:
        score, texts = evaluate.task_score(loaded, task.held_out(2))
    assert score == 0 and len(texts) == 2

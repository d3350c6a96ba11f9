"""The messages: held-out ones use wordings that training never has."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from selfhost.finetune import task


def _frames(item: task.Item) -> list[str]:
    """The sentences of a message without places, names and openings."""
    text = item.message
    for name in [*task._PLACES, *task._NAMES]:
        for written in (name, name[0].upper() + name[1:]):
            text = text.replace(written, "_")
    return [s for s in re.findall(r"[^.!?]+[.!?]", text) if s.strip() not in task._OPENINGS]


def test_no_held_out_wording_is_trained() -> None:
    trained = {frame.strip() for item in task.training(4000) for frame in _frames(item)}
    for item in task.held_out(200):
        for frame in _frames(item):
            assert frame.strip() not in trained, item.message


def test_a_seed_decides_everything() -> None:
    assert task.training(50, 3) == task.training(50, 3) != task.training(50, 4)
    assert task.held_out(50) == task.held_out(50)


@given(st.integers(0, 10**6))
def test_every_message_is_clean(seed: int) -> None:
    for item in task.training(10, seed) + task.held_out(10, seed):
        assert not re.search(r"[${}|]|  | [.!]", item.message), item.message
        assert item.message[0].isupper() or item.message[0].isdigit()
        assert item.queue in task.QUEUES and task.right(item, item.answer)
        assert not task.right(item, item.answer.replace(item.queue, "kitchen"))


def test_queues_and_urgency_are_balanced() -> None:
    items = task.held_out(200)
    for queue in task.QUEUES:
        assert 0.1 < sum(item.queue == queue for item in items) / 200 < 0.3
    assert 0.35 < sum(item.urgent for item in items) / 200 < 0.65


def test_scores() -> None:
    items = task.held_out(4)
    texts = [items[0].answer, items[1].answer + "\n", "I do not know.", "printer"]
    assert task.share(items, texts) == 0.5

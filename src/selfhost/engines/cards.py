"""The stack card of an engine's run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

import selfhost
from selfhost.engines.base import Engine, Generated, Settings
from selfhost.engines.benchmark import Rendering
from selfhost.engines.http import Http
from selfhost.stackcard import Card, hardware, software
from selfhost.stackcard.card import Hardware, Run, Setting, Software, now


def card_of(
    engine: Engine, settings: Settings, rendering: Rendering, answers: Sequence[Generated],
    names: Sequence[str],
) -> Card:  # fmt: skip
    """What ran: the engine, the weights as it holds them, all settings, and the outputs' hashes.

    In process, every setting is passed to the engine, so `request` is where it came from.
    """
    outputs = {
        name: hashlib.sha256(made.text.encode()).hexdigest()
        for name, made in zip(names, answers, strict=True)
    }
    if isinstance(engine, Http):
        return engine.card(settings).model_copy(update={"run": Run(outputs=outputs)})
    model = engine.model()
    update: dict[str, object] = {"add_bos": rendering.add_bos}
    if rendering.template is not None:
        template = hashlib.sha256(rendering.template.encode()).hexdigest()
        update["chat_template_sha256"] = template
    return Card(
        kit=selfhost.__version__,
        created=now(),
        engine=engine.about(),
        model=model.model_copy(update=update),
        settings={
            name: Setting(value=value, origin="request")
            for name, value in sorted(settings.in_force.items())
        },
        serving=engine.serving(),
        hardware=_here()[0],
        software=_here()[1],
        run=Run(outputs=outputs),
    )


@cache
def _here() -> tuple[Hardware, Software]:
    """This machine does not change while a process runs; asking it takes a second."""
    return hardware(), software()

"""The same facts as a CycloneDX ML-BOM (ECMA-424), through its Python library.

CycloneDX has no place for sampling settings; they become properties named `selfhost:…`.
"""

from __future__ import annotations

from typing import Any

from selfhost.stackcard.card import UNKNOWN, Card


def cyclonedx(card: Card) -> str:
    """The bill of materials as JSON, specification 1.6: the model, its engine, the libraries."""
    from cyclonedx.model import HashAlgorithm, HashType, Property
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6

    def properties(name: str, facts: dict[str, Any]) -> list[Property]:
        return [
            Property(name=f"selfhost:{name}:{key}", value=_text(value))
            for key, value in facts.items()
            if value not in (UNKNOWN, [], {})
        ]

    model = card.model
    hashes = []
    if model.sha256 != UNKNOWN:
        hashes.append(HashType(alg=HashAlgorithm.SHA_256, content=model.sha256))
    weights = Component(
        name=model.name,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        hashes=hashes,
        bom_ref="model",
        properties=properties("model", model.model_dump(exclude={"name", "sha256"})),
    )
    engine = Component(
        name=card.engine.name,
        version=card.engine.version,
        type=ComponentType.FRAMEWORK,
        bom_ref="engine",
        properties=properties("engine", card.engine.model_dump(exclude={"name", "version"})),
    )
    libraries = [
        Component(name=name, version=version, type=ComponentType.LIBRARY, bom_ref=f"pypi-{name}")
        for name, version in card.software.packages.items()
    ]
    settings = {name: f"{_text(s.value)} ({s.origin})" for name, s in card.settings.items()}
    bom = Bom(
        components=[engine, *libraries],
        metadata=BomMetaData(
            component=weights,
            timestamp=card.created,
            properties=[
                *properties("settings", settings),
                *properties("serving", card.serving.model_dump()),
                *properties("hardware", card.hardware.model_dump()),
                *properties("software", card.software.model_dump(exclude={"packages"})),
            ],
        ),
    )
    bom.register_dependency(engine, libraries)
    bom.register_dependency(weights, [engine])
    return str(JsonV1Dot6(bom).output_as_string(indent=1)) + "\n"


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={inner}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(str(inner) for inner in value)
    return str(value)

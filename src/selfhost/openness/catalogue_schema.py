"""The form of `data/catalogue.yaml`, checked by pydantic when the catalogue is loaded."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from .classes import CLASSES
from .components import components
from .facts import NO_LICENCE, NOT_KNOWN
from .licences import normalise

UNKNOWN = "unknown"
Month = Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])(-\d\d)?$")]
Url = Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+\.[^\s/]+(/\S*)?$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Kind = Literal["model", "service", "application", "front end", "engine", "framework", "hub",
               "dataset", "benchmark"]  # fmt: skip
Modality = Literal["text", "code", "image", "video", "3D", "time series", "speech to text",
                   "text to speech", "multimodal", "agents"]  # fmt: skip


def _licence(value: str) -> str:
    if value == UNKNOWN or value in (NO_LICENCE, NOT_KNOWN) or normalise(value) == value:
        return value
    raise ValueError(f"'{value}' is neither on SPDX's list nor in licences.yaml")


class Strict(BaseModel):
    """A row without unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where a statement comes from, and how far it was checked."""

    url: Url
    date: Month
    basis: Literal["workshop", "file", "reference"]
    says: Annotated[str, StringConstraints(min_length=2)]


class Size(Strict):
    """One published size: parameters in billions, and those active per token if fewer."""

    name: str
    billions: Annotated[float, Field(gt=0)]
    active: Annotated[float, Field(gt=0)] | None = None


class Row(Strict):
    """One entry as written in the file."""

    id: Slug
    name: str
    kind: Kind
    modality: Modality
    producer: str
    licence: str
    date: Month
    url: Url | Literal[""] = ""
    sources: Annotated[list[Source], Field(min_length=1)]
    parameters: list[Size] | Literal["unknown"] = "unknown"
    reach: list[Literal["app", "api"]] = []
    published: list[str] = []
    withheld: list[str] = []
    licences: dict[str, str] = {}
    base: str | None = None
    shipped: str | None = None
    workshop_class: str | None = None
    note: str = ""

    @field_validator("licence")
    @classmethod
    def _known_licence(cls, value: str) -> str:
        return _licence(value)

    @field_validator("licences")
    @classmethod
    def _known_licences(cls, value: dict[str, str]) -> dict[str, str]:
        return {key: _licence(name) for key, name in value.items()}

    @field_validator("workshop_class")
    @classmethod
    def _known_class(cls, value: str | None) -> str | None:
        if value is not None and value not in CLASSES:
            raise ValueError(f"'{value}' is no class of the spectrum")
        return value

    @model_validator(mode="after")
    def _components(self) -> Row:
        for key in (*self.published, *self.withheld, *self.licences):
            if key not in components():
                raise ValueError(f"{self.id}: '{key}' is no component")
        if set(self.published) & set(self.withheld):
            raise ValueError(f"{self.id}: a component is both published and withheld")
        if set(self.licences) - set(self.published):
            raise ValueError(f"{self.id}: a licence of a component that is not published")
        if not self.url and not self.shipped:
            raise ValueError(f"{self.id}: an entry needs a url, unless it ships with the kit")
        if self.kind in ("model", "service") and not (self.published or self.reach):
            raise ValueError(f"{self.id}: nothing says how this is reached")
        if re.search(r"https?://", self.name):
            raise ValueError(f"{self.id}: a name, not an address")
        return self

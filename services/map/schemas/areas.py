"""Shapes of areas: what is drawn, what is asked, and how a map reads it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.map.domain.geometry import read_geometry
from services.map.domain.plans import AreaKind, AreaPlan, Changes, Look
from services.map.models import Area
from shared import i18n

MOST_POSITIONS = 2_000
"""An area is drawn with at most so many positions."""


def _without_control_characters(text: str) -> str:
    if any(ord(letter) < 32 for letter in text):
        raise ValueError("Control characters do not belong in a text")
    return text


Clean = AfterValidator(_without_control_characters)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Clean]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Clean]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), Clean]
Geometry = Annotated[dict[str, Any], Field(description="A GeoJSON geometry (RFC 7946 §3.1), at most 2,000 positions.")]


class AreaChange(BaseModel):
    """What can be changed of an area; what is absent stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name = ""
    name_in_english: Label = ""
    kind: AreaKind = "other"
    look: Look = "green"
    geometry: Geometry = Field(default_factory=dict)
    source: Line = ""
    licence: Line = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("Say what is to be changed")
        return self

    def changes(self) -> Changes:
        """Give the fields that an edit names; raises `NotAGeometry`."""
        named = {field: getattr(self, field) for field in self.model_fields_set}
        return named | ({"geometry": read_geometry(self.geometry, MOST_POSITIONS)} if "geometry" in named else {})


class AreaBody(AreaChange):
    """An area to be drawn."""

    name: Name
    kind: AreaKind
    geometry: Geometry

    def plan(self) -> AreaPlan:
        """Give what the command takes; raises `NotAGeometry`."""
        return AreaPlan(**{**self.model_dump(), "geometry": read_geometry(self.geometry, MOST_POSITIONS)})


class AreaAnswer(BaseModel):
    """What is drawn on the map."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    version: int
    created_at: datetime
    name: str
    name_in_english: str
    kind: AreaKind
    look: Look
    geometry: dict[str, Any]
    source: str
    licence: str


def area_shown(area: Area) -> AreaAnswer:
    """Show an area."""
    return AreaAnswer.model_validate(area)


def name_of_area(area: Area | AreaAnswer) -> str:
    """Give an area's name in the language of the running request, where it has one."""
    return area.name_in_english if i18n.language.get() == "en" and area.name_in_english else area.name


def drawn(areas: Iterable[Area]) -> dict[str, Any]:
    """Give areas as a map draws them: a GeoJSON feature collection (RFC 7946 §3.3)."""
    features = [
        {
            "type": "Feature",
            "id": area.id,
            "geometry": area.geometry,
            "properties": {
                "name": name_of_area(area),
                "kind": area.kind,
                "look": area.look,
                "source": area.source,
                "licence": area.licence,
            },
        }
        for area in areas
    ]
    return {"type": "FeatureCollection", "features": features}

"""Shapes of layers: whose they are, what is in them, and what became of each thing of their file."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, StringConstraints

from services.map.domain.plans import FileKind, LayerPlan, Look
from services.map.models import Layer, LayerFeature
from services.map.schemas.areas import Clean, Name
from shared.i18n import say

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Clean]


class LayerBody(BaseModel):
    """What must be said of a file that is brought onto the map."""

    name: Name
    source: Said
    licence: Said
    look: Look = "violet"

    def plan(self) -> LayerPlan:
        """Give what the command takes."""
        return LayerPlan(**self.model_dump())


class FeatureReport(BaseModel):
    """A thing of the file that was refused or repaired: the how-manieth it is, and why."""

    position: int
    name: str
    result: Literal["refused", "repaired"]
    reason: str


class LayerAnswer(BaseModel):
    """A layer: `features` are drawn, `refused` could not be; `report` names the first 500 that were not as wanted."""

    id: str
    version: int
    created_at: datetime
    name: str
    source: str
    licence: str
    file_kind: FileKind
    look: Look
    features: int
    refused: int
    report: list[FeatureReport]


def layer_shown(layer: Layer) -> LayerAnswer:
    """Show a layer, with its report in the language of the running request."""
    names = [name for name in LayerAnswer.model_fields if name != "report"]
    report = [FeatureReport(**{**told, "reason": _reason(told)}) for told in layer.report]
    return LayerAnswer(**{name: getattr(layer, name) for name in names}, report=report)


def _reason(told: dict[str, Any]) -> str:
    """Say why; and where within the geometry, if that is one of many positions."""
    where = told["where"] if any(letter.isdigit() for letter in told["where"]) else ""
    return " ".join(text for text in (say(told["reason"], **told["values"]), where) if text)


def drawn_layer(layer: Layer, features: Iterable[LayerFeature]) -> dict[str, Any]:
    """Give a layer as a map draws it: a GeoJSON feature collection that says whose it is (RFC 7946 §6.1)."""
    about = {"source": layer.source, "licence": layer.licence, "look": layer.look}
    return {
        "type": "FeatureCollection",
        "name": layer.name,
        **about,
        "features": [
            {
                "type": "Feature",
                "id": one.position,
                "geometry": one.geometry,
                "properties": {"name": one.name or layer.name, "description": one.description, **about},
            }
            for one in features
        ],
    }

"""What can be said of an area that is drawn on the map, and of a layer that is brought onto it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

AreaKind = Literal["outline", "garden", "park", "route", "other"]
AREA_KINDS: tuple[AreaKind, ...] = get_args(AreaKind)
Look = Literal["blue", "green", "red", "amber", "violet", "grey"]
"""How an area is drawn: one of the colours that the style sheet has."""
LOOKS: tuple[Look, ...] = get_args(Look)
FileKind = Literal["geojson", "kml", "csv"]
Changes: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class AreaPlan:
    """An area: its names, of which the English one may be missing; a checked geometry; whose drawing it is."""

    name: str
    geometry: dict[str, Any]
    name_in_english: str = ""
    kind: AreaKind = "other"
    look: Look = "green"
    source: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Feature:
    """One thing of a file: where it stood there, what it is called, and its checked geometry."""

    position: int
    name: str
    description: str
    geometry: dict[str, Any]
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class RefusedFeature:
    """A thing of a file that cannot be drawn: where it stood, its name where it has one, and why not."""

    position: int
    name: str
    reason: str
    where: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FileRead:
    """What a file holds."""

    kind: FileKind
    features: tuple[Feature, ...]
    refused: tuple[RefusedFeature, ...]


@dataclass(frozen=True)
class LayerPlan:
    """A layer to be brought onto the map: its name, from whom it is, and what they allow."""

    name: str
    source: str
    licence: str
    look: Look = "violet"

"""Shapes of what the map answers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.map.models import PlaceKind
from services.map.queries import PlaceFound
from shared import i18n


class EventAtPlace(BaseModel):
    """An event that is on at a place now or later, with its nearest date."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    url: str


class Place(BaseModel):
    """What the map shows: WGS 84 degrees, or no point at all; `distance_m` from where was asked, in metres."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: PlaceKind
    name: str
    description: str
    address: str
    latitude: float | None
    longitude: float | None
    radius_m: int | None
    organisation_id: str | None
    organisation_name: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str | None
    url: str | None
    distance_m: int | None
    events: list[EventAtPlace]


def place_shown(found: PlaceFound) -> Place:
    """Render a place in the language of the running request."""
    place = found.place
    return Place(
        id=place.id,
        kind=place.kind,
        name=name_of(found),
        description=place.description,
        address=place.address,
        latitude=place.latitude,
        longitude=place.longitude,
        radius_m=place.radius_m,
        organisation_id=place.organisation_id,
        organisation_name=found.organisation_name,
        starts_at=place.starts_at,
        ends_at=place.ends_at,
        zone=place.zone,
        url=place.url,
        distance_m=found.distance_m,
        events=[EventAtPlace.model_validate(event) for event in found.events],
    )


def name_of(found: PlaceFound) -> str:
    """Give a place's name; what a municipal system told may have an English one too."""
    place = found.place
    if i18n.language.get() == "en" and place.name_in_english:
        return place.name_in_english
    return place.name


def pins(places: Iterable[Place]) -> list[dict[str, Any]]:
    """Give what the map draws: the places that have a point, with a line about each."""
    return [
        {
            "id": place.id,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "title": place.name,
            "kind": "closure" if place.kind == "fact" else place.kind,
            "url": f"/map/places/{place.id}",
            "text": _line_about(place),
        }
        for place in places
        if place.latitude is not None and place.longitude is not None
    ]


def _line_about(place: Place) -> str:
    titles = [event.title for event in place.events[:3]]
    own = place.address or (place.organisation_name if place.organisation_name != place.name else "") or ""
    return " · ".join(text for text in (own, *titles) if text)

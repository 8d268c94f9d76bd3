"""Shapes of what the map answers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.map.domain.areas import minutes_walked
from services.map.models import PlaceKind
from services.map.queries import TOLD, PlaceFound
from services.map.schemas.contacts import Contact, contacts_shown
from shared import i18n
from shared.messages.registry import ResourceKind


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
    """What the map shows: WGS 84 degrees, or no point at all.

    `distance_m` is from where was asked, in metres, `walk_minutes` on foot at 4 km/h. A confidential place lies
    somewhere within `radius_m` of its point. `lends` is what kind of thing can be borrowed. Of venues alone `free_now`
    is told; of resources, where `free_from` is asked, `quantity_free`: how many of `quantity` no event has borrowed at
    any moment until `free_until`. `contacts` are those of its organisation that everybody may see.
    """

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: PlaceKind
    name: str
    description: str
    address: str
    latitude: float | None
    longitude: float | None
    radius_m: int | None
    confidential: bool
    organisation_id: str | None
    organisation_name: str | None
    audiences: list[str]
    themes: list[str]
    opening_hours: str
    step_free: bool | None
    capacity: int | None
    lends: ResourceKind | None
    quantity: int | None
    quantity_free: int | None
    free_now: bool | None
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str | None
    url: str | None
    distance_m: int | None
    walk_minutes: int | None
    events: list[EventAtPlace]
    contacts: list[Contact]

    @property
    def has_point(self) -> bool:
        """Say whether one can go to its point: a confidential place is only somewhere around it."""
        return self.latitude is not None and self.longitude is not None and not self.confidential


def place_item(found: PlaceFound) -> dict[str, Any]:
    """Give what `Place` says as plain values, in the language of the running request: lists are long, models slow."""
    metres = found.distance_m
    item = dict(zip(TOLD, found.place, strict=False))  # a row goes on with what is not told as it is
    item["name"] = name_of(found)
    item["organisation_name"] = found.place.organisation_name
    item["quantity_free"] = found.quantity_free
    item["free_now"] = found.free_now
    item["distance_m"] = metres
    item["walk_minutes"] = None if metres is None else minutes_walked(metres)
    item["events"] = list(map(vars, found.events))
    item["contacts"] = contacts_shown(found.contacts)
    return item


def place_shown(found: PlaceFound) -> Place:
    """Render a place in the language of the running request."""
    return Place.model_validate(place_item(found))


def name_of(found: PlaceFound) -> str:
    """Give a place's name; what a municipal system told may have an English one too."""
    place = found.place
    if i18n.language.get() == "en" and place.name_in_english:
        return str(place.name_in_english)
    return str(place.name)


def pins(places: Iterable[Place]) -> list[dict[str, Any]]:
    """Give what the map draws: the places that have a point, with a line about each."""
    return [
        {
            "id": place.id,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "radius_m": place.radius_m,
            "confidential": place.confidential,
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

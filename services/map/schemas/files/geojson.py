"""Places as GeoJSON (RFC 7946): one feature each, with a point, the circle of a confidential one, or neither (§3.2)."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json

from services.map.schemas.files.told import absolute, card_of, ring_of
from services.map.schemas.places import Place

IN_THE_GEOMETRY = {"id", "latitude", "longitude", "url", "events", "distance_m"}


def written(places: Sequence[Place], name: str, address: str) -> bytes:
    """Write a feature collection; longitude comes first (§3.1.1)."""
    return to_json({"type": "FeatureCollection", "name": name, "features": [feature(one, address) for one in places]})


def feature(place: Place, address: str) -> dict[str, Any]:
    """Give one place as a feature."""
    properties = place.model_dump(exclude=IN_THE_GEOMETRY)
    properties |= {"url": absolute(place.url, address), "card": card_of(place, address)}
    return {"type": "Feature", "id": place.id, "geometry": geometry(place), "properties": properties}


def geometry(place: Place) -> dict[str, Any] | None:
    """Give a place's point, or the circle in which a confidential one lies."""
    if ring := ring_of(place):
        return {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Point", "coordinates": [place.longitude, place.latitude]} if place.has_point else None

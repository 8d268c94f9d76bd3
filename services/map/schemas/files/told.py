"""What every file tells of a place in the same words: its address on the web, and a text about it."""

import re

from services.map.domain.areas import Point, ring_around
from services.map.schemas.places import Place

NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold at all (§2.2)."""


def card_of(place: Place, address: str) -> str:
    """Give the address of a place's card."""
    return f"{address}/map/places/{place.id}"


def absolute(url: str | None, address: str) -> str:
    """Give an address with our own before it where it has no host; empty where there is none."""
    return f"{address}{url}" if url and url.startswith("/") else url or ""


def ring_of(place: Place) -> list[tuple[float, float]] | None:
    """Give the circle in which a confidential place lies, as longitudes and latitudes; none of any other."""
    if not place.confidential or place.latitude is None or place.longitude is None:
        return None
    return ring_around(Point(place.latitude, place.longitude), place.radius_m or 0)


def text_about(place: Place) -> str:
    """Tell whose a place is, what it says of itself, where, and how to reach it."""
    owner = place.organisation_name if place.organisation_name != place.name else None
    contacts = (" ".join(text for text in (one.person_name or one.label, one.value) if text) for one in place.contacts)
    return "\n".join(text for text in (owner, place.description, place.address, *contacts) if text)


def in_xml(text: str) -> str:
    """Leave out what XML cannot hold."""
    return NOT_IN_XML.sub("", text)

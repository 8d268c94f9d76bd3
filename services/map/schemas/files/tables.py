"""Places as a table that Polish spreadsheets open: UTF-8 with its mark, semicolons, no formulas."""

from collections.abc import Sequence

from services.map.schemas.contacts import values_of
from services.map.schemas.files.told import absolute, card_of
from services.map.schemas.places import Place
from shared.spreadsheets import csv_of

HEADING = (
    "id",
    "kind",
    "name",
    "description",
    "address",
    "latitude",
    "longitude",
    "radius_m",
    "confidential",
    "organisation",
    "phone",
    "email",
    "starts_at",
    "ends_at",
    "zone",
    "url",
    "card",
)


def written(places: Sequence[Place], name: str, address: str) -> bytes:
    """Write a line for each place; what is not known is empty."""
    rows = (
        (
            place.id,
            place.kind,
            place.name,
            place.description,
            place.address,
            place.latitude,
            place.longitude,
            place.radius_m,
            "true" if place.confidential else "",
            place.organisation_name,
            values_of(place.contacts, "phone"),
            values_of(place.contacts, "email"),
            place.starts_at,
            place.ends_at,
            place.zone,
            absolute(place.url, address),
            card_of(place, address),
        )
        for place in places
    )
    return csv_of(HEADING, rows)

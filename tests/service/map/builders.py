"""Messages that the map hears, with plain values; a test says only what matters to it."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

from services.map.domain.plans import AreaPlan
from shared import clock
from shared.identifiers import new_id
from shared.messages import calendar, registry

LATITUDE, LONGITUDE = 50.0885, 19.9110
IN_THE_MIDDLE = {"latitude": LATITUDE, "longitude": LONGITUDE}


def an_organisation(**values: Any) -> registry.OrganisationRegistered:
    defaults = {"id": new_id(), "version": 1, "name": "Klub Seniora", "kind": "informal_group", "url": "/registry/o"}
    return registry.OrganisationRegistered(**{**defaults, **values})


def a_venue(**values: Any) -> registry.VenueRegistered:
    defaults = {"id": new_id(), "version": 1, "name": "Dom Kultury", "organisation_id": new_id(), "url": "/registry/v"}
    return registry.VenueRegistered(**{**defaults, **IN_THE_MIDDLE, **values})


def a_resource(**values: Any) -> registry.ResourceRegistered:
    defaults = {"id": new_id(), "version": 1, "name": "Rzutnik", "kind": "equipment", "url": "/registry/r"}
    return registry.ResourceRegistered(**{**defaults, "organisation_id": new_id(), **values})


def a_need(**values: Any) -> registry.NeedStated:
    defaults = {"id": new_id(), "version": 1, "title": "Sala na próby", "kind": "space", "url": "/registry/n"}
    return registry.NeedStated(**{**defaults, "organisation_id": new_id(), **values})


def a_theme(code: str, name_pl: str, name_en: str, **values: Any) -> registry.ThemeChanged:
    names = {"code": code, "name_pl": name_pl, "name_en": name_en}
    return registry.ThemeChanged(**{"id": new_id(), "version": 1, "url": "/registry/themes", **names, **values})


def an_event(kind: type[calendar.EventFacts] = calendar.EventPlanned, **values: Any) -> calendar.EventFacts:
    """An event tomorrow for two hours."""
    starts_at = values.pop("starts_at", clock.now() + timedelta(days=1))
    ends_at = values.pop("ends_at", starts_at + timedelta(hours=2))
    defaults = {
        "id": new_id(),
        "version": 1,
        "kind": "feast",
        "title": "Piknik rodzinny",
        "starts_at": starts_at,
        "ends_at": ends_at,
        "zone": "Europe/Warsaw",
        "status": "confirmed",
        "occurrences": ({"starts_at": starts_at, "ends_at": ends_at},),
        "url": "/calendar/events/e",
    }
    return kind(**{**defaults, **values})


def a_fact(**values: Any) -> calendar.FactAnnounced:
    """A closure that ends in a week."""
    now = datetime.now(UTC)
    defaults = {
        "id": new_id(),
        "version": 1,
        "partner": "roads",
        "kind": "closure",
        "title": {"pl": "Zamknięta ulica Radzikowskiego", "en": "Radzikowskiego Street closed"},
        "starts_at": now,
        "ends_at": now + timedelta(days=7),
        "zone": "Europe/Warsaw",
        "radius_m": 150,
    }
    return calendar.FactAnnounced(**{**defaults, **IN_THE_MIDDLE, **values})


def some_contacts(organisation_id: str, *contacts: dict[str, Any], version: int = 1) -> registry.ContactsChanged:
    """How everybody may reach an organisation; a telephone number each unless it is said otherwise."""
    number = {"kind": "phone", "value": "+48 12 411 41 21", "link": "tel:+48124114121", "e164": "+48124114121"}
    return registry.ContactsChanged(
        id=organisation_id, version=version, contacts=[{**number, **contact} for contact in contacts]
    )


A_SQUARE = {"type": "Polygon", "coordinates": [[[19.91, 50.08], [19.92, 50.08], [19.92, 50.09], [19.91, 50.08]]]}


def an_area(**values: Any) -> AreaPlan:
    return AreaPlan(**{"name": "Ogród społeczny", "kind": "garden", "geometry": A_SQUARE, **values})


def a_base_map() -> bytes:
    """A PMTiles file (version 3) whose tiles down to zoom 14 are all the same: land, and nothing else."""
    ring = bytes([9, 0, 0, 26]) + b"".join(map(_varint, (8192, 0, 0, 8192, 8191, 0))) + bytes([15])
    feature = _field(3, 3, wire=0) + _field(4, ring)
    layer = _field(15, 2, wire=0) + _field(1, b"earth") + _field(2, feature) + _field(5, 4096, wire=0)
    tile = _field(3, layer)
    every = (4**15 - 1) // 3
    root = b"".join(map(_varint, (1, 0, every, len(tile), 1)))
    about = b"{}"
    start = 127
    places = (start, len(root), start + len(root), len(about), 0, 0, start + len(root) + len(about), len(tile))
    header = b"PMTiles\x03" + struct.pack("<11Q", *places, every, 1, 1)
    header += struct.pack(
        "<6B4iBii", 1, 1, 1, 1, 0, 14, -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000, 0, 0, 0
    )
    return header + root + about + tile


def _varint(number: int) -> bytes:
    rest, last = [], number
    while last > 127:
        rest.append(last & 127 | 128)
        last >>= 7
    return bytes([*rest, last])


def _field(number: int, value: Any, wire: int = 2) -> bytes:
    """Write a field of a protocol buffer."""
    start = _varint(number << 3 | wire)
    return start + (_varint(value) if wire == 0 else _varint(len(value)) + value)

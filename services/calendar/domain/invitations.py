"""Invitations to a meeting: what of it is told to who is invited, and when that asks anew whether they come."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from services.calendar.domain.exporting import ExportedEvent, events_text, zones_of
from services.calendar.domain.zone_definitions import zone_definition

LONGEST_CALENDAR = 128 * 1024
"""Octets of components that travel; what is longer is told without them, in words."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def digest_of(parts: Sequence[ExportedEvent], *more: object) -> str:
    """Give what is known again of what was told, whenever it was changed; 64 characters."""
    return _digest([replace(one, changed_at=EPOCH, sequence=0, related_uids=()) for one in parts], *more)


def dates_digest_of(parts: Sequence[ExportedEvent]) -> str:
    """Give what is known again of time and place: only when these change is asked anew who comes (RFC 5546 §2.1.4)."""
    return _digest([_dates_of(one) for one in parts])


def components(parts: Sequence[ExportedEvent], now: datetime) -> str:
    """Write an event and the zones it names as its feed does (RFC 5545 §3.6); empty where that is too long.

    Dates of a series that are over, and events beside it, are nobody's who is invited.
    """
    told = [
        replace(one, related_uids=())
        for one in parts
        if one.recurrence_at is None or max(one.ends_at, one.recurrence_at) > now
    ]
    zones = "".join(zone_definition(*one) for one in sorted(zones_of(told)))
    text = zones + events_text(told).decode()
    return text if len(text.encode()) <= LONGEST_CALENDAR else ""


def _dates_of(one: ExportedEvent) -> tuple[object, ...]:
    pattern = one.rrule, one.rdates, one.exdates, one.recurrence_at
    return (one.starts_at, one.ends_at, one.zone, one.all_day, one.location, one.status == "cancelled", *pattern)


def _digest(*said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()

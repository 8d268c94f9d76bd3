"""Messages that notifications hears, with plain values; a test says only what matters to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.identifiers import new_id
from shared.messages import calendar, registry

AFTERNOON = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
"""Thursday, two o'clock in the afternoon in Warsaw."""


def an_organisation(**values: Any) -> registry.OrganisationRegistered:
    defaults = {"id": new_id(), "version": 1, "name": "Klub Seniora", "kind": "informal_group", "url": "/registry/o"}
    return registry.OrganisationRegistered(**{**defaults, **values})


def a_person_of(*organisation_ids: str, **values: Any) -> registry.PersonChanged:
    """Somebody who coordinates these organisations and reads mail."""
    defaults = {
        "id": new_id(),
        "version": 1,
        "name": "Anna Kowalska",
        "email": "anna@example.org",
        "language": "pl",
        "memberships": [{"organisation_id": one, "role": "coordinator"} for one in organisation_ids],
    }
    return registry.PersonChanged(**{**defaults, **values})


def an_event(kind: type[calendar.EventFacts] = calendar.EventPlanned, **values: Any) -> calendar.EventFacts:
    defaults = {
        "id": new_id(),
        "version": 1,
        "kind": "feast",
        "title": "Festyn",
        "starts_at": AFTERNOON,
        "ends_at": AFTERNOON + timedelta(hours=2),
        "zone": "Europe/Warsaw",
        "status": "confirmed",
        "url": "/calendar/events/e",
    }
    return kind(**{**defaults, **values})


def a_conflict(**values: Any) -> calendar.ConflictDetected:
    """Two events at one venue on a Thursday afternoon."""
    defaults = {
        "id": new_id(),
        "version": 1,
        "kind": "venue",
        "severity": "warning",
        "event_ids": (new_id(), new_id()),
        "event_titles": ("Festyn", "Koncert"),
        "organisation_ids": (),
        "starts_at": AFTERNOON,
        "ends_at": AFTERNOON + timedelta(hours=2),
        "zone": "Europe/Warsaw",
        "reason": {"code": "venue_shared", "values": {"one": "Festyn", "other": "Koncert", "venue": "Dom Kultury"}},
        "url": "/calendar/conflicts/c",
    }
    return calendar.ConflictDetected(**{**defaults, **values})


def the_same(conflict: calendar.ConflictFacts, told: type[calendar.ConflictFacts], **values: Any) -> Any:
    """What happened to that conflict next."""
    return told(**{**conflict.model_dump(), "version": conflict.version + 1, **values})

"""What tests of the calendar say often: plans as JSON bodies, and the registry's facts as messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.calendar.app import create_app
from services.calendar.settings import Settings
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import (
    EventCancelled,
    EventChanged,
    EventMoved,
    EventPlanned,
    FactAnnounced,
    FactWithdrawn,
)
from shared.messages.registry import OrganisationRegistered, ResourceRegistered, VenueRegistered
from tests.harness import Running, quiet, running

WARSAW = ZoneInfo("Europe/Warsaw")
API = "/calendar/api/v1"
HOME = (50.0900, 19.9200)
TOLD = (EventPlanned, EventMoved, EventChanged, EventCancelled, FactAnnounced, FactWithdrawn)


@asynccontextmanager
async def a_calendar(database_url: str, *, with_key: bool = True, **settings: Any) -> AsyncIterator[Running]:
    """Run a calendar for the time of a test."""
    values = quiet(database_url=database_url, copy_wait_seconds=0.2, **settings)
    async with running(create_app, Settings(**values), with_key=with_key) as service:
        yield service


def an_organisation(**values: Any) -> OrganisationRegistered:
    """An organisation as the registry tells it."""
    return OrganisationRegistered(
        **{"id": new_id(), "version": 1, "name": "Klub Seniora", "kind": "informal_group", "url": "/x", **values}
    )


def a_venue(organisation_id: str, **values: Any) -> VenueRegistered:
    """A hall for fifty that takes one event at a time."""
    defaults = {
        "id": new_id(),
        "version": 1,
        "name": "Sala",
        "organisation_id": organisation_id,
        "capacity": 50,
        "one_at_a_time": True,
        "latitude": HOME[0],
        "longitude": HOME[1],
        "url": "/x",
    }
    return VenueRegistered(**{**defaults, **values})


def a_resource(organisation_id: str, **values: Any) -> ResourceRegistered:
    """Ten chairs."""
    defaults = {
        "id": new_id(),
        "version": 1,
        "name": "Krzesła",
        "kind": "equipment",
        "organisation_id": organisation_id,
        "quantity": 10,
        "url": "/x",
    }
    return ResourceRegistered(**{**defaults, **values})


def next_monday(hour: int = 14, minute: int = 0, *, weeks: int = 1) -> datetime:
    """A Monday at least a week ahead, on the wall clock of Warsaw."""
    today = clock.now().astimezone(WARSAW).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today + timedelta(days=7 * weeks + (7 - today.weekday()) % 7)


def an_event(starts_at: datetime | None = None, hours: float = 2, **values: Any) -> dict[str, Any]:
    """The body of an event of two hours."""
    start = starts_at or next_monday()
    end = start + timedelta(hours=hours)
    return {
        "title": "Święto rodzin",
        "starts_at": start.isoformat(),
        "ends_at": end.isoformat(),
        "zone": "Europe/Warsaw",
        **values,
    }


async def hear_itself(service: Running) -> None:
    """Deliver to the calendar what it told so far and has not heard yet, as the bus would."""
    heard: set[str] = service.app.state.__dict__.setdefault("heard_by_test", set())
    while True:
        rows = [row for row in await service.rows("outbox", order_by="position") if row.message_id not in heard]
        if not rows:
            return
        for row in rows:
            heard.add(row.message_id)
            message = [one for one in await service.outgoing(*TOLD) if one.type == row.type]
            for one in message:
                if row.subject == one.subject and row.headers["ce-sequence"] == str(one.version):
                    await service.deliver(one, source="calendar", message_id=row.message_id)

"""The registry's copy of the calendar's events: who holds which together."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy.orm import Session

from services.registry.commands.coalitions import look_again
from services.registry.domain.coalitions import FEWEST
from services.registry.models import KnownEvent, KnownEventHost
from services.registry.queries.initiatives import unknown_events
from services.registry.queries.problems import is_event_unknown
from shared.copies import Kind, Values
from shared.database import Database
from shared.messages.calendar import EventCancelled, EventFacts

GLANCE_SECONDS = 0.25
"""Another process may commit the copy (PostgreSQL): look again at least so often."""


def known_event(event: EventFacts) -> Values:
    """Know an event; of one that is not public only that it is."""
    title = event.title if event.visibility == "public" else ""
    return {"id": event.id, "version": event.version, "title": title, "starts_at": event.starts_at}


def hosts_of(event: EventFacts) -> Iterable[Values]:
    """Say who hosts an event; nobody, when it is cancelled or not public."""
    if _counts(event):
        for organisation_id in set(event.host_ids):
            yield {"event_id": event.id, "organisation_id": organisation_id}


EVENTS: Kind[EventFacts] = Kind(KnownEvent, known_event, {KnownEventHost.event_id: hosts_of})


def hear_event(session: Session, message: EventFacts) -> None:
    """Know an event of the calendar, and have it looked at when several hold it together."""
    if EVENTS.keep(session, message) and _counts(message) and len(set(message.host_ids)) >= FEWEST:
        look_again(session, "events", [message.id])


async def wait_for_events(database: Database, initiative_id: str, event_ids: Sequence[str], seconds: float) -> None:
    """Wait, outside any transaction, until every event that a coalition is to have is known, or the time is over.

    What is still unknown then is refused by the command, with a JSON pointer.
    """
    if event_ids:
        await _wait_while(database, seconds, unknown_events, initiative_id, event_ids)


async def wait_for_event(database: Database, problem_id: str, event_id: str | None, seconds: float) -> None:
    """Wait as long for the event of a step of a problem's path."""
    if event_id is not None:
        await _wait_while(database, seconds, is_event_unknown, problem_id, event_id)


async def _wait_while(database: Database, seconds: float, is_missing: Callable[..., object], *about: object) -> None:
    clock = asyncio.get_running_loop().time
    until = clock() + seconds
    while await database.read(is_missing, *about):
        left = until - clock()
        if left <= 0:
            return
        await database.changed(min(left, GLANCE_SECONDS))


def _counts(event: EventFacts) -> bool:
    """Say whether an event counts as held together: it is public and takes place."""
    return event.visibility == "public" and not isinstance(event, EventCancelled) and event.status != "cancelled"

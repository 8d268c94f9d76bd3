"""Waiting for copies: what was registered a moment ago may still be on its way to us."""

import asyncio

from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.plans import EventPlan
from shared.database import Database
from shared.people import Person

GLANCE_SECONDS = 0.25
"""Another process may commit the copy (PostgreSQL): look again at least so often."""


async def wait_for_copies(database: Database, plan: EventPlan, seconds: float) -> None:
    """Wait, outside any transaction, until every host, venue and resource of a plan is known, or the time is over.

    What is still unknown then is refused by the command, with a JSON pointer.
    """
    if not (plan.host_ids or plan.venue_id or plan.borrowed):
        return
    clock = asyncio.get_running_loop().time
    until = clock() + seconds
    while await database.read(queries.unknown_references, plan):
        left = until - clock()
        if left <= 0:
            return
        await database.changed(min(left, GLANCE_SECONDS))


async def wait_for_changes(
    database: Database, event_id: str, by: Person, changes: dict[str, object], seconds: float
) -> None:
    """Wait for what changes of an event name that no copy of is here yet; raises `NotFound` as reading it does."""
    if not changes.keys() & {"host_ids", "venue_id", "borrowed"}:
        return

    def planned(session: Session) -> EventPlan:
        return queries.changed_plan(queries.event_seen(session, event_id, by), changes)

    await wait_for_copies(database, await database.read(planned), seconds)

"""Joining and coordinating: two events of different hosts become one, or know of each other."""

from collections.abc import Mapping
from itertools import permutations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.events import cancel_event, edit_event
from services.calendar.commands.requests import acting_for
from services.calendar.commands.telling import tell_of_event
from services.calendar.domain.joining import Terms, changes_of_joining
from services.calendar.domain.plans import HORIZON_DAYS
from services.calendar.domain.statuses import STANDING
from services.calendar.models import Event, History, Resource
from services.calendar.problems import EventOver
from shared import clock, history
from shared.messages.calendar import EventChanged
from shared.people import Person


def lock_events(session: Session, event_ids: tuple[str, str]) -> dict[str, Event]:
    """Lock two events in the order of their ids and give them by id. Raises `EventOver` unless both stand."""
    statement = select(Event).where(Event.id.in_(event_ids)).order_by(Event.id).with_for_update(key_share=True)
    events = {event.id: event for event in session.scalars(statement.execution_options(populate_existing=True))}
    if len(events) < 2 or any(event.status not in STANDING for event in events.values()):
        raise EventOver
    return events


def join_events(
    session: Session, events: Mapping[str, Event], terms: Terms, *, by: Person, horizon_days: int = HORIZON_DAYS
) -> Event:
    """Make one event of two: one goes on with the hosts of both, the other is cancelled as joined into it.

    What the other one took is free for the joint event; it is guarded as any edit. `by` acts in the name of all hosts,
    who agreed. Raises `EventBlocked`, `InvalidInput`: nothing is changed then.
    """
    kept = events[terms.keep_id]
    other = next(event for event_id, event in events.items() if event_id != terms.keep_id)
    plans = {event_id: queries.plan_of(event) for event_id, event in events.items()}
    lent = [one.resource_id for plan in plans.values() for one in plan.borrowed]
    stocks = {row.id: row.quantity for row in session.scalars(select(Resource).where(Resource.id.in_(lent)))}
    agreed = acting_for(by, tuple(dict.fromkeys((*kept.host_ids, *other.host_ids))))
    other.joined_into_id = kept.id
    cancel_event(session, by=agreed, event_id=other.id, action="joined")
    changes = changes_of_joining(plans, terms, stocks)
    return edit_event(session, by=agreed, event_id=kept.id, changes=changes, horizon_days=horizon_days, action="joined")


def coordinate_events(session: Session, events: Mapping[str, Event], *, by: Person) -> None:
    """Let two events know of each other: each names the other, and nothing else changes."""
    now = clock.now()
    for event, other in permutations(events.values(), 2):
        before = list(event.related_ids)
        if other.id in before:
            continue
        event.related_ids = [*before, other.id]
        event.version += 1
        event.changed_at = now
        session.flush()
        changes = {"related_ids": [before, event.related_ids]}
        history.record(
            session, History, aggregate="event", id=event.id, version=event.version, by=by, action="coordinated",
            changes=changes,
        )  # fmt: skip
        tell_of_event(session, EventChanged, event, queries.dates_ahead(session, event.id, now))

"""Who sees which events: `domain.permissions.may_see_event` as a condition of a query, and as a look at one event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, String, and_, exists, or_, select, true
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from services.calendar.domain.disclosure import told_changes
from services.calendar.domain.permissions import may_see_event
from services.calendar.domain.plans import Visibility
from services.calendar.models import Event, EventHost, History
from shared.paging import Paging
from shared.people import Person, is_neighbourhood_coordinator, is_partner
from shared.problems import NotFound


def visible_to(person: Person | None) -> ColumnElement[bool]:
    """Say that this person may see an event; none is a stranger. Each list and feed of events asks with this."""
    if is_neighbourhood_coordinator(person):
        return true()
    public = Event.visibility == "public"
    if person is None:
        return public
    hosted = and_(EventHost.event_id == Event.id, EventHost.organisation_id.in_(sorted(person.roles)))
    mine = [exists().where(hosted)] if person.roles else []
    led = cast_to(Event.leader_ids, String).contains(f'"{person.id}"', autoescape=True)
    return or_(public, *([Event.visibility == "partners"] if is_partner(person) else []), *mine, led)


def may_see(person: Person | None, event: Event) -> bool:
    """Say whether this person may see this event."""
    visibility = cast(Visibility, event.visibility)
    return may_see_event(person, visibility, tuple(event.host_ids), tuple(event.leader_ids))


def event_seen(session: Session, event_id: str, person: Person | None) -> Event:
    """Give one event to somebody who may see it; raises `NotFound` as if it were not there for anybody else."""
    found = session.get(Event, event_id)
    if found is None or not may_see(person, found):
        raise NotFound
    return found


def history_of(session: Session, aggregate: str, aggregate_id: str, paging: Paging | None = None) -> Sequence[History]:
    """Tell what happened to one of ours, the earliest first."""
    mine = and_(History.aggregate == aggregate, History.aggregate_id == aggregate_id)
    statement = select(History).where(mine).order_by(History.version)
    if paging is not None:
        statement = statement.where(paging.beyond(History.version)).limit(paging.rows)
    return session.scalars(statement).all()


@dataclass(frozen=True)
class Told:
    """One line of an event's history, as somebody may read it."""

    version: int
    action: str
    reason: str
    changes: Mapping[str, Any]
    by_person_id: str | None
    by_service: str | None
    at: datetime


def history_seen(session: Session, event: Event, person: Person | None, paging: Paging | None = None) -> list[Told]:
    """Tell what happened to an event; of the time in which this person could not see it, no more than that."""
    rows = history_of(session, "event", event.id)
    hidden = [row.version for row in rows if "visibility" in row.changes and not _could_see(person, event, row)]
    floor = max(hidden, default=0)
    if paging is not None:
        rows = history_of(session, "event", event.id, paging)
    told = partial(told_changes, person=person, host_ids=event.host_ids)
    return [
        Told(row.version, row.action, "", {}, row.by_person_id, row.by_service, row.at)
        if row.version <= floor
        else Told(row.version, row.action, row.reason, told(row.changes), row.by_person_id, row.by_service, row.at)
        for row in rows
    ]


def _could_see(person: Person | None, event: Event, row: History) -> bool:
    before = cast(Visibility, row.changes["visibility"][0])
    return may_see_event(person, before, tuple(event.host_ids), tuple(event.leader_ids))

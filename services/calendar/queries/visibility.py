"""Who sees which events: `domain.permissions.may_see_event` as a condition of a query, and as a look at one event."""

from typing import cast

from sqlalchemy import ColumnElement, String, and_, exists, or_, true
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from services.calendar.domain.permissions import may_see_event
from services.calendar.domain.plans import Visibility
from services.calendar.models import Event, EventHost
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

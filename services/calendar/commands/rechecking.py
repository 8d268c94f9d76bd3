"""Checking again: what changed around events, the venue, the almanac or a rule, is found by a few events at a time.

Whoever changes something puts the events that it concerns on a list, in the same transaction; a job takes them off.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.checking import check_event, lock_checks
from services.calendar.commands.laying import drop_claims, lay_claims
from services.calendar.commands.listing import check_again
from services.calendar.domain.statuses import STANDING
from services.calendar.models import Almanac, Event, Organisation, Recheck, Resource, Venue
from shared import clock

EVENTS_AT_ONCE = 20
MATTERS_OF_A_VENUE = (
    "name", "organisation_id", "capacity", "one_at_a_time", "set_up_minutes", "clear_up_minutes", "ancestor_ids",
    "latitude", "longitude", "opening_hours",
)  # fmt: skip
"""A change of any of these changes what events at the venue claim, or what they meet."""
Copy = Venue | Resource | Organisation


def recheck_some(session: Session) -> int:
    """Take some events off the list and check them; gives how many, none when all are done.

    They are taken off first: what one of them brings to the list stays there, also where it is one of these.
    """
    lock_checks(session)
    some = select(Recheck.event_id, Recheck.claims).order_by(Recheck.event_id).limit(EVENTS_AT_ONCE)
    found = {row.event_id: row.claims for row in session.execute(some.with_for_update())}
    session.execute(delete(Recheck).where(Recheck.event_id.in_(found)))
    locked = select(Event).where(Event.id.in_(found)).order_by(Event.id).with_for_update(key_share=True)
    events = session.scalars(locked.execution_options(populate_existing=True)).all() if found else []
    for event in events:
        if found[event.id] and event.status in STANDING:
            subject = queries.subject_of_event(session, event, clock.now())
            drop_claims(session, event.id)
            lay_claims(session, subject.party, subject.site, subject.dates)
        check_event(session, event.id)
    return len(found)


def see_changes(session: Session) -> None:
    """Look at every copy of a venue, a resource and an organisation, and check again what a rebuild changed."""
    models: tuple[type[Any], ...] = (Organisation, Venue, Resource)
    for model in models:
        for row in session.scalars(select(model).execution_options(populate_existing=True)).all():
            see_change(session, row)


def see_change(session: Session, row: Copy) -> None:
    """Have the events checked again that a copy concerns, unless they were checked with it as it is now."""
    digest, concern = _LOOKS[type(row)]
    seen = hashlib.sha256(json.dumps(digest(row)).encode()).hexdigest()
    if row.checked_as == seen:
        return
    concern(session, row.id)
    row.checked_as = seen
    session.flush()


def open_almanac(session: Session, *, edition: str, region: str) -> None:
    """Remember with which holidays events are checked; other ones than before are met by all of them."""
    known = session.get(Almanac, 1)
    if known is not None and (known.edition, known.region) == (edition, region):
        return
    if known is None:
        session.execute(insert(Almanac).values(id=1, edition=edition, region=region))
    else:
        session.execute(update(Almanac).values(edition=edition, region=region))
    check_again(session, queries.events_ahead())


def _venue_changed(session: Session, venue_id: str) -> None:
    check_again(session, queries.events_claiming("venue", venue_id))
    check_again(session, queries.events_ahead().where(Event.venue_id == venue_id), claims=True)


def _resource_changed(session: Session, resource_id: str) -> None:
    check_again(session, queries.events_claiming("resource", resource_id))


def _organisation_changed(session: Session, organisation_id: str) -> None:
    owned = select(Venue.id).where(Venue.organisation_id == organisation_id)
    check_again(session, queries.events_ahead().where(Event.venue_id.in_(owned)))


_LOOKS: dict[type[Any], tuple[Callable[[Any], Any], Callable[[Session, str], None]]] = {
    Venue: (lambda row: [getattr(row, name) for name in MATTERS_OF_A_VENUE], _venue_changed),
    Resource: (lambda row: [row.name, row.quantity], _resource_changed),
    Organisation: (lambda row: row.kind == "school", _organisation_changed),
}
"""What matters of each copy, and who is concerned when it changes."""

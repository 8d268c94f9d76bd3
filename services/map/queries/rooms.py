"""Venues with the hours that are taken there, so that somebody finds room on a day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from services.map.models import EventAtPlace, KnownEvent, KnownOccurrence, Place
from services.map.queries.contacts import Contacts, contacts_of

MOST_ROOMS = 300


@dataclass(frozen=True)
class Room:
    """A venue, whose it is, how to reach them, and when something is on there (half-open, in order)."""

    place: Place
    organisation_name: str | None
    taken: tuple[tuple[datetime, datetime], ...]
    contacts: Contacts = ()


def rooms_between(session: Session, start: datetime, end: datetime, *, now: datetime) -> list[Room]:
    """Give the venues by name, with what is on there in these hours and whom to ask, as everybody may know it now."""
    owner = aliased(Place)
    venues = (
        select(Place, owner.name)
        .outerjoin(owner, owner.id == Place.organisation_id)
        .where(Place.kind == "venue", ~Place.withdrawn)
        .order_by(Place.sort_text, Place.id)
        .limit(MOST_ROOMS)
    )
    taken = _taken(session, start, end)
    rows = session.execute(venues).all()
    contacts = contacts_of(session, {place.organisation_id for place, _ in rows if place.organisation_id}, now)
    return [
        Room(place, name, tuple(sorted(taken[place.id])), contacts.get(place.organisation_id or "", ()))
        for place, name in rows
    ]


def _taken(session: Session, start: datetime, end: datetime) -> dict[str, list[tuple[datetime, datetime]]]:
    dates = (
        select(EventAtPlace.place_id, KnownOccurrence.starts_at, KnownOccurrence.ends_at)
        .join(KnownOccurrence, KnownOccurrence.event_id == EventAtPlace.event_id)
        .join(KnownEvent, KnownEvent.id == EventAtPlace.event_id)
        .where(KnownOccurrence.starts_at < end, KnownOccurrence.ends_at > start, KnownEvent.status != "cancelled")
    )
    taken: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for place_id, starts_at, ends_at in session.execute(dates):
        taken[place_id].append((starts_at, ends_at))
    return taken
